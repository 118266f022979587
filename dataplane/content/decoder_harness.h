// SPDX-License-Identifier: Apache-2.0
// For tests and fuzz targets: drives one content decoder as the core does and writes down what it reports. Every piece of input is
// an exact-size heap copy: ASan sees an over-read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/content/decoder.h"
#include "dataplane/observe/recording_sink.h"

namespace sekisho::test {

// One piece of a body; `gap_bytes` of it missing where that is not 0.
struct Chunk {
  std::string bytes;
  uint64_t gap_bytes = 0;
};
using Chunks = std::vector<Chunk>;
inline Chunks whole(std::string_view body) { return {{std::string(body)}}; }

// Decoded bytes of the body itself come as the last line, "body 1 ... bytes=": the decoder's input body is body 1 of transaction 1.
struct DecoderOptions {
  BodyMeta meta;
  BodyEnd end = BodyEnd::complete;
  FieldMask wanted = FieldMask::all();
};
Recording run_decoder(const Decoder& decoder, const Chunks& chunks, const DecoderOptions& options = {});

// The contract on one body: what is reported whole equals what is reported of every two-piece split and byte by byte; cut at every
// byte nothing crashes. Returns "" or what differed first.
std::string check_decoder_splits(const Decoder& decoder, std::string_view body,
                                 const DecoderOptions& options = {});

}  // namespace sekisho::test
