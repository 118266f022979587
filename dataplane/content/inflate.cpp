// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/inflate.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoded_output.h"
#include "dataplane/content/inflate_block.h"

namespace sekisho {

namespace {

// Wrappers that a label allows, in the order in which they are tried.
constexpr uint32_t none_left = ~0U;
constexpr uint32_t as_gzip[] = {ISAL_GZIP, none_left};
constexpr uint32_t as_deflate[] = {ISAL_ZLIB, ISAL_DEFLATE, ISAL_GZIP, none_left};

struct InflateState {
  enum class At : uint8_t {
    trial,      // the first bytes are collected
    inside,     // a stream is being decoded
    between,    // a gzip member has ended; another may follow (RFC 1952 2.2)
    after,      // whatever follows is not part of it
    plain,      // not coded: passed on
    broken
  };
  CodecMemory* memory = nullptr;
  InflateBlock* block = nullptr;
  const uint32_t* wrappers = nullptr;
  At at = At::trial;
  uint8_t trial_count = 0;
  uint8_t member_start = 0;     // bytes of the next member's magic seen
  bool decoded_any = false;
  uint32_t wrapper = ISAL_GZIP;
  DecodedOutput output;
  uint8_t trial[inflate_trial_bytes];
};
static_assert(sizeof(InflateState) <= decoder_state_bytes_max);

using At = InflateState::At;
constexpr uint8_t gzip_magic[] = {0x1f, 0x8b};

void begin_stream(InflateState& state, uint32_t wrapper) {
  isal_inflate_init(&state.block->codec);
  state.block->codec.crc_flag = wrapper;
  state.wrapper = wrapper;
}

// Decodes the collected bytes into nowhere: no error, or one after some output, makes the wrapper plausible.
bool plausible(InflateState& state, uint32_t wrapper) {
  begin_stream(state, wrapper);
  inflate_state& codec = state.block->codec;
  codec.next_in = state.trial;
  codec.avail_in = state.trial_count;
  codec.next_out = state.block->piece;
  codec.avail_out = decoded_piece_bytes_max;
  const int result = isal_inflate(&codec);
  // A wrong checksum without output is the header's own: plain text that happens to begin like one.
  return result == ISAL_DECOMP_OK || codec.avail_out != decoded_piece_bytes_max;
}

bool fail(InflateState& state, const DecoderInput& at, const char* name, Sink& out) {
  state.at = At::broken;
  out.anomaly(at.tx, name, at.offset);
  return false;
}

// Decodes all of `in` up to the end of the stream; moves `in` past what was used.
bool decode(InflateState& state, Bytes& in, const DecoderInput& at, Sink& out) {
  inflate_state& codec = state.block->codec;
  codec.next_in = const_cast<uint8_t*>(in.data());
  codec.avail_in = static_cast<uint32_t>(in.size());
  int result = ISAL_DECOMP_OK;
  do {
    codec.next_out = state.block->piece;
    codec.avail_out = decoded_piece_bytes_max;
    result = isal_inflate(&codec);
    const size_t size = decoded_piece_bytes_max - codec.avail_out;
    if (!state.output.give({state.block->piece, size}, at, out)) {
      state.at = At::broken;
      return false;
    }
  } while (result == ISAL_DECOMP_OK && codec.avail_out == 0 && codec.block_state != ISAL_BLOCK_FINISH);
  // After an error the codec's input cursor means nothing.
  in = result == ISAL_DECOMP_OK && codec.avail_in <= in.size() ? in.last(codec.avail_in) : Bytes{};
  if (result == ISAL_INCORRECT_CHECKSUM) {  // receivers keep what they have decoded
    out.anomaly(at.tx, "content.checksum_wrong", at.offset);
    state.at = At::after;
  } else if (result != ISAL_DECOMP_OK) {
    return fail(state, at, "content.decode_failed", out);
  } else if (codec.block_state == ISAL_BLOCK_FINISH) {
    state.at = state.wrapper == ISAL_GZIP ? At::between : At::after;
    state.member_start = 0;
  }
  return true;
}

// What follows a gzip member: another one, or padding that is ignored as gunzip ignores it.
void look_for_member(InflateState& state, Bytes& in) {
  if (in[0] != gzip_magic[state.member_start]) {
    state.at = At::after;
    return;
  }
  in = in.subspan(1);
  if (++state.member_start < sizeof gzip_magic) return;
  state.at = At::inside;
  begin_stream(state, ISAL_GZIP);
  state.block->codec.next_in = const_cast<uint8_t*>(gzip_magic);
  state.block->codec.avail_in = sizeof gzip_magic;
  state.block->codec.next_out = state.block->piece;
  state.block->codec.avail_out = decoded_piece_bytes_max;
  if (isal_inflate(&state.block->codec) != ISAL_DECOMP_OK) state.at = At::after;
}

bool run(InflateState& state, Bytes in, const DecoderInput& at, Sink& out) {
  while (!in.empty()) {
    switch (state.at) {
      case At::inside:
        if (!decode(state, in, at, out)) return false;
        break;
      case At::between: look_for_member(state, in); break;
      case At::plain: return state.output.give(in, at, out);
      case At::broken: return false;
      default: return true;
    }
  }
  return true;
}

// The first bytes are there, or the body has ended before: what is it?
bool decide(InflateState& state, const DecoderInput& at, Sink& out) {
  state.at = At::plain;
  for (const uint32_t* wrapper = state.wrappers; *wrapper != none_left && state.at == At::plain; ++wrapper)
    if (plausible(state, *wrapper)) {
      begin_stream(state, *wrapper);
      state.at = At::inside;
    }
  if (state.at == At::plain) out.anomaly(at.tx, "content.not_encoded", at.offset);
  return run(state, {state.trial, state.trial_count}, at, out);
}

bool start(void* memory, DecoderContext& context, const uint32_t* wrappers) {
  auto* state = new (memory) InflateState;
  state->memory = &context.memory;
  state->wrappers = wrappers;
  state->output = DecodedOutput(context.limits);
  state->block = static_cast<InflateBlock*>(context.memory.inflate_blocks().take());
  return state->block != nullptr;
}
bool start_gzip(void* memory, const BodyMeta&, DecoderContext& context) { return start(memory, context, as_gzip); }
bool start_deflate(void* memory, const BodyMeta&, DecoderContext& context) { return start(memory, context, as_deflate); }

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& state = *static_cast<InflateState*>(memory);
  state.output.count_input(input.bytes.size());
  if (state.at != At::trial) return run(state, input.bytes, input, out);
  const size_t most = std::min(input.bytes.size(), inflate_trial_bytes - state.trial_count);
  std::copy_n(input.bytes.begin(), most, state.trial + state.trial_count);
  state.trial_count = static_cast<uint8_t>(state.trial_count + most);
  if (state.trial_count < inflate_trial_bytes) return true;
  return decide(state, input, out) && run(state, input.bytes.subspan(most), input, out);
}

void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& state = *static_cast<InflateState*>(memory);
  if (state.at == At::trial) decide(state, at, out);
  if (state.at == At::plain || state.at == At::after) {
    out.body_gap(at.body, missing_bytes);
  } else if (state.at != At::broken) {
    fail(state, at, "content.decode_gap", out);
    out.body_gap(at.body, missing_bytes);
  }
}

void finish(void* memory, const DecoderInput& at, BodyEnd end, Sink& out) {
  auto& state = *static_cast<InflateState*>(memory);
  if (state.at == At::trial && state.trial_count != 0) decide(state, at, out);
  if (state.at == At::inside && end == BodyEnd::complete) out.anomaly(at.tx, "content.cut_short", at.offset);
  state.memory->inflate_blocks().give(state.block);
}

}  // namespace

size_t inflate_block_bytes() { return sizeof(InflateBlock); }

const Decoder gzip_decoder = {"gzip", sizeof(InflateState), start_gzip, data, gap, finish};
const Decoder deflate_decoder = {"deflate", sizeof(InflateState), start_deflate, data, gap, finish};

}  // namespace sekisho
