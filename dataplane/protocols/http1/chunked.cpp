// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/chunked.h"

#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/limits.h"

namespace sekisho::http1 {

namespace {

using At = ChunkState::At;
using Event = ChunkStep::Event;

constexpr int hex_value(uint8_t c) {
  if (is_digit(c)) return c - '0';
  const uint8_t lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

ChunkStep odd(size_t consumed, Oddity oddity) { return {Event::odd, consumed, {}, oddity}; }
ChunkStep broken(size_t consumed, Oddity oddity) { return {Event::broken, consumed, {}, oddity}; }

void end_size_line(ChunkState& state) {
  state.at = state.left == 0 ? At::trailer : At::data;
  state.first = false;
  state.digits = 0;
  state.line_bytes = 0;
}

// The size, one character at a time: lines are short and chunks long.
ChunkStep read_size(ChunkState& state, Bytes in) {
  for (size_t i = 0; i < in.size(); ++i) {
    const uint8_t c = in[i];
    if (++state.line_bytes > chunk_line_bytes_max) return broken(i + 1, Oddity::chunk_line_too_long);
    const int digit = hex_value(c);
    if (digit >= 0 && state.at == At::size) {
      state.left = state.left << 4 | static_cast<unsigned>(digit);
      if (++state.digits > chunk_digits_max || state.left > chunk_bytes_max) return broken(i + 1, Oddity::chunk_too_large);
      continue;
    }
    if (state.digits == 0 && is_blank(c)) continue;  // some senders pad on the left
    if (state.digits == 0) return broken(i, Oddity::chunk_invalid);
    const bool was_cr = state.cr;
    state.cr = c == '\r';
    if (c == '\n') {
      end_size_line(state);
      state.cr = false;
      if (!was_cr) return odd(i + 1, Oddity::chunk_bare_lf);
      return {Event::go_on, i + 1, {}};
    }
    if (state.at == At::size && !is_blank(c) && c != '\r') {
      state.at = At::extension;
      return odd(i + 1, Oddity::chunk_extension);
    }
    if (is_blank(c)) state.at = At::extension;
  }
  return {Event::more, in.size(), {}};
}

ChunkStep read_data(ChunkState& state, Bytes in) {
  const size_t most = static_cast<size_t>(std::min<uint64_t>(in.size(), state.left));
  state.left -= most;
  if (state.left == 0) state.at = At::data_end;
  return {Event::data, most, in.first(most)};
}

ChunkStep read_data_end(ChunkState& state, Bytes in) {
  size_t i = 0;
  if (!state.cr && in[0] == '\r') {
    state.cr = true;
    if (in.size() == 1) return {Event::more, 1, {}};
    i = 1;
  }
  if (in[i] != '\n') return broken(i, Oddity::chunk_invalid);
  const bool was_cr = state.cr;
  state.cr = false;
  state.at = At::size;
  if (!was_cr) return odd(i + 1, Oddity::chunk_bare_lf);
  return {Event::go_on, i + 1, {}};
}

ChunkStep read_trailer(ChunkState& state, Bytes in) {
  const auto from = in.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(state.trailer_searched, in.size()));
  const size_t end = static_cast<size_t>(std::find(from, in.end(), '\n') - in.begin());
  if (std::min(end, in.size()) > trailer_line_bytes_max) return broken(0, Oddity::trailer_too_long);
  if (end == in.size()) {
    state.trailer_searched = static_cast<uint32_t>(end);
    return {Event::more, 0, {}};
  }
  state.trailer_searched = 0;
  state.trailer_bytes += static_cast<uint32_t>(end + 1);
  if (state.trailer_bytes > trailer_bytes_max) return broken(0, Oddity::trailer_too_long);
  const size_t length = end > 0 && in[end - 1] == '\r' ? end - 1 : end;
  if (length == 0) return {Event::end, end + 1, {}};
  return {Event::trailer, end + 1, in.first(length)};
}

}  // namespace

ChunkStep next_chunk_step(ChunkState& state, Bytes in) {
  if (in.empty()) return {};
  switch (state.at) {
    case At::size:
    case At::extension: return read_size(state, in);
    case At::data: return read_data(state, in);
    case At::data_end: return read_data_end(state, in);
    case At::trailer: break;
  }
  return read_trailer(state, in);
}

}  // namespace sekisho::http1
