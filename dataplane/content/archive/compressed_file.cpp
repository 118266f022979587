// SPDX-License-Identifier: Apache-2.0
// Files that are one compressed file: its content is a body under that encoding, which the core decodes and bounds.
#include <algorithm>
#include <new>

#include "dataplane/content/archive/archive.h"
#include "dataplane/content/archive/members.h"

namespace sekisho::archive {

namespace {

struct CompressedFile {
  ContentEncoding encoding;
  Members members;
  bool begun = false;
  uint16_t kept = 0;
  uint8_t header[compressed_header_bytes_max];
};

// RFC 1952 2.3: FEXTRA, then the name. False: more bytes are needed to know.
bool gzip_name(Bytes header, Bytes& name) {
  constexpr size_t fixed_bytes = 10;
  constexpr uint8_t has_extra = 4, has_name = 8;
  if (header.size() < fixed_bytes) return false;
  if ((header[3] & has_name) == 0) return true;
  size_t at = fixed_bytes;
  if ((header[3] & has_extra) != 0) {
    if (header.size() < at + 2) return false;
    at += 2 + (header[at] | size_t{header[at + 1]} << 8);
  }
  if (header.size() < at) return false;
  const Bytes rest = header.subspan(at);
  const auto end = std::find(rest.begin(), rest.end(), uint8_t{0});
  name = rest.first(static_cast<size_t>(end - rest.begin()));
  return end != rest.end();
}

template <ContentEncoding encoding>
bool start(void* memory, const BodyMeta& meta, DecoderContext&) {
  auto* file = new (memory) CompressedFile;
  file->encoding = encoding;
  file->members = Members(meta.direction);
  return true;
}

// However late its name is known, it is that of the file's first byte.
void begin(CompressedFile& file, Bytes name, DecoderInput at, Sink& out) {
  file.begun = true;
  at.offset = 0;
  file.members.begin(name.first(std::min(name.size(), name_bytes_max)), body_length_unknown, at, out, file.encoding);
  file.members.give({file.header, file.kept}, out);
}

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& file = *static_cast<CompressedFile*>(memory);
  Bytes in = input.bytes;
  if (!file.begun) {
    const size_t most = std::min(in.size(), sizeof file.header - file.kept);
    std::copy_n(in.begin(), most, file.header + file.kept);
    file.kept = static_cast<uint16_t>(file.kept + most);
    in = in.subspan(most);
    Bytes name;
    const bool known = file.encoding != ContentEncoding::gzip || gzip_name({file.header, file.kept}, name);
    if (!known && file.kept < sizeof file.header) return true;
    begin(file, known ? name : Bytes{}, input, out);
  }
  file.members.give(in, out);
  return true;
}

void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& file = *static_cast<CompressedFile*>(memory);
  if (!file.begun) begin(file, {}, at, out);
  file.members.gap(missing_bytes, out);
}

void finish(void* memory, const DecoderInput&, BodyEnd end, Sink& out) { static_cast<CompressedFile*>(memory)->members.end(end, out); }

}  // namespace

const Decoder gzip_reader = {"gzip-file", sizeof(CompressedFile), start<ContentEncoding::gzip>, data, gap, finish};
const Decoder zstd_reader = {"zstd-file", sizeof(CompressedFile), start<ContentEncoding::zstd>, data, gap, finish};

}  // namespace sekisho::archive
