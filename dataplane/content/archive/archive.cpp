// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/archive.h"

#include <algorithm>

namespace sekisho::archive {

namespace {

using namespace std::string_view_literals;

struct Signature {
  size_t offset;
  std::string_view bytes;
  const Decoder* reader;
};
constexpr Signature signatures[] = {
    {0, "PK\x03\x04"sv, &zip_reader},
    {0, "PK\x07\x08PK\x03\x04"sv, &zip_reader},  // APPNOTE 8.5.4: of a spanned archive that needed no span
    {0, "\x1f\x8b\x08"sv, &gzip_reader},
    {0, "\x28\xb5\x2f\xfd"sv, &zstd_reader},
    {257, "ustar"sv, &tar_reader},
};

}  // namespace

Choice reader_for(Bytes start) {
  bool open = false;  // some signature may still come
  for (const Signature& one : signatures) {
    const size_t there = start.size() <= one.offset ? 0 : std::min(start.size() - one.offset, one.bytes.size());
    if (as_text(start.subspan(std::min(one.offset, start.size()), there)) != one.bytes.substr(0, there)) continue;
    if (there == one.bytes.size()) return {one.reader, true};
    open = true;
  }
  return {nullptr, !open};
}

}  // namespace sekisho::archive
