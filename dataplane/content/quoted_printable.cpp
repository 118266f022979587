// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/quoted_printable.h"

#include <cstring>

namespace sekisho {

namespace {

using At = QpState::At;

constexpr bool is_white(uint8_t c) { return c == ' ' || c == '\t'; }
constexpr bool is_plain(uint8_t c) { return c != '=' && c != ' ' && c != '\t' && c != '\r' && c != '\n'; }
constexpr int hex_value(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  const uint8_t lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

uint8_t* release_held(QpState& state, uint8_t* out) {
  if (state.held_count != 0) std::memcpy(out, state.held, state.held_count);
  out += state.held_count;
  state.held_count = 0;
  return out;
}
uint8_t* hold(QpState& state, uint8_t c, uint8_t* out) {
  if (state.held_count == qp_held_max) out = release_held(state, out);
  state.held[state.held_count++] = c;
  return out;
}

// What was begun with `=` turns out to be no escape: it is text.
uint8_t* give_back_escape(QpState& state, uint8_t* out) {
  state.odd = true;
  *out++ = '=';
  if (state.at == At::equals_hex) *out++ = state.hex;
  if (state.at == At::equals_white) out = release_held(state, out);
  state.at = At::text;
  return out;
}

uint8_t* text(QpState& state, uint8_t c, uint8_t* out) {
  if (is_white(c)) return hold(state, c, out);
  if (c == '\r' || c == '\n') {
    state.held_count = 0;
  } else {
    out = release_held(state, out);
  }
  if (c == '=') {
    state.at = At::equals;
  } else {
    *out++ = c;
  }
  return out;
}

// One character after an `=`.
uint8_t* escape(QpState& state, uint8_t c, uint8_t* out) {
  if (c == '\n' && state.at != At::equals_hex) {
    state.held_count = 0;
    state.at = At::text;
  } else if (c == '\r' && state.at != At::equals_hex) {
    state.held_count = 0;
    state.at = At::soft_break_cr;
  } else if (is_white(c) && state.at != At::equals_hex) {
    if (state.held_count == qp_held_max) return text(state, c, give_back_escape(state, out));
    state.at = At::equals_white;
    state.held[state.held_count++] = c;
  } else if (state.at == At::equals && hex_value(c) >= 0) {
    state.hex = c;
    state.at = At::equals_hex;
  } else if (state.at == At::equals_hex && hex_value(c) >= 0) {
    *out++ = static_cast<uint8_t>(hex_value(state.hex) << 4 | hex_value(c));
    state.at = At::text;
  } else {
    out = text(state, c, give_back_escape(state, out));
  }
  return out;
}

}  // namespace

size_t qp_decode(QpState& state, Bytes in, std::span<uint8_t> out) {
  uint8_t* to = out.data();
  for (size_t i = 0; i < in.size(); ++i) {
    if (state.at == At::soft_break_cr) {
      state.at = At::text;
      if (in[i] == '\n') continue;
    }
    if (state.at != At::text) {
      to = escape(state, in[i], to);
      continue;
    }
    size_t run = i;
    while (run < in.size() && is_plain(in[run])) ++run;
    if (run != i) {
      to = release_held(state, to);
      std::memcpy(to, &in[i], run - i);
      to += run - i;
      i = run;
    }
    if (i < in.size()) to = text(state, in[i], to);
  }
  return static_cast<size_t>(to - out.data());
}

size_t qp_finish(QpState& state, std::span<uint8_t> out) {
  uint8_t* to = out.data();
  if (state.at == At::equals_hex) to = give_back_escape(state, to);
  state.at = At::text;  // a final `=` is a soft line break whose line end was cut off
  state.held_count = 0;
  return static_cast<size_t>(to - out.data());
}

}  // namespace sekisho
