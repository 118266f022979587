// SPDX-License-Identifier: Apache-2.0
// tar: ustar and pax (IEEE 1003.1 pax), GNU long names. A header of 512 bytes, then the content in whole blocks.
#include <algorithm>
#include <cstring>
#include <new>

#include "dataplane/content/archive/archive.h"
#include "dataplane/content/archive/members.h"

namespace sekisho::archive {

namespace {

constexpr size_t block_bytes = 512;
constexpr size_t name_at = 0, name_bytes = 100, size_at = 124, size_bytes = 12, checksum_at = 148, checksum_bytes = 8, type_at = 156,
                 magic_at = 257, prefix_at = 345, prefix_bytes = 155;

struct Tar {
  enum class At : uint8_t { header, content, long_name, pax, skipped, padding, end };
  Members members;
  At at = At::header;
  uint16_t kept = 0;          // bytes of the header, or of the long name or pax record under way
  uint16_t next_name = 0;     // bytes of the name that the next member has instead of its own
  bool next_size_known = false;
  uint64_t next_size = 0;     // of pax
  uint64_t left = 0;          // bytes of the content
  uint64_t header_offset = 0;
  uint16_t padding = 0;
  uint8_t block[block_bytes];   // header; or the pax record under way
  uint8_t name[name_bytes_max];
};

Bytes text_at(const uint8_t* block, size_t at, size_t most) {
  return {block + at, static_cast<size_t>(std::find(block + at, block + at + most, uint8_t{0}) - (block + at))};
}

// Octal digits, or the base-256 of large files (first bit set). False: neither.
bool read_number(const uint8_t* field, size_t bytes, uint64_t& value) {
  value = 0;
  if ((field[0] & 0x80) != 0) {
    for (size_t i = 1; i < bytes; ++i) {
      if (value >> 56 != 0) return false;
      value = value << 8 | field[i];
    }
    return field[0] == 0x80;
  }
  size_t i = 0;
  while (i < bytes && field[i] == ' ') ++i;
  for (; i < bytes && field[i] >= '0' && field[i] <= '7'; ++i) value = value << 3 | (field[i] - '0');
  return i == bytes || field[i] == 0 || field[i] == ' ';
}

bool checksum_is_right(const uint8_t* block) {
  uint64_t told, sum = 0;
  if (!read_number(block + checksum_at, checksum_bytes, told)) return false;
  for (size_t i = 0; i < block_bytes; ++i) sum += i >= checksum_at && i < checksum_at + checksum_bytes ? ' ' : block[i];
  return sum == told;
}

void keep_name(Tar& tar, Bytes part) {
  const size_t most = std::min(part.size(), sizeof tar.name - tar.next_name);
  if (most != 0) std::memcpy(tar.name + tar.next_name, part.data(), most);
  tar.next_name = static_cast<uint16_t>(tar.next_name + most);
}

// The name of a header without a long one.
void keep_header_name(Tar& tar) {
  const Bytes prefix = text_at(tar.block, prefix_at, prefix_bytes);
  // GNU's own headers ("ustar  ") have times where the prefix is.
  if (!prefix.empty() && tar.block[magic_at + 5] == 0) {
    keep_name(tar, prefix);
    keep_name(tar, as_bytes("/"));
  }
  keep_name(tar, text_at(tar.block, name_at, name_bytes));
}

bool stop(Tar& tar, const char* name, const DecoderInput& at, Sink& out) {
  tar.members.end(BodyEnd::truncated, out);
  tar.at = Tar::At::end;
  out.anomaly(at.tx, name, at.offset);
  return false;
}

void end_content(Tar& tar, Sink& out) {
  tar.members.end(BodyEnd::complete, out);
  tar.kept = 0;
  tar.at = tar.padding != 0 ? Tar::At::padding : Tar::At::header;
}

bool begin_member(Tar& tar, const DecoderInput& at, Sink& out) {
  if (tar.next_name == 0) keep_header_name(tar);
  if (tar.next_size_known) {
    tar.left = tar.next_size;
    tar.padding = static_cast<uint16_t>((block_bytes - tar.left % block_bytes) % block_bytes);
  }
  const Bytes name(tar.name, tar.next_name);
  tar.next_name = 0;
  tar.next_size_known = false;
  if (!tar.members.begin(name, tar.left, at, out)) {
    tar.at = Tar::At::end;
    return false;
  }
  tar.at = Tar::At::content;
  if (tar.left == 0) end_content(tar, out);
  return true;
}

// A whole header is in the block.
bool read_header(Tar& tar, const DecoderInput& at, Sink& out) {
  tar.kept = 0;
  if (std::all_of(tar.block, tar.block + block_bytes, [](uint8_t byte) { return byte == 0; })) {
    tar.at = Tar::At::end;
    return true;
  }
  if (!checksum_is_right(tar.block) || !read_number(tar.block + size_at, size_bytes, tar.left)) return stop(tar, "archive.damaged", at, out);
  tar.padding = static_cast<uint16_t>((block_bytes - tar.left % block_bytes) % block_bytes);
  switch (tar.block[type_at]) {
    case '0': case 0: case '7': return begin_member(tar, at, out);
    case 'L':  // the next one's name
      tar.next_name = 0;
      tar.at = Tar::At::long_name;
      break;
    case 'x': tar.at = Tar::At::pax; break;
    default:  // directories, links, devices, and what is theirs
      if (tar.block[type_at] != 'g' && tar.block[type_at] != 'K') tar.next_name = 0, tar.next_size_known = false;
      tar.at = Tar::At::skipped;
  }
  if (tar.left == 0) end_content(tar, out);
  return true;
}

// "20 path=some/name\n". What is longer than the block is passed over.
void read_pax_record(Tar& tar) {
  const std::string_view record(reinterpret_cast<const char*>(tar.block), tar.kept);
  const size_t space = record.find(' '), equals = record.find('=');
  if (space == std::string_view::npos || equals == std::string_view::npos || equals < space) return;
  const std::string_view key = record.substr(space + 1, equals - space - 1), value = record.substr(equals + 1);
  if (key == "path") {
    tar.next_name = 0;
    keep_name(tar, as_bytes(value));
  } else if (key == "size" && !value.empty() && value.size() <= 19 && value.find_first_not_of("0123456789") == std::string_view::npos) {
    tar.next_size = 0;
    for (const char digit : value) tar.next_size = tar.next_size * 10 + static_cast<uint64_t>(digit - '0');
    tar.next_size_known = true;
  }
}

void take_pax(Tar& tar, Bytes bytes) {
  for (const uint8_t byte : bytes) {
    if (byte == '\n') {
      if (tar.kept <= block_bytes) read_pax_record(tar);
      tar.kept = 0;
    } else if (tar.kept < block_bytes) {
      tar.block[tar.kept++] = byte;
    } else {
      tar.kept = block_bytes + 1;  // too long
    }
  }
}

// Takes some of `in`, as far as one state reaches.
bool step(Tar& tar, Bytes& in, const DecoderInput& input, Sink& out) {
  DecoderInput at = input;
  at.offset = tar.header_offset;  // what is said is said of the header under way
  if (tar.at == Tar::At::header) {
    const size_t most = std::min(in.size(), block_bytes - tar.kept);
    std::memcpy(tar.block + tar.kept, in.data(), most);
    tar.kept = static_cast<uint16_t>(tar.kept + most);
    in = in.subspan(most);
    if (tar.kept < block_bytes) return true;
    at.offset = tar.header_offset = input.offset + input.bytes.size() - in.size() - block_bytes;
    return read_header(tar, at, out);
  }
  if (tar.at == Tar::At::padding) {
    const size_t most = std::min<size_t>(in.size(), tar.padding);
    tar.padding = static_cast<uint16_t>(tar.padding - most);
    in = in.subspan(most);
    if (tar.padding == 0) tar.at = Tar::At::header;
    return true;
  }
  const Bytes part = in.first(static_cast<size_t>(std::min<uint64_t>(in.size(), tar.left)));
  switch (tar.at) {
    case Tar::At::content: tar.members.give(part, out); break;
    case Tar::At::long_name: keep_name(tar, text_at(part.data(), 0, part.size())); break;
    case Tar::At::pax: take_pax(tar, part); break;
    default: break;
  }
  tar.left -= part.size();
  in = in.subspan(part.size());
  if (tar.left == 0) end_content(tar, out);
  return true;
}

bool start(void* memory, const BodyMeta& meta, DecoderContext&) {
  auto* tar = new (memory) Tar;
  tar->members = Members(meta.direction);
  return true;
}

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& tar = *static_cast<Tar*>(memory);
  Bytes in = input.bytes;
  while (!in.empty() && tar.at != Tar::At::end)
    if (!step(tar, in, input, out)) return false;
  return true;
}

// A hole in a content whose size is known is a hole in that member; any other loses the place of the next header.
void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& tar = *static_cast<Tar*>(memory);
  if (tar.at == Tar::At::end) return;
  if (tar.at != Tar::At::content || missing_bytes > tar.left) {
    stop(tar, "content.decode_gap", at, out);
    return;
  }
  tar.members.gap(missing_bytes, out);
  tar.left -= missing_bytes;
  if (tar.left == 0) end_content(tar, out);
}

void finish(void* memory, const DecoderInput&, BodyEnd end, Sink& out) {
  static_cast<Tar*>(memory)->members.end(end == BodyEnd::complete ? BodyEnd::truncated : end, out);
}

}  // namespace

const Decoder tar_reader = {"tar", sizeof(Tar), start, data, gap, finish};

}  // namespace sekisho::archive
