// SPDX-License-Identifier: Apache-2.0
// DHCP's options (RFC 2132): where each stands, and what is observed of it.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/observe/sink.h"

namespace sekisho::dhcp {

// What can be wrong with a message, each told once.
enum class Oddity : uint8_t {
  cut_option,
  bad_option,
  long_option,
  bad_hardware_address,
  odd_overload,
  count
};

// What was odd, as bits.
class Oddities {
 public:
  void note(Oddity oddity) { bits_ |= 1U << static_cast<unsigned>(oddity); }
  bool has(Oddity oddity) const { return (bits_ >> static_cast<unsigned>(oddity) & 1) != 0; }

 private:
  unsigned bits_ = 0;
};

// The options of one message, by code. One code's octets may stand in several pieces, and the pieces in the
// header's `file` and `sname` too (option 52): together they are one value (RFC 3396 7).
class Options {
 public:
  // Views of `message` are kept.
  Options(Bytes message, Oddities& oddities);

  bool has(uint8_t code) const { return first_[code].count != 0; }
  // The whole value: a view of the message, or of `room` where it stands in pieces.
  Bytes value(uint8_t code, std::span<uint8_t> room, Oddities& oddities) const;
  // Of its first piece's first octet, in the message.
  uint64_t offset(uint8_t code) const { return first_[code].at; }
  // The header's fields hold options in place of names.
  bool file_is_options() const { return (overload_ & 1) != 0; }
  bool server_name_is_options() const { return (overload_ & 2) != 0; }

 private:
  struct First {
    uint32_t at = 0;
    uint8_t length = 0;
    uint8_t count = 0;  // pieces; stays at 255
  };
  struct Area {
    size_t begin = 0, end = 0;
  };
  template <typename Visit>
  void walk(const Area& area, Oddities& oddities, Visit visit) const;
  void read(const Area& area, Oddities& oddities);

  Bytes message_;
  unsigned overload_ = 0;
  std::array<Area, 3> areas_{};  // in the order in which pieces are joined
  std::array<First, 256> first_{};
};

// Observes what is known of `options`.
void observe_options(const Options& options, Sink& sink, TxId tx, Oddities& oddities);

}  // namespace sekisho::dhcp
