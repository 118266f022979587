// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dot_stuffing.h"

#include "matchers/base/find_pair.h"

namespace sekisho {

namespace {

using At = MessageReader::At;
constexpr uint8_t held_cr[] = {'\r'};

// Gives out message bytes; `from` is the first byte of `in` not yet given out.
struct Slices {
  Bytes in;
  Sink& out;
  BodyId body;
  uint64_t& message_bytes;
  size_t from = 0;

  void give(Bytes bytes) {
    if (bytes.empty()) return;
    message_bytes += bytes.size();
    if (body != no_body) out.body_data(body, bytes);
  }
  void give_until(size_t end) {
    if (end > from) give(in.subspan(from, end - from));
    from = end;
  }
};

// To the next line that begins with a dot, or to the end of the input: other lines' beginnings mean nothing.
size_t read_text(MessageReader& reader, Bytes in, size_t i) {
  size_t lf = find_pair(in, i, '\n', '.');
  if (lf == in.size() && in.back() == '\n') lf = in.size() - 1;
  if (lf == in.size()) {
    reader.at = in.back() == '\r' ? At::cr : At::text;
    return in.size();
  }
  const bool after_cr = lf == i ? reader.at == At::cr : in[lf - 1] == '\r';
  reader.at = after_cr ? At::line_start : At::loose_start;
  return lf + 1;
}

}  // namespace

MessageStep read_message(MessageReader& reader, Bytes in, Sink& out, BodyId body, uint64_t& message_bytes) {
  Slices slices{in, out, body, message_bytes};
  const auto stop = [&](size_t consumed, MessageEvent event) {
    slices.give_until(consumed);
    return MessageStep{consumed, event};
  };
  size_t i = 0;
  while (i < in.size()) {
    const uint8_t c = in[i];
    switch (reader.at) {
      case At::line_start:
        reader.at = c == '.' ? At::dot : At::text;
        if (c != '.') break;
        slices.give_until(i);
        slices.from = ++i;  // the first dot of a line is not message
        break;
      case At::dot:
        if (c == '\r') {
          slices.from = ++i;
          reader.at = At::dot_cr;
        } else if (c == '\n') {
          reader.at = At::loose_start;
          return stop(i + 1, MessageEvent::loose_end);
        } else {
          reader.at = At::text;
        }
        break;
      case At::dot_cr:
        if (c == '\n') {
          reader.at = At::line_start;
          return {i + 1, MessageEvent::end_of_data};
        }
        slices.give(held_cr);
        reader.at = At::cr;
        return {i, MessageEvent::loose_end};
      case At::loose_start:
        reader.at = c == '.' ? At::loose_dot : At::text;
        if (c == '.') ++i;
        break;
      case At::loose_dot:
        if (c == '\n') {
          reader.at = At::loose_start;
          return stop(i + 1, MessageEvent::loose_end);
        }
        reader.at = c == '\r' ? At::loose_dot_cr : At::text;
        if (c == '\r') ++i;
        break;
      case At::loose_dot_cr:
        if (c == '\n') {
          reader.at = At::line_start;
          return stop(i + 1, MessageEvent::loose_end);
        }
        reader.at = At::cr;
        break;
      case At::text:
      case At::cr: i = read_text(reader, in, i); break;
    }
  }
  slices.give_until(in.size());
  return {in.size(), MessageEvent::none};
}

}  // namespace sekisho
