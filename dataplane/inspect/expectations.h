// SPDX-License-Identifier: Apache-2.0
// Expectations: flows that another one has announced (FTP's data connections, the datagrams of a SOCKS
// association), with what was said of them there.
//
// One table for all lcores of a process: the announced flow's own port, and so its home, is not known
// beforehand. A reader copies an entry and takes it only if no writer was there meanwhile; a writer that
// meets another goes to the next place. Nobody waits; who finds a writer at work looks again a bounded number
// of times. Memory: taken at construction.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "dataplane/decode/five_tuple.h"
#include "dataplane/decode/keyed_hash.h"
#include "dataplane/inspect/limits.h"
#include "dataplane/observe/sink.h"
#include "matchers/base/bytes.h"

namespace sekisho {

template <size_t bytes_max>
struct ExpectedText {
  uint16_t size = 0;
  uint8_t text[bytes_max] = {};

  void set(Bytes bytes) {
    size = static_cast<uint16_t>(std::min(bytes.size(), bytes_max));
    std::copy_n(bytes.begin(), size, text);
  }
  Bytes bytes() const { return {text, size}; }
};

struct ExpectedFlow {
  // Source: who opens it, from any port (0). Destination: who listens. Path, VLANs and tunnel are the
  // announcing flow's.
  FiveTuple key;
  uint64_t deadline_ns = 0;  // 0: no entry
  uint64_t parent = 0;       // flow id
  uint64_t file_offset = 0;
  uint16_t protocol = 0;  // index in the protocol list
  ExpectedUse use = ExpectedUse::unknown;
  bool once = false;  // for one flow only; others serve each that comes in their time
  uint32_t reserved = 0;
  ExpectedText<14> command;  // as said there, for the rows
  ExpectedText<62> user;
  ExpectedText<254> file_name;
};
static_assert(sizeof(ExpectedFlow) % sizeof(uint64_t) == 0);

// Where an entry was put, to take it back.
struct ExpectationPlace {
  uint32_t slot = 0;
  uint64_t version = 0;  // 0 = nowhere
};

class Expectations {
 public:
  explicit Expectations(const KeyedHash& hash);

  // Version 0: every place that the entry may have was being written (counted).
  ExpectationPlace put(const ExpectedFlow& entry, uint64_t now_ns);
  // The entry for a flow from `tuple`'s source to its destination; taken out where it is for one flow only.
  std::optional<ExpectedFlow> meet(const FiveTuple& tuple, uint64_t now_ns);
  // Takes out what was put there, unless another entry has its place by now.
  void withdraw(ExpectationPlace place);
  // A comparison's price while nothing is expected.
  bool any(uint64_t now_ns) const { return now_ns < latest_deadline_ns_.load(std::memory_order_relaxed); }

  uint64_t evicted() const { return evicted_.load(std::memory_order_relaxed); }
  uint64_t contended() const { return contended_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t words = sizeof(ExpectedFlow) / sizeof(uint64_t);
  static constexpr size_t places = 4;
  struct Slot {
    std::atomic<uint64_t> version;  // odd: a writer is at it
    std::atomic<uint64_t> word[words];
  };

  std::span<Slot, places> bucket_of(const FiveTuple& key) {
    return std::span<Slot, places>(&slots_[hash_(key) % (expected_flows_max / places) * places], places);
  }
  static bool read(const Slot& slot, ExpectedFlow& entry, uint64_t& version);
  static bool write(Slot& slot, const ExpectedFlow& entry, uint64_t seen_version);
  void remember_deadline(uint64_t deadline_ns);

  const KeyedHash hash_;
  std::unique_ptr<Slot[]> slots_;
  std::atomic<uint64_t> latest_deadline_ns_{0};
  std::atomic<uint64_t> evicted_{0};
  std::atomic<uint64_t> contended_{0};
};

}  // namespace sekisho
