// SPDX-License-Identifier: Apache-2.0
// Our table of file types against libmagic: for a file of each kind both must say the same.
#include <magic.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dataplane/content/file_type.h"

using namespace sekisho;
using namespace std::string_literals;

namespace {

std::string zeros(size_t count) { return std::string(count, '\0'); }
// A number of so many bytes, little-endian.
std::string le(uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string pe() {
  std::string file = zeros(512);
  const auto put = [&](size_t at, const std::string& bytes) { file.replace(at, bytes.size(), bytes); };
  put(0, "MZ");
  put(60, le(128, 4));
  put(128, "PE\0\0"s + le(0x14c, 2) + le(1, 2));
  put(148, le(0xe0, 2) + le(0x102, 2) + le(0x10b, 2));
  put(152 + 68, le(3, 2));
  return file;
}
std::string elf() {
  return "\x7f"
         "ELF\x02\x01\x01"s +
         zeros(9) + le(2, 2) + le(62, 2) + le(1, 4) + zeros(44);
}
std::string zip(const std::string& name, const std::string& content = "x") {
  return "PK\x03\x04"s + le(20, 2) + zeros(12) + le(content.size(), 4) + le(content.size(), 4) +
         le(name.size(), 2) + le(0, 2) + name + content + zeros(64);
}
std::string tar() {
  std::string file = zeros(1024);
  const auto put = [&](size_t at, const std::string& bytes) { file.replace(at, bytes.size(), bytes); };
  put(0, "a.txt");
  put(100, "0000644");
  put(124, "00000000001");
  put(148, "        0");
  put(257, "ustar\0"s + "00");
  unsigned sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += static_cast<uint8_t>(file[i]);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  put(148, digits + "\0 "s);
  return file;
}
std::string bitmap() {
  return "BM" + le(58, 4) + le(0, 4) + le(54, 4) + le(40, 4) + le(1, 4) + le(1, 4) + le(1, 2) + le(24, 2) +
         le(0, 4) + le(4, 4) + le(2835, 4) + le(2835, 4) + zeros(12);
}

struct Example {
  std::string_view ours;
  std::string_view theirs;  // its beginning
  std::string file;
};
const std::vector<Example>& examples() {
  static const std::vector<Example> all = {
      {"pe", "application/vnd.microsoft.portable-executable", pe()},
      {"elf", "application/x-executable", elf()},
      {"macho", "application/x-mach-binary",
       le(0xfeedfacf, 4) + le(0x01000007, 4) + le(3, 4) + le(2, 4) + le(1, 4) + le(16, 4) + zeros(72)},
      {"java", "application/x-java-applet", "\xca\xfe\xba\xbe\0\0\0\x34\0\x10"s + zeros(64)},
      {"wasm", "application/wasm", "\0asm\x01\0\0\0"s + zeros(16)},
      {"lnk", "application/x-ms-shortcut", "L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F"s + zeros(64)},
      {"script", "text/x-shellscript", "#!/bin/sh\necho hi\n"},
      {"php", "text/x-php", "<?php echo 1; ?>\n"},
      {"batch", "text/x-msdos-batch", "@echo off\r\ndir\r\n"},
      {"pdf", "application/pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"},
      {"ole2", "application/x-ole-storage",
       "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s + zeros(16) + "\x3e\0\x03\0\xfe\xff\x09\0"s + zeros(600)},
      {"rtf", "text/rtf", "{\\rtf1\\ansi x}"},
      {"postscript", "application/postscript", "%!PS-Adobe-3.0\n%%Title: x\n"},
      {"chm", "application/vnd.ms-htmlhelp", "ITSF\x03\0\0\0`\0\0\0"s + zeros(100)},
      {"svg", "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n"},
      {"html", "text/html", "<!DOCTYPE html>\n<html><head></head></html>\n"},
      {"xml", "text/xml", "<?xml version=\"1.0\"?>\n<a/>\n"},
      {"zip", "application/zip", zip("a.txt")},
      {"odf", "application/vnd.oasis.opendocument.text",
       zip("mimetype", "application/vnd.oasis.opendocument.text")},
      {"epub", "application/epub+zip", zip("mimetype", "application/epub+zip")},
      {"gzip", "application/gzip", "\x1f\x8b\x08\0"s + zeros(6) + "\x03\0"s + zeros(8)},
      {"rar", "application/x-rar", "Rar!\x1a\x07\0"s + zeros(40)},
      {"7z", "application/x-7z-compressed", "7z\xbc\xaf\x27\x1c\0\x04"s + zeros(40)},
      {"bzip2", "application/x-bzip2", "BZh91AY&SY" + zeros(32)},
      {"xz", "application/x-xz",
       "\xfd"
       "7zXZ\0\0\x04"s +
           zeros(32)},
      {"zstd", "application/zstd", "\x28\xb5\x2f\xfd\x04\0"s + zeros(32)},
      {"lz4", "application/x-lz4", "\x04\x22\x4d\x18\x64\x40\xa7" + zeros(32)},
      {"compress", "application/x-compress", "\x1f\x9d\x90" + zeros(32)},
      {"lzip", "application/x-lzip", "LZIP\x01\x0c" + zeros(32)},
      {"cab", "application/vnd.ms-cab-compressed",
       "MSCF" + le(0, 4) + le(100, 4) + le(0, 4) + le(44, 4) + le(0, 4) + "\x03\x01"s + le(1, 2) + le(1, 2) +
           le(1, 2) + le(0, 2) + zeros(32)},
      {"ar", "application/x-archive",
       "!<arch>\na.o/            0           0     0     644     1         `\nx\n"},
      {"rpm", "application/x-rpm", "\xed\xab\xee\xdb\x03\0\0\0\0\x01"s + "a" + zeros(90)},
      {"cpio", "application/x-cpio", "070701" + std::string(104, '0') + "a\0"s},
      {"arj", "application/x-arj", "\x60\xea\x2b\0\x22\x0b\x01\0\x10\0\x02"s + zeros(40)},
      {"ace", "application/x-ace-compressed", zeros(7) + "**ACE**\x14\x14" + zeros(40)},
      {"tar", "application/x-tar", tar()},
      {"wim", "application/x-ms-wim", "MSWIM\0\0\0\xd0\0\0\0"s + zeros(200)},
      {"xar", "application/x-xar", "xar!\0\x1c\0\x01"s + zeros(32)},
      {"crx", "application/x-chrome-extension", "Cr24\x03\0\0\0"s + zeros(32)},
      {"png", "image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"s + zeros(8)},
      {"jpeg", "image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"s + zeros(16)},
      {"gif", "image/gif", "GIF89a\x01\0\x01\0\0\0\0;"s},
      {"webp", "image/webp", "RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0"s + zeros(32)},
      {"wave", "audio/x-wav", "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0"s + zeros(16)},
      {"avi", "video/x-msvideo", "RIFF\x24\0\0\0AVI LIST"s + zeros(32)},
      {"heif", "image/heic",
       "\0\0\0\x18"
       "ftypheic\0\0\0\0mif1heic"s},
      {"mp4", "video/mp4",
       "\0\0\0\x18"
       "ftypisom\0\0\x02\0isomiso2"s},
      {"bmp", "image/bmp", bitmap()},
      {"tiff", "image/tiff", "II*\0\x08\0\0\0"s + zeros(32)},
      {"ico", "image/vnd.microsoft.icon",
       "\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0h\x04\0\0\x16\0\0\0\x28\0\0\0"s + zeros(32)},
      {"psd", "image/vnd.adobe.photoshop",
       "8BPS\0\x01"s + zeros(6) + "\0\x03\0\0\0\x01\0\0\0\x01\0\x08\0\x03"s},
      {"matroska", "video/x-matroska", "\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska\x42\x87\x81\x04"},
      {"ogg", "audio/ogg", "OggS\0\x02"s + zeros(20) + "\x01\x1e\x01vorbis" + zeros(16)},
      {"flac", "audio/flac", "fLaC\0\0\0\x22\x10\0\x10\0"s + zeros(32)},
      {"flv", "video/x-flv", "FLV\x01\x05\0\0\0\x09"s},
      {"asf", "video/x-ms-asf", "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c"s + zeros(32)},
      {"woff", "font/woff", "wOFF\0\x01\0\0"s + zeros(40)},
      {"woff2", "font/woff2", "wOF2\0\x01\0\0"s + zeros(40)},
      {"sqlite", "application/vnd.sqlite3", "SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20"s + zeros(80)},
      {"minidump", "application/x-dmp", "MDMP\x93\xa7\0\0"s + zeros(32)},
      {"pcap", "application/vnd.tcpdump.pcap",
       le(0xa1b2c3d4, 4) + le(2, 2) + le(4, 2) + le(0, 8) + le(65535, 4) + le(1, 4)},
      {"torrent", "application/x-bittorrent", "d8:announce20:http://t.example/ann4:infod6:lengthi1eee"},
  };
  return all;
}

// What libmagic has no MIME type for, or does not look as closely at: nothing to agree on.
const std::set<std::string_view> ours_alone = {"dex",  "onenote", "hta", "jar", "ooxml",  "vhdx",
                                               "vmdk", "mp3",     "swf", "pem", "pcapng", "registry"};

class Magic {
 public:
  Magic() : cookie_(magic_open(MAGIC_MIME_TYPE)) { BOOST_REQUIRE((magic_load(cookie_.get(), nullptr) == 0)); }
  std::string type(std::string_view bytes) {
    const char* text = magic_buffer(cookie_.get(), bytes.data(), bytes.size());
    return text != nullptr ? text : magic_error(cookie_.get());
  }

 private:
  struct Close {
    void operator()(magic_set* cookie) const { magic_close(cookie); }
  };
  std::unique_ptr<magic_set, Close> cookie_;
};

std::string_view ours(const std::string& file) {
  const std::vector<uint8_t> start(
      file.begin(), file.begin() + static_cast<std::ptrdiff_t>(std::min(file.size(), file_type_bytes)));
  return file_type(start);
}

}  // namespace

BOOST_AUTO_TEST_CASE(for_an_example_of_each_type_libmagic_says_the_same) {
  Magic magic;
  for (const Example& example : examples()) {
    BOOST_TEST(ours(example.file) == example.ours);
    const std::string theirs = magic.type(example.file);
    BOOST_TEST(theirs.starts_with(example.theirs), std::string(example.ours) + ": " + theirs);
  }
}

BOOST_AUTO_TEST_CASE(every_type_has_an_example_or_is_said_to_be_ours_alone) {
  std::set<std::string_view> seen = ours_alone;
  for (const Example& example : examples()) seen.insert(example.ours);
  const FileTypeNames all = file_type_names();
  for (size_t i = 0; i < all.count; ++i) BOOST_TEST(seen.count(all.names[i]) == 1U, all.names[i]);
  BOOST_TEST(examples().size() >= 60U);
}

// What lies on this machine: files that nobody made for this test. Where libmagic names one of the types
// above, so must we, and where we name one of them, so must libmagic.
BOOST_AUTO_TEST_CASE(files_that_lie_around_are_told_as_libmagic_tells_them) {
  constexpr size_t files_max = 3000, folder_files_max = 300;
  // Texts that libmagic judges by more than their start, and what it takes for their parents.
  const std::set<std::string_view> judged_otherwise = {"xml", "html", "script", "batch", "php",
                                                       "mp3", "elf",  "zip",    "pe",    "compress"};
  std::map<std::string, std::string_view> by_theirs;
  std::map<std::string_view, std::set<std::string>> by_ours;
  for (const Example& example : examples()) {
    by_theirs[std::string(example.theirs)] = example.ours;
    by_ours[example.ours].insert(std::string(example.theirs));
  }
  Magic magic;
  std::map<std::filesystem::path, size_t> of_folder;
  size_t files = 0;
  namespace fs = std::filesystem;
  for (const char* folder : {"/usr/share", "/usr/lib", "/var/cache"}) {
    std::error_code none;
    for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, none),
         last;
         at != last && files < files_max; at.increment(none)) {
      if (!at->is_regular_file(none) || at->is_symlink(none) ||
          ++of_folder[at->path().parent_path()] > folder_files_max)
        continue;
      std::ifstream in(at->path(), std::ios::binary);
      std::string start(65536, '\0');
      in.read(start.data(), static_cast<std::streamsize>(start.size()));
      start.resize(static_cast<size_t>(in.gcount()));
      const std::string_view us = ours(start);
      const std::string them = magic.type(start);
      const auto wanted = by_theirs.find(them);
      const std::string what = at->path().string() + ": " + std::string(us) + ", " + them;
      if (wanted != by_theirs.end() && judged_otherwise.count(wanted->second) == 0)
        BOOST_TEST(us == wanted->second, what);
      if (by_ours.count(us) != 0 && judged_otherwise.count(us) == 0)
        BOOST_TEST(by_ours[us].count(them) == 1U, what);
      ++files;
    }
  }
  BOOST_TEST_MESSAGE(files << " files");
}
