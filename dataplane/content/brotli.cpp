// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/brotli.h"

#include <brotli/decode.h>

#include <new>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoded_output.h"

namespace sekisho {

namespace {

struct BrotliState {
  enum class At : uint8_t { inside, after, broken };
  CodecMemory* memory = nullptr;
  CodecArena* arena = nullptr;       // at the front of its block
  BrotliDecoderState* codec = nullptr;
  At at = At::inside;
  DecodedOutput output;
};
static_assert(sizeof(BrotliState) <= decoder_state_bytes_max);
using At = BrotliState::At;

void* allocate(void* arena, size_t bytes) { return static_cast<CodecArena*>(arena)->allocate(bytes); }
void release(void* arena, void* memory) { static_cast<CodecArena*>(arena)->free(memory); }

bool start(void* memory, const BodyMeta&, DecoderContext& context) {
  auto* state = new (memory) BrotliState;
  BlockPool& blocks = context.memory.arena_blocks();
  state->memory = &context.memory;
  state->output = DecodedOutput(context.limits);
  void* block = blocks.take();
  if (block == nullptr) return false;
  state->arena = CodecArena::make(block, blocks.block_bytes());
  state->codec = BrotliDecoderCreateInstance(allocate, release, state->arena);
  if (state->codec == nullptr) blocks.give(block);
  return state->codec != nullptr;
}

bool fail(BrotliState& state, const DecoderInput& at, Sink& out) {
  state.at = At::broken;
  out.anomaly(at.tx, state.arena->refused() ? "content.window_too_large" : "content.decode_failed", at.offset);
  return false;
}

// What is decoded lies in the codec's window and is handed on from there.
bool give_output(BrotliState& state, const DecoderInput& at, Sink& out) {
  while (BrotliDecoderHasMoreOutput(state.codec)) {
    size_t size = decoded_piece_bytes_max;
    const uint8_t* decoded = BrotliDecoderTakeOutput(state.codec, &size);
    if (size == 0) return true;
    if (state.output.give({decoded, size}, at, out)) continue;
    state.at = At::broken;
    return false;
  }
  return true;
}

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& state = *static_cast<BrotliState*>(memory);
  state.output.count_input(input.bytes.size());
  size_t in_left = input.bytes.size();
  const uint8_t* in = input.bytes.data();
  while (state.at == At::inside) {
    size_t no_room = 0;
    const BrotliDecoderResult result = BrotliDecoderDecompressStream(state.codec, &in_left, &in, &no_room, nullptr, nullptr);
    if (!give_output(state, input, out)) return false;
    if (result == BROTLI_DECODER_RESULT_ERROR) return fail(state, input, out);
    if (result == BROTLI_DECODER_RESULT_SUCCESS) state.at = At::after;
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return true;
  }
  return state.at == At::after;
}

void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& state = *static_cast<BrotliState*>(memory);
  if (state.at == At::inside) {
    state.at = At::broken;
    out.anomaly(at.tx, "content.decode_gap", at.offset);
    out.body_gap(at.body, missing_bytes);
  }
}

void finish(void* memory, const DecoderInput& at, BodyEnd end, Sink& out) {
  auto& state = *static_cast<BrotliState*>(memory);
  if (state.at == At::inside && end == BodyEnd::complete) out.anomaly(at.tx, "content.cut_short", at.offset);
  BrotliDecoderDestroyInstance(state.codec);
  state.memory->arena_blocks().give(state.arena);
}

}  // namespace

const Decoder brotli_decoder = {"br", sizeof(BrotliState), start, data, gap, finish};

}  // namespace sekisho
