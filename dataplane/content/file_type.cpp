// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/file_type.h"

#include <array>

namespace sekisho {

namespace {

using namespace std::string_view_literals;

// The first row that fits names the type. Rows without signature bytes are decided by `check` alone.
struct Signature {
  std::string_view name;
  size_t offset;
  std::string_view bytes;
  bool (*check)(Bytes start) = nullptr;   // further conditions
};

bool text_at(Bytes start, size_t offset, std::string_view text) {
  return start.size() >= offset + text.size() && as_text(start.subspan(offset, text.size())) == text;
}
std::string_view trimmed_text(Bytes start) {
  std::string_view text = as_text(start);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty() && (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r'))) text.remove_prefix(1);
  return text;
}
bool starts_text(Bytes start, std::string_view wanted) {
  const std::string_view text = trimmed_text(start);
  return text.size() >= wanted.size() && equals_ignore_case(text.substr(0, wanted.size()), wanted);
}

bool is_mach_fat(Bytes start) { return start.size() >= 8 && load_be32(&start[4]) < 20; }   // architectures
bool is_java(Bytes start) { return start.size() >= 8 && load_be16(&start[6]) >= 45; }      // class file version
bool is_pe(Bytes start) {  // beyond the first bytes the header cannot be checked: 'MZ' is enough then
  if (start.size() < 64) return true;
  const uint32_t header = uint32_t{start[63]} << 24 | uint32_t{start[62]} << 16 | uint32_t{start[61]} << 8 | start[60];
  return header > start.size() - 4 || text_at(start, header, "PE\0\0"sv);
}
bool is_webp(Bytes start) { return text_at(start, 8, "WEBP"); }
bool is_wave(Bytes start) { return text_at(start, 8, "WAVE"); }
bool is_avi(Bytes start) { return text_at(start, 8, "AVI "); }
bool is_heif(Bytes start) { return text_at(start, 8, "heic") || text_at(start, 8, "heix") || text_at(start, 8, "avif") || text_at(start, 8, "mif1"); }
bool is_jar_start(Bytes start) { return text_at(start, 30, "META-INF/"); }
bool is_ooxml(Bytes start) { return text_at(start, 30, "[Content_Types].xml") || text_at(start, 30, "_rels/.rels"); }
bool is_odf(Bytes start) { return text_at(start, 30, "mimetypeapplication/vnd.oasis.opendocument"); }
bool is_epub(Bytes start) { return text_at(start, 30, "mimetypeapplication/epub+zip"); }
bool is_html(Bytes start) {
  for (const auto tag : {"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv, "<script"sv, "<iframe"sv})
    if (starts_text(start, tag)) return true;
  return false;
}
bool is_hta(Bytes start) { return starts_text(start, "<hta:application"); }
bool is_svg(Bytes start) { return starts_text(start, "<svg"); }
bool is_xml(Bytes start) { return starts_text(start, "<?xml"); }
bool is_php(Bytes start) { return starts_text(start, "<?php"); }
bool is_batch(Bytes start) { return starts_text(start, "@echo off"); }
bool is_mpeg_audio(Bytes start) { return start.size() >= 2 && start[0] == 0xff && (start[1] & 0xe6) == 0xe2; }

constexpr Signature signatures[] = {
    // programs
    {"pe", 0, "MZ"sv, is_pe},
    {"elf", 0, "\x7f""ELF"sv},
    {"macho", 0, "\xfe\xed\xfa\xce"sv},
    {"macho", 0, "\xfe\xed\xfa\xcf"sv},
    {"macho", 0, "\xce\xfa\xed\xfe"sv},
    {"macho", 0, "\xcf\xfa\xed\xfe"sv},
    {"macho", 0, "\xca\xfe\xba\xbe"sv, is_mach_fat},
    {"java", 0, "\xca\xfe\xba\xbe"sv, is_java},
    {"dex", 0, "dex\n"sv},
    {"wasm", 0, "\0asm"sv},
    {"lnk", 0, "L\0\0\0\x01\x14\x02\0"sv},
    {"script", 0, "#!"sv},
    {"php", 0, ""sv, is_php},
    {"batch", 0, ""sv, is_batch},
    // documents
    {"pdf", 0, "%PDF-"sv},
    {"pdf", 1, "%PDF-"sv},
    {"pdf", 3, "%PDF-"sv},                           // after a byte order mark
    {"ole2", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv},
    {"rtf", 0, "{\\rt"sv},
    {"postscript", 0, "%!PS"sv},
    {"onenote", 0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"sv},
    {"chm", 0, "ITSF"sv},
    {"hta", 0, ""sv, is_hta},
    {"svg", 0, ""sv, is_svg},
    {"html", 0, ""sv, is_html},
    {"xml", 0, ""sv, is_xml},
    // archives and disk images
    {"jar", 0, "PK\x03\x04"sv, is_jar_start},
    {"ooxml", 0, "PK\x03\x04"sv, is_ooxml},
    {"odf", 0, "PK\x03\x04"sv, is_odf},
    {"epub", 0, "PK\x03\x04"sv, is_epub},
    {"zip", 0, "PK\x03\x04"sv},
    {"zip", 0, "PK\x05\x06"sv},                      // empty
    {"zip", 0, "PK\x07\x08"sv},                      // spanned
    {"gzip", 0, "\x1f\x8b\x08"sv},
    {"rar", 0, "Rar!\x1a\x07"sv},
    {"7z", 0, "7z\xbc\xaf\x27\x1c"sv},
    {"bzip2", 0, "BZh"sv},
    {"xz", 0, "\xfd""7zXZ\0"sv},
    {"zstd", 0, "\x28\xb5\x2f\xfd"sv},
    {"lz4", 0, "\x04\x22\x4d\x18"sv},
    {"compress", 0, "\x1f\x9d"sv},
    {"lzip", 0, "LZIP"sv},
    {"cab", 0, "MSCF\0\0\0\0"sv},
    {"ar", 0, "!<arch>\n"sv},
    {"rpm", 0, "\xed\xab\xee\xdb"sv},
    {"cpio", 0, "07070"sv},
    {"arj", 0, "\x60\xea"sv},
    {"ace", 7, "**ACE**"sv},
    {"tar", 257, "ustar"sv},
    {"wim", 0, "MSWIM\0\0\0"sv},
    {"vhdx", 0, "vhdxfile"sv},
    {"vmdk", 0, "KDMV"sv},
    {"xar", 0, "xar!"sv},
    {"crx", 0, "Cr24"sv},
    // pictures, sound, films, fonts
    {"png", 0, "\x89PNG\r\n\x1a\n"sv},
    {"jpeg", 0, "\xff\xd8\xff"sv},
    {"gif", 0, "GIF87a"sv},
    {"gif", 0, "GIF89a"sv},
    {"webp", 0, "RIFF"sv, is_webp},
    {"wave", 0, "RIFF"sv, is_wave},
    {"avi", 0, "RIFF"sv, is_avi},
    {"heif", 4, "ftyp"sv, is_heif},
    {"mp4", 4, "ftyp"sv},
    {"bmp", 0, "BM"sv},
    {"tiff", 0, "II*\0"sv},
    {"tiff", 0, "MM\0*"sv},
    {"ico", 0, "\0\0\x01\0"sv},
    {"psd", 0, "8BPS"sv},
    {"matroska", 0, "\x1a\x45\xdf\xa3"sv},
    {"ogg", 0, "OggS"sv},
    {"flac", 0, "fLaC"sv},
    {"mp3", 0, "ID3"sv},
    {"mp3", 0, ""sv, is_mpeg_audio},
    {"flv", 0, "FLV\x01"sv},
    {"swf", 0, "FWS"sv},
    {"swf", 0, "CWS"sv},
    {"swf", 0, "ZWS"sv},
    {"asf", 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv},
    {"woff", 0, "wOFF"sv},
    {"woff2", 0, "wOF2"sv},
    // data, keys, captures
    {"sqlite", 0, "SQLite format 3\0"sv},
    {"registry", 0, "regf"sv},
    {"minidump", 0, "MDMP"sv},
    {"pem", 0, "-----BEGIN "sv},
    {"pcap", 0, "\xd4\xc3\xb2\xa1"sv},
    {"pcap", 0, "\xa1\xb2\xc3\xd4"sv},
    {"pcapng", 0, "\x0a\x0d\x0d\x0a"sv},
    {"torrent", 0, "d8:announce"sv},
};

constexpr auto names = [] {
  std::array<std::string_view, std::size(signatures)> out{};
  size_t count = 0;
  for (const Signature& row : signatures)
    if (count == 0 || out[count - 1] != row.name) out[count++] = row.name;
  return std::pair(out, count);
}();

}  // namespace

std::string_view file_type(Bytes start) {
  for (const Signature& row : signatures)
    if (text_at(start, row.offset, row.bytes) && (row.check == nullptr || row.check(start))) return row.name;
  return {};
}

FileTypeNames file_type_names() { return {names.first.data(), names.second}; }

}  // namespace sekisho
