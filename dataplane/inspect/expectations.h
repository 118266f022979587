// SPDX-License-Identifier: Apache-2.0
// Expectations: connections that another one has announced (FTP's data connections), with what was said of
// them there.
//
// One table for all lcores of a process: the announced connection's own port, and so its home, is not known
// beforehand. A reader copies an entry and takes it only if no writer was there meanwhile; a writer that
// meets another goes to the next place. Nobody waits. Memory: taken at construction.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>

#include "dataplane/decode/five_tuple.h"
#include "dataplane/decode/keyed_hash.h"
#include "dataplane/inspect/limits.h"
#include "dataplane/observe/fields.h"
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
  FiveTuple key;  // source: who opens it, port 0 (any); destination: who listens; path, VLANs and tunnel as
                  // its parent's
  uint64_t deadline_ns = 0;
  uint64_t parent = 0;       // flow id
  uint64_t protocol = 0;     // index in the protocol list
  ExpectedText<14> command;  // of the parent, for the rows
  ExpectedText<62> user;
  ExpectedText<254> file_name;
};
static_assert(sizeof(ExpectedFlow) % sizeof(uint64_t) == 0);

class Expectations {
 public:
  explicit Expectations(const KeyedHash& hash);

  // False: every place that the entry may have was being written (counted).
  bool put(const ExpectedFlow& entry, uint64_t now_ns);
  // The entry for a connection from `tuple`'s source to its destination, taken out.
  std::optional<ExpectedFlow> take(const FiveTuple& tuple, uint64_t now_ns);
  // A bit test's price while nothing is expected.
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
  using Bucket = std::array<Slot, places>;

  Bucket& bucket_of(const FiveTuple& key) { return buckets_[hash_(key) % (expected_flows_max / places)]; }
  static bool read(const Slot& slot, ExpectedFlow& entry, uint64_t& version);
  static bool write(Slot& slot, const ExpectedFlow& entry, uint64_t seen_version);

  const KeyedHash hash_;
  std::unique_ptr<Bucket[]> buckets_;
  std::atomic<uint64_t> latest_deadline_ns_{0};
  std::atomic<uint64_t> evicted_{0};
  std::atomic<uint64_t> contended_{0};
};

}  // namespace sekisho
