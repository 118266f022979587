// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/lzw.h"

#include <algorithm>
#include <new>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoded_output.h"

namespace sekisho {

namespace {

constexpr unsigned code_bits_min = 9, code_bits_max = 16, codes_in_group = 8;
constexpr uint32_t codes_max = 1U << code_bits_max;
constexpr uint32_t clear_code = 256, no_code = codes_max;
constexpr size_t header_bytes = 3;
constexpr uint8_t magic[] = {0x1f, 0x9d};
constexpr uint8_t flag_block = 0x80, mask_bits = 0x1f;

// What each code from 256 on stands for: the text of another and a byte more. A text is at most as long as
// there are codes.
struct Dictionary {
  uint16_t prefix[codes_max];
  uint8_t last[codes_max];
  uint8_t text[codes_max];                 // of one code, written from its end
  uint8_t piece[decoded_piece_bytes_max];  // not yet handed on
};
static_assert(sizeof(Dictionary) <= arena_block_bytes_default);

struct LzwState {
  enum class At : uint8_t { header, inside, plain, broken };
  CodecMemory* memory = nullptr;
  Dictionary* dictionary = nullptr;
  At at = At::header;
  uint8_t header[header_bytes];
  uint8_t header_count = 0;
  bool block_mode = false;       // code 256 empties the dictionary
  uint8_t bits_max = 0;          // of a code
  uint8_t bits = code_bits_min;  // of the next code
  uint8_t group_codes = 0;       // read of the group under way: eight codes, as many bytes as a code has bits
  uint8_t waiting_bits = 0;      // in `waiting`
  uint32_t waiting = 0;
  uint32_t skip_bits = 0;  // that fill the group up
  uint32_t next_code = 0;  // that will be defined
  uint32_t previous = no_code;
  uint8_t first_byte = 0;  // of the previous code's text
  uint32_t piece_bytes = 0;
  DecodedOutput output;
};
static_assert(sizeof(LzwState) <= decoder_state_bytes_max);

using At = LzwState::At;

bool hand_on(LzwState& state, const DecoderInput& at, Sink& out) {
  const size_t bytes = state.piece_bytes;
  state.piece_bytes = 0;
  if (state.output.give({state.dictionary->piece, bytes}, at, out)) return true;
  state.at = At::broken;
  return false;
}

bool fail(LzwState& state, const DecoderInput& at, const char* name, Sink& out) {
  if (!hand_on(state, at, out)) return false;  // what came before stands
  state.at = At::broken;
  out.anomaly(at.tx, name, at.offset);
  return false;
}

bool put(LzwState& state, Bytes text, const DecoderInput& at, Sink& out) {
  while (!text.empty()) {
    const size_t bytes = std::min(text.size(), decoded_piece_bytes_max - state.piece_bytes);
    std::copy_n(text.begin(), bytes, state.dictionary->piece + state.piece_bytes);
    state.piece_bytes += static_cast<uint32_t>(bytes);
    text = text.subspan(bytes);
    if (state.piece_bytes == decoded_piece_bytes_max && !hand_on(state, at, out)) return false;
  }
  return true;
}

// Writers fill a group up when the width changes; the bits between are nobody's.
void end_group(LzwState& state) {
  if (state.group_codes != 0) state.skip_bits = (codes_in_group - state.group_codes) * uint32_t{state.bits};
  state.group_codes = 0;
}

// The text of `code`, which is defined, written into the end of `text`.
Bytes text_of(Dictionary& dictionary, uint32_t code, size_t end) {
  size_t begin = end;
  while (code >= clear_code) {
    dictionary.text[--begin] = dictionary.last[code];
    code = dictionary.prefix[code];
  }
  dictionary.text[--begin] = static_cast<uint8_t>(code);
  return {dictionary.text + begin, end - begin};
}

bool take_code(LzwState& state, uint32_t code, const DecoderInput& at, Sink& out) {
  state.group_codes = static_cast<uint8_t>((state.group_codes + 1) % codes_in_group);
  if (state.previous == no_code) {
    if (code >= clear_code) return fail(state, at, "content.decode_failed", out);
    state.previous = code;
    state.first_byte = static_cast<uint8_t>(code);
    return put(state, {&state.first_byte, 1}, at, out);
  }
  if (code == clear_code && state.block_mode) {
    end_group(state);
    state.next_code = clear_code;  // the next one defines 256, which nobody names
    state.bits = code_bits_min;
    return true;
  }
  Dictionary& dictionary = *state.dictionary;
  if (code > state.next_code) return fail(state, at, "content.decode_failed", out);
  // A code that is only being defined: its text is the previous one's and that one's first byte again.
  const bool is_new = code == state.next_code;
  if (is_new) dictionary.text[codes_max - 1] = state.first_byte;
  const Bytes text = text_of(dictionary, is_new ? state.previous : code, codes_max - (is_new ? 1 : 0));
  state.first_byte = text[0];
  if (!put(state, {text.data(), text.size() + (is_new ? 1 : 0)}, at, out)) return false;
  if (state.next_code < 1U << state.bits_max) {
    dictionary.prefix[state.next_code] = static_cast<uint16_t>(state.previous);
    dictionary.last[state.next_code] = state.first_byte;
    ++state.next_code;
  }
  state.previous = code;
  if (state.next_code >> state.bits != 0 && state.bits < state.bits_max) {
    end_group(state);
    ++state.bits;
  }
  return true;
}

bool run(LzwState& state, Bytes in, const DecoderInput& at, Sink& out) {
  for (const uint8_t byte : in) {
    state.waiting |= uint32_t{byte} << state.waiting_bits;
    state.waiting_bits = static_cast<uint8_t>(state.waiting_bits + 8);
    const uint32_t skip = std::min<uint32_t>(state.skip_bits, state.waiting_bits);
    state.waiting >>= skip;
    state.waiting_bits = static_cast<uint8_t>(state.waiting_bits - skip);
    state.skip_bits -= skip;
    if (state.waiting_bits < state.bits) continue;
    const unsigned bits = state.bits;
    const uint32_t code = state.waiting & ((1U << bits) - 1);
    state.waiting >>= bits;
    state.waiting_bits = static_cast<uint8_t>(state.waiting_bits - bits);
    if (!take_code(state, code, at, out)) return false;
  }
  return hand_on(state, at, out);
}

// False: not what compress writes, passed on as it is.
bool read_header(LzwState& state) {
  if (state.header_count < header_bytes || state.header[0] != magic[0] || state.header[1] != magic[1])
    return false;
  state.block_mode = (state.header[2] & flag_block) != 0;
  state.bits_max = state.header[2] & mask_bits;
  state.next_code = clear_code + (state.block_mode ? 1 : 0);
  return state.bits_max >= code_bits_min && state.bits_max <= code_bits_max;
}

bool decide(LzwState& state, const DecoderInput& at, Sink& out) {
  state.at = read_header(state) ? At::inside : At::plain;
  if (state.at == At::inside) return true;
  out.anomaly(at.tx, "content.not_encoded", at.offset);
  return state.output.give({state.header, state.header_count}, at, out);
}

bool start(void* memory, const BodyMeta&, DecoderContext& context) {
  auto* state = new (memory) LzwState;
  state->memory = &context.memory;
  state->output = DecodedOutput(context.limits);
  if (context.memory.arena_blocks().block_bytes() < sizeof(Dictionary)) return false;
  state->dictionary = static_cast<Dictionary*>(context.memory.arena_blocks().take());
  return state->dictionary != nullptr;
}

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& state = *static_cast<LzwState*>(memory);
  state.output.count_input(input.bytes.size());
  Bytes bytes = input.bytes;
  if (state.at == At::header) {
    const size_t most = std::min(bytes.size(), header_bytes - state.header_count);
    std::copy_n(bytes.begin(), most, state.header + state.header_count);
    state.header_count = static_cast<uint8_t>(state.header_count + most);
    bytes = bytes.subspan(most);
    if (state.header_count < header_bytes) return true;
    if (!decide(state, input, out)) return false;
  }
  if (state.at == At::plain) return state.output.give(bytes, input, out);
  return state.at == At::inside && run(state, bytes, input, out);
}

void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  auto& state = *static_cast<LzwState*>(memory);
  if (state.at == At::header) decide(state, at, out);
  if (state.at == At::inside) fail(state, at, "content.decode_gap", out);
  out.body_gap(at.body, missing_bytes);
}

// The format has no end of its own: what is short cannot be told.
void finish(void* memory, const DecoderInput& at, BodyEnd, Sink& out) {
  auto& state = *static_cast<LzwState*>(memory);
  if (state.at == At::header && state.header_count != 0) decide(state, at, out);
  state.memory->arena_blocks().give(state.dictionary);
}

}  // namespace

const Decoder compress_decoder = {"compress", sizeof(LzwState), start, data, gap, finish};

}  // namespace sekisho
