// SPDX-License-Identifier: Apache-2.0
// For tests: a TCP receiver written as plainly as possible after what Linux does (measured; RFC 9293, RFC 5961). The
// application reads at once and without SO_OOBINLINE.
#pragma once

#include <string>
#include <vector>

#include "dataplane/stream/sequence.h"
#include "dataplane/stream/test_conversation.h"

namespace sekisho {

class NaiveReceiver {
 public:
  std::string read;       // by the application
  uint32_t expected = 0;  // rcv_nxt, relative
  uint32_t sent = 0;      // its own snd_nxt, relative
  uint32_t window = 65535;
  bool ended = false;
  bool reset = false;

  void receive(const SegmentSpec& spec) {
    if (reset || spec.bad_checksum || spec.md5) return;
    const bool fin = (spec.flags & tcp_flag::fin) != 0;
    if (after(spec.at, expected + window)) return;
    if ((spec.flags & tcp_flag::rst) != 0) {
      reset = spec.at == expected;
      return;
    }
    if ((spec.flags & tcp_flag::syn) != 0 || (spec.flags & tcp_flag::ack) == 0) return;
    if (after(spec.ack.value_or(sent), sent)) return;
    if ((spec.flags & tcp_flag::urg) != 0) note_urgent(spec);
    if (spec.payload.empty() && !fin) return;
    if (at_or_before(spec.at, expected))
      take({spec.at, spec.payload, fin});
    else
      queue_segment({spec.at, spec.payload, fin});
    while (!queue.empty() && at_or_before(queue.front().at, expected)) {
      const Piece piece = queue.front();
      queue.erase(queue.begin());
      take(piece);
    }
  }

 private:
  struct Piece {
    uint32_t at;
    std::string bytes;
    bool fin;
    uint32_t end() const { return static_cast<uint32_t>(at + bytes.size() + (fin ? 1 : 0)); }
  };

  void take(const Piece& piece) {
    if (ended || !after(piece.end(), expected)) return;
    for (uint32_t i = expected - piece.at; i < piece.bytes.size(); ++i, ++expected) {
      if (urgent_set && urgent == expected)
        urgent_set = false;
      else
        read += piece.bytes[i];
    }
    if (!piece.fin) return;
    ++expected;
    ended = true;
    queue.clear();
  }

  void queue_segment(const Piece& piece) {
    size_t place = 0;
    for (; place < queue.size() && at_or_after(piece.at, queue[place].at); ++place) {
      const Piece& old = queue[place];
      if (!before(piece.at, old.end())) continue;
      if (!after(piece.end(), old.end())) return;
      if (piece.at != old.at) continue;
      queue.erase(queue.begin() + static_cast<long>(place));
      break;
    }
    queue.insert(queue.begin() + static_cast<long>(place), piece);
    while (place + 1 < queue.size() && !after(queue[place + 1].end(), piece.end()))
      queue.erase(queue.begin() + static_cast<long>(place) + 1);
  }

  void note_urgent(const SegmentSpec& spec) {
    const uint32_t position = spec.at + (spec.urgent == 0 ? 0 : spec.urgent - 1U);
    if (before(position, expected) || (urgent_set && !after(position, urgent))) return;
    urgent = position;
    urgent_set = true;
  }

  std::vector<Piece> queue;
  uint32_t urgent = 0;
  bool urgent_set = false;
};

}  // namespace sekisho
