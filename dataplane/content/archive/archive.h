// SPDX-License-Identifier: Apache-2.0
// Archives and compressed files: zip, tar, gzip, zstd. Read as they pass, from the front: each member is a body of its own
// (BodyCarrier::archive_member), ended before the archive's last byte is there.
#pragma once

#include "dataplane/content/decoder.h"

namespace sekisho::archive {

// What a file that begins so is read by.
struct Choice {
  const Decoder* reader = nullptr;  // nullptr: it is no archive of ours, or not yet
  bool decided = false;             // no further byte changes it
};
// `start`: the file's first bytes, all that there are up to start_bytes.
Choice reader_for(Bytes start);
inline constexpr size_t start_bytes = 512;  // a whole header of tar: old ones have no other mark than a right checksum

extern const Decoder zip_reader;
// For a file that is called a zip and begins otherwise: programs find the archive from its end.
extern const Decoder zip_behind_reader;
extern const Decoder tar_reader;
extern const Decoder gzip_reader;
extern const Decoder zstd_reader;

}  // namespace sekisho::archive
