// SPDX-License-Identifier: Apache-2.0
// tar: ustar and pax (IEEE 1003.1 pax), GNU long names and sparse files, and the headers without a mark of before. A header of 512
// bytes, then the content in whole blocks. Where programs differ in what follows a header, all of it is read.
#include <algorithm>
#include <cstring>
#include <new>

#include "dataplane/content/archive/archive.h"
#include "dataplane/content/archive/members.h"
#include "dataplane/content/archive/tar_header.h"

namespace sekisho::archive {

namespace {

struct Tar {
  enum class At : uint8_t { header, sparse_map, content, long_name, pax, skipped, padding, too_many };
  Members members;
  At at = At::header;
  bool next_size_known = false;
  bool damage_told = false;
  bool in_record = false;     // of pax: behind its length
  bool long_name_over = false;
  bool ended = false;         // a block of zeros came: what follows is padding to most programs
  uint16_t kept = 0;          // bytes of the block, or of the pax record under way
  uint16_t next_name = 0;     // bytes of the name that the next member has instead of its own
  uint16_t padding = 0;
  uint32_t record_left = 0;   // of pax
  uint64_t next_size = 0;     // of pax
  uint64_t left = 0;          // bytes of the content
  uint64_t header_offset = 0;
  uint8_t block[tar_block_bytes];   // header; or the pax record under way
  uint8_t name[name_bytes_max];
};

void keep_name(Tar& tar, Bytes part) {
  const size_t most = std::min(part.size(), sizeof tar.name - tar.next_name);
  if (most != 0) std::memcpy(tar.name + tar.next_name, part.data(), most);
  tar.next_name = static_cast<uint16_t>(tar.next_name + most);
}

// The name of a header without a long one.
void keep_header_name(Tar& tar, const TarHeader& header) {
  if (!header.prefix().empty()) {
    keep_name(tar, header.prefix());
    keep_name(tar, as_bytes("/"));
  }
  keep_name(tar, header.name());
}

// Where no header is, the next one is looked for, block by block, as tar does.
void tell_damage(Tar& tar, const DecoderInput& at, Sink& out) {
  if (!tar.damage_told && !tar.ended) out.anomaly(at.tx, "archive.damaged", at.offset);
  tar.damage_told = true;
}

void set_size(Tar& tar, uint64_t bytes) {
  tar.left = bytes;
  tar.padding = static_cast<uint16_t>((tar_block_bytes - bytes % tar_block_bytes) % tar_block_bytes);
}

void end_content(Tar& tar, Sink& out) {
  tar.members.end(BodyEnd::complete, out);
  tar.kept = 0;
  tar.at = tar.padding != 0 ? Tar::At::padding : Tar::At::header;
}

void begin_member(Tar& tar, const TarHeader& header, const DecoderInput& at, Sink& out) {
  if (tar.next_name == 0) keep_header_name(tar, header);
  if (tar.next_size_known) set_size(tar, tar.next_size);
  const Bytes name(tar.name, tar.next_name);
  tar.next_name = 0;
  tar.next_size_known = false;
  if (!tar.members.begin(name, tar.left, at, out)) {
    tar.at = Tar::At::too_many;
    return;
  }
  constexpr char sparse = 'S';
  tar.at = header.type() == sparse && header.sparse_goes_on() ? Tar::At::sparse_map : Tar::At::content;
  if (tar.at == Tar::At::content && tar.left == 0) end_content(tar, out);
}

// A link, folder or device has no content; where its size says otherwise some programs pass over that many bytes and some read
// headers there: we do, for what one of them unpacks must be seen.
void pass_special(Tar& tar, const TarHeader& header, const DecoderInput& at, Sink& out) {
  constexpr char hard_link = '1', symbolic_link = '2';
  const bool is_link = header.type() == hard_link || header.type() == symbolic_link;
  if (is_link && leaves_folder(header.link())) out.anomaly(at.tx, "archive.name_escapes", at.offset);
  if (tar.left != 0) out.anomaly(at.tx, "archive.damaged", at.offset);
  tar.next_name = 0;
  tar.next_size_known = false;
}

// A whole header is in the block.
void read_header(Tar& tar, const DecoderInput& at, Sink& out) {
  tar.kept = 0;
  const TarHeader header(tar.block);
  uint64_t bytes;
  if (header.is_zero()) {
    tar.ended = true;
    return;
  }
  if (!header.checksum_is_right() || !header.size(bytes)) return tell_damage(tar, at, out);
  tar.ended = false;
  set_size(tar, bytes);
  switch (header.type()) {
    case '1': case '2': case '3': case '4': case '5': case '6': return pass_special(tar, header, at, out);
    case 'L':  // the next one's name
      tar.next_name = 0;
      tar.long_name_over = false;
      tar.at = Tar::At::long_name;
      break;
    case 'x': case 'X':
      tar.in_record = false;
      tar.record_left = 0;
      tar.at = Tar::At::pax;
      break;
    case 'g': case 'K': case 'D': case 'M': case 'N': case 'V': tar.at = Tar::At::skipped; break;
    default: return begin_member(tar, header, at, out);  // a file, or "extracted as normal file"
  }
  if (tar.left == 0) end_content(tar, out);
}

// "path=some/name\n", without its length. What is longer than the block is passed over.
void read_pax_record(Tar& tar) {
  const std::string_view record(reinterpret_cast<const char*>(tar.block), tar.kept);
  const size_t equals = record.find('=');
  if (equals == std::string_view::npos || !record.ends_with('\n')) return;
  const std::string_view key = record.substr(0, equals), value = record.substr(equals + 1, record.size() - equals - 2);
  if (key == "path") {
    tar.next_name = 0;
    keep_name(tar, as_bytes(value));
  } else if (key == "size" && !value.empty() && value.size() <= 18 && value.find_first_not_of("0123456789") == std::string_view::npos) {
    tar.next_size = 0;
    for (const char digit : value) tar.next_size = tar.next_size * 10 + static_cast<uint64_t>(digit - '0');
    tar.next_size_known = true;
  }
}

// A record says its own length first, itself included: "20 path=some/name\n". What no length begins is nothing.
void take_pax_length(Tar& tar, uint8_t byte) {
  constexpr unsigned digits_max = 9;
  if (byte >= '0' && byte <= '9' && tar.kept < digits_max) {
    tar.record_left = tar.record_left * 10 + (byte - '0');
    ++tar.kept;
    return;
  }
  const bool is_length = byte == ' ' && tar.record_left > tar.kept + 1U;
  if (!is_length) {
    tar.at = Tar::At::skipped;
    return;
  }
  tar.record_left -= static_cast<uint32_t>(tar.kept) + 1;
  tar.kept = 0;
  tar.in_record = true;
}

void take_pax(Tar& tar, Bytes bytes) {
  while (!bytes.empty() && tar.at == Tar::At::pax) {
    if (!tar.in_record) {
      take_pax_length(tar, bytes[0]);
      bytes = bytes.subspan(1);
      continue;
    }
    const Bytes part = bytes.first(std::min<size_t>(bytes.size(), tar.record_left));
    const size_t most = std::min(part.size(), tar_block_bytes - tar.kept);
    std::memcpy(tar.block + tar.kept, part.data(), most);
    tar.kept = static_cast<uint16_t>(tar.kept + most);
    tar.record_left -= static_cast<uint32_t>(part.size());
    bytes = bytes.subspan(part.size());
    if (tar.record_left != 0) continue;
    read_pax_record(tar);
    tar.kept = 0;
    tar.in_record = false;
  }
}

// Up to the zero behind it.
void take_long_name(Tar& tar, Bytes bytes) {
  if (tar.long_name_over) return;
  const auto end = std::find(bytes.begin(), bytes.end(), uint8_t{0});
  keep_name(tar, {bytes.begin(), end});
  tar.long_name_over = end != bytes.end();
}

// False: the block is not whole yet.
bool fill_block(Tar& tar, Bytes& in) {
  const size_t most = std::min(in.size(), tar_block_bytes - tar.kept);
  std::memcpy(tar.block + tar.kept, in.data(), most);
  tar.kept = static_cast<uint16_t>(tar.kept + most);
  in = in.subspan(most);
  return tar.kept == tar_block_bytes;
}

void read_block(Tar& tar, Bytes& in, const DecoderInput& input, Sink& out) {
  if (!fill_block(tar, in)) return;
  if (tar.at == Tar::At::sparse_map) {
    tar.kept = 0;
    if (sparse_map_goes_on(tar.block)) return;
    tar.at = Tar::At::content;
    if (tar.left == 0) end_content(tar, out);
    return;
  }
  DecoderInput at = input;  // what is said is said of the header
  at.offset = tar.header_offset = input.offset + input.bytes.size() - in.size() - tar_block_bytes;
  read_header(tar, at, out);
}

void read_content(Tar& tar, Bytes& in, Sink& out) {
  const Bytes part = in.first(static_cast<size_t>(std::min<uint64_t>(in.size(), tar.left)));
  switch (tar.at) {
    case Tar::At::content: tar.members.give(part, out); break;
    case Tar::At::long_name: take_long_name(tar, part); break;
    case Tar::At::pax: take_pax(tar, part); break;
    default: break;
  }
  tar.left -= part.size();
  in = in.subspan(part.size());
  if (tar.left == 0) end_content(tar, out);
}

// Takes some of `in`, as far as one state reaches.
void step(Tar& tar, Bytes& in, const DecoderInput& input, Sink& out) {
  if (tar.at == Tar::At::header || tar.at == Tar::At::sparse_map) return read_block(tar, in, input, out);
  if (tar.at != Tar::At::padding) return read_content(tar, in, out);
  const size_t most = std::min<size_t>(in.size(), tar.padding);
  tar.padding = static_cast<uint16_t>(tar.padding - most);
  in = in.subspan(most);
  if (tar.padding == 0) tar.at = Tar::At::header;
}

bool start(void* memory, const BodyMeta& meta, DecoderContext&) {
  auto* tar = new (memory) Tar;
  tar->members = Members(meta.direction);
  return true;
}

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& tar = *static_cast<Tar*>(memory);
  Bytes in = input.bytes;
  while (!in.empty() && tar.at != Tar::At::too_many) step(tar, in, input, out);
  return tar.at != Tar::At::too_many;
}

// A hole in a content whose size is known is a hole in that member; behind any other the blocks may still be in step.
void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& tar = *static_cast<Tar*>(memory);
  if (tar.at == Tar::At::too_many) return;
  if (tar.at == Tar::At::content && missing_bytes <= tar.left) {
    tar.members.gap(missing_bytes, out);
    tar.left -= missing_bytes;
    if (tar.left == 0) end_content(tar, out);
    return;
  }
  tar.members.end(BodyEnd::truncated, out);
  out.anomaly(at.tx, "content.decode_gap", at.offset);
  tar.damage_told = true;
  tar.next_name = 0;
  tar.next_size_known = false;
  // The next block begins where it would have begun: offsets of blocks are multiples of their size.
  const uint64_t behind = (at.offset + missing_bytes) % tar_block_bytes;
  tar.kept = 0;
  tar.padding = static_cast<uint16_t>((tar_block_bytes - behind) % tar_block_bytes);
  tar.at = tar.padding != 0 ? Tar::At::padding : Tar::At::header;
}

void finish(void* memory, const DecoderInput& at, BodyEnd end, Sink& out) {
  auto& tar = *static_cast<Tar*>(memory);
  const bool open = tar.at == Tar::At::content || tar.at == Tar::At::sparse_map;
  if (end == BodyEnd::complete && open && !tar.damage_told) out.anomaly(at.tx, "archive.cut_short", tar.header_offset);
  tar.members.end(end == BodyEnd::complete ? BodyEnd::truncated : end, out);
}

}  // namespace

const Decoder tar_reader = {"tar", sizeof(Tar), start, data, gap, finish};

}  // namespace sekisho::archive
