// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/archive.h"

#include "dataplane/content/archive/tar_header.h"

namespace sekisho::archive {

namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  const Decoder* reader;
};
constexpr Signature signatures[] = {
    {"PK\x03\x04"sv, &zip_reader},
    {"PK\x07\x08PK\x03\x04"sv, &zip_reader},  // APPNOTE 8.5.4: of a spanned archive that needed no span
    {"\x1f\x8b\x08"sv, &gzip_reader},
    {"\x28\xb5\x2f\xfd"sv, &zstd_reader},
};

// RFC 8878 3.1.2: a frame to be skipped may come first.
bool begins_skippable(Bytes start) { return start.size() >= 4 && start[0] >> 4 == 5 && as_text(start.subspan(1, 3)) == "\x2a\x4d\x18"sv; }

}  // namespace

Choice reader_for(Bytes start) {
  bool open = start.size() < start_bytes;  // some signature may still come
  for (const Signature& one : signatures)
    if (as_text(start).starts_with(one.bytes)) return {one.reader, true};
  if (begins_skippable(start)) return {&zstd_reader, true};
  if (open || !begins_tar(start)) return {nullptr, !open};
  return {&tar_reader, true};
}

}  // namespace sekisho::archive
