// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/zstd.h"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_initStaticDStream: a decoder that never allocates
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <new>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoded_output.h"

namespace sekisho {

namespace {

struct ZstdState {
  CodecMemory* memory = nullptr;
  uint8_t* block = nullptr;      // a decoded piece, then the codec's workspace
  ZSTD_DStream* codec = nullptr;
  bool inside = false;           // a frame is under way
  bool any_frame = false;
  bool over = false;             // what follows the last frame is not one
  bool broken = false;
  uint8_t magic_bytes = 0;       // of what may be the next frame's
  uint8_t magic[4];
  DecodedOutput output;
};
static_assert(sizeof(ZstdState) <= decoder_state_bytes_max);

bool start(void* memory, const BodyMeta&, DecoderContext& context) {
  auto* state = new (memory) ZstdState;
  BlockPool& blocks = context.memory.arena_blocks();
  state->memory = &context.memory;
  state->output = DecodedOutput(context.limits);
  state->block = static_cast<uint8_t*>(blocks.take());
  if (state->block == nullptr) return false;
  if (blocks.block_bytes() > decoded_piece_bytes_max)
    state->codec = ZSTD_initStaticDStream(state->block + decoded_piece_bytes_max, blocks.block_bytes() - decoded_piece_bytes_max);
  if (state->codec == nullptr) blocks.give(state->block);
  return state->codec != nullptr;
}

bool fail(ZstdState& state, const DecoderInput& at, ZSTD_ErrorCode code, Sink& out) {
  const bool memory = code == ZSTD_error_memory_allocation || code == ZSTD_error_frameParameter_windowTooLarge;
  state.broken = true;
  out.anomaly(at.tx, memory ? "content.window_too_large" : "content.decode_failed", at.offset);
  return false;
}

// RFC 8878 3.1.1, 3.1.2: a frame, or one to be skipped, of which the low nibble of the first byte is free.
bool may_begin_frame(const uint8_t* magic, size_t bytes) {
  constexpr uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd}, skippable[] = {0x50, 0x2a, 0x4d, 0x18};
  return std::equal(magic, magic + bytes, frame) || ((magic[0] & 0xf0) == skippable[0] && std::equal(magic + 1, magic + bytes, skippable + 1));
}

// In front of a frame; behind the first another, or padding. What the codec takes for a frame, and how it reads one, depends on how much of it it
// is given at once: so its first bytes are given alone. False: there is nothing more to do with these bytes.
bool enter_frame(ZstdState& state, ZSTD_inBuffer& in, const DecoderInput& at, Sink& out) {
  while (state.magic_bytes < sizeof state.magic && in.pos < in.size) {
    state.magic[state.magic_bytes++] = static_cast<const uint8_t*>(in.src)[in.pos++];
    if (may_begin_frame(state.magic, state.magic_bytes)) continue;
    state.over = state.any_frame;
    return state.over ? false : fail(state, at, ZSTD_error_prefix_unknown, out);
  }
  if (state.magic_bytes < sizeof state.magic) return false;
  ZSTD_inBuffer held{state.magic, state.magic_bytes, 0};
  ZSTD_outBuffer nothing{state.block, 0, 0};
  state.magic_bytes = 0;
  state.inside = true;
  const size_t result = ZSTD_decompressStream(state.codec, &nothing, &held);
  return !ZSTD_isError(result) || fail(state, at, ZSTD_getErrorCode(result), out);
}

// Frames follow one another (RFC 8878 3).
bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& state = *static_cast<ZstdState*>(memory);
  state.output.count_input(input.bytes.size());
  ZSTD_inBuffer in{input.bytes.data(), input.bytes.size(), 0};
  while (!state.over && !state.broken) {
    if (!state.inside && !enter_frame(state, in, input, out)) return !state.broken;
    ZSTD_outBuffer decoded{state.block, decoded_piece_bytes_max, 0};
    const size_t result = ZSTD_decompressStream(state.codec, &decoded, &in);
    if (!state.output.give({state.block, decoded.pos}, input, out)) state.broken = true;
    if (state.broken) return false;
    if (ZSTD_isError(result)) return fail(state, input, ZSTD_getErrorCode(result), out);
    state.inside = result != 0;
    state.any_frame |= result == 0;
    if (in.pos == in.size && (decoded.pos < decoded.size || result == 0)) return true;
  }
  return !state.broken;
}

void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& state = *static_cast<ZstdState*>(memory);
  if (state.broken || state.over) return;
  state.broken = true;
  out.anomaly(at.tx, "content.decode_gap", at.offset);
  out.body_gap(at.body, missing_bytes);
}

void finish(void* memory, const DecoderInput& at, BodyEnd end, Sink& out) {
  auto& state = *static_cast<ZstdState*>(memory);
  const bool cut = (state.inside || state.magic_bytes != 0) && !state.over && !state.broken;
  if (cut && end == BodyEnd::complete) out.anomaly(at.tx, "content.cut_short", at.offset);
  state.memory->arena_blocks().give(state.block);  // the codec lives in it and owns nothing else
}

}  // namespace

const Decoder zstd_decoder = {"zstd", sizeof(ZstdState), start, data, gap, finish};

}  // namespace sekisho
