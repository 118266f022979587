// SPDX-License-Identifier: Apache-2.0
// The contract of a content decoder: it takes a body's bytes and gives out decoded bytes, nested bodies or observations.
//
// A decoder is a pure function of (state, input) like a parser. It reports through the Sink it is given: bytes of the same
// body, decoded, by out.body_data(body, ...); members (a mail's parts) by body_begin/body_data/body_end of their own.
// The core chains decoders: each one's Sink hands body_data of `body` to the next.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/observe/sink.h"

namespace sekisho {

class CodecMemory;

// Bounds of decompression; 0 = none (reading captures). Past one: anomaly `content.bomb`, the rest is not decoded.
struct DecoderLimits {
  uint64_t ratio_max = 100;           // decoded bytes for each coded byte, once `ratio_free_bytes` are out
  uint64_t ratio_free_bytes = 65536;
  uint64_t decoded_bytes_max = 0;     // of one body and layer
};

// What decoders share on an lcore. Outlives them.
struct DecoderContext {
  CodecMemory& memory;
  DecoderLimits limits;
};

struct DecoderInput {
  TxId tx;
  BodyId body;
  Bytes bytes;      // valid until the call returns
  uint64_t offset;  // of bytes[0] in the body as this decoder sees it
};

struct Decoder {
  std::string_view name;
  uint32_t state_bytes;  // 16 B aligned memory from a per-lcore pool; trivially destructible but for finish()
  // False where the decoder cannot start (no codec memory): the body passes undecoded, marked, counted. `meta` lives for the call,
  // `context` until finish.
  bool (*start)(void* state, const BodyMeta& meta, DecoderContext& context);
  // Consumes all input. False = the content is damaged or a bound was met (the decoder has reported its anomaly): the rest of
  // the body is counted but not decoded.
  bool (*data)(void* state, const DecoderInput& input, Sink& out);
  void (*gap)(void* state, const DecoderInput& at, uint64_t missing_bytes, Sink& out);
  // Flushes what is buffered and ends nested bodies. Gives codec memory back. Called exactly once after a true start().
  void (*finish)(void* state, const DecoderInput& at, BodyEnd end, Sink& out);
};

// The decoder for an encoding, or nullptr where there is none (identity, unknown).
const Decoder* decoder_for(ContentEncoding encoding);
// The decoder that takes a body of this media apart, or nullptr.
const Decoder* decoder_for(BodyMedia media);

}  // namespace sekisho
