// SPDX-License-Identifier: Apache-2.0
// Defragmenter: holds IPv4 and IPv6 fragments until their datagram is complete, for one lcore.
//
// Inline, nothing of a datagram leaves before all of it was judged: fragments are held (retain()), the last one to arrive
// brings the whole datagram back, decoded, with the originals, which the caller then forwards or drops together.
// Thread-safety: one lcore owns a Defragmenter. All memory is taken at construction.
#pragma once

#include <cstdint>
#include <span>

#include "dataplane/decode/decode.h"
#include "dataplane/decode/keyed_hash.h"
#include "dataplane/decode/limits.h"
#include "dataplane/pool/block_pool.h"
#include "dataplane/pool/zeroed_array.h"

namespace sekisho {

enum class FragmentRules : uint8_t {
  strict,  // the wire: an overlap that is no exact copy costs the whole datagram, and what still comes of it
  lenient  // captures, as Linux receives: old bytes win, a partial overlap costs the datagram
};

// Why a fragment was dropped: counters `fragments.<name>`, anomalies `ip.frag_<name>`.
enum class FragmentReason : uint8_t {
  none,
  duplicate,        // repeats what is there: this fragment only
  overlap,
  length_conflict,  // beyond the last fragment, or two different ends
  too_long,         // past datagram_bytes_max
  tiny_first,       // the first fragment does not hold the transport header
  misaligned,       // not the last, and no multiple of 8 bytes
  empty,
  too_many,         // fragments_per_datagram_max
  ecn_conflict,     // RFC 3168 5.3
  no_buffer,        // every reassembly buffer is still in use
  evicted,          // made room for a newer datagram
  timeout,
  late,             // of a datagram that was dropped for one of the above
  shutdown,
  count
};
// "overlap": the counter is `fragments.overlap`.
const char* fragment_reason_name(FragmentReason reason);
// "ip.frag_overlap": the anomaly's whole name.
const char* fragment_anomaly_name(FragmentReason reason);

struct FragmentCounters {
  uint64_t held = 0;       // fragments ever held
  uint64_t completed = 0;  // datagrams
  uint64_t dropped[static_cast<size_t>(FragmentReason::count)] = {};  // fragments, by reason
};

// Told of each held fragment that will not come back. The Defragmenter releases it when the call returns.
class FragmentListener {
 public:
  virtual ~FragmentListener() = default;
  virtual void on_fragment_drop(Packet& packet, FragmentReason reason) = 0;
};

struct DefragmenterOptions {
  FragmentRules rules = FragmentRules::strict;
  uint32_t trackers_max = fragment_trackers_max;
  uint32_t held_max = fragments_held_max;  // at least fragments_per_datagram_max
  uint32_t buffers_max = datagram_buffers_max;
  uint64_t timeout_ns = fragment_timeout_ns;
  uint64_t hash_key[2] = {};  // the process's secret
  DecodeOptions decode;       // for the reassembled datagram
};

enum class FragmentVerdict : uint8_t { held, complete, dropped };

struct FragmentResult {
  FragmentVerdict verdict = FragmentVerdict::held;
  FragmentReason reason = FragmentReason::none;  // of `dropped`
  // With `complete`: the datagram as one frame with the first fragment's link header, decoded, `reassembled` set. Its
  // bytes live until the next call; who keeps it longer calls retain() as for any packet.
  Packet* datagram = nullptr;
  // With `complete`: all its fragments in the order of arrival, this one included, until the next call. Each carries one
  // reference, now the caller's: release() it or pass it on to transmission.
  std::span<Packet> originals;
};

class Defragmenter {
 public:
  // The listener outlives it.
  Defragmenter(const DefragmenterOptions& options, FragmentListener& listener);
  ~Defragmenter();  // drops what is held, reason `shutdown`
  Defragmenter(const Defragmenter&) = delete;
  Defragmenter& operator=(const Defragmenter&) = delete;

  // A packet with status `fragment`; its time_ns is now. With `held` and `complete` it was retained; with `dropped` it
  // was not, and is the caller's to drop.
  // A datagram is held under the rules of its first fragment to come.
  FragmentResult add(Packet& packet, FragmentRules rules);
  FragmentResult add(Packet& packet) { return add(packet, rules_); }
  FragmentRules rules() const { return rules_; }
  // Drops datagrams whose time is over, at most `at_most`; call before each burst. Returns how many.
  uint32_t expire(uint64_t now_ns, uint32_t at_most);
  void clear();

  uint32_t trackers() const { return tracker_count_; }
  uint32_t held() const { return held_count_; }
  const FragmentCounters& counters() const { return counters_; }

 private:
  // A range of the datagram. `run`: lenient rules treat fragments that arrived one behind the other as one range.
  struct Held {
    Packet packet;
    uint32_t next_by_offset, next_by_arrival;
    uint32_t begin, end;
    uint32_t run_head, run_end;  // run_end is kept by the head
  };
  struct Tracker {
    FiveTuple key;  // the id stands in for the ports
    uint64_t since_ns;
    uint32_t next_in_chain;
    uint32_t older, newer;
    uint32_t first_by_offset, last_by_offset;
    uint32_t first_by_arrival, last_by_arrival;
    uint32_t count;
    uint32_t bytes;
    uint32_t end_seen;  // the highest; the datagram's length once has_last
    uint8_t ecn_seen;   // bit n: code point n
    FragmentRules rules;
    bool has_last;
    bool condemned;     // drops the rest of its datagram until its time is over
  };
  struct Piece {
    uint32_t begin, end;
    bool more;
  };

  uint32_t find(const FiveTuple& key, uint32_t chain) const;
  uint32_t open(const FiveTuple& key, uint32_t chain, uint64_t now_ns, FragmentRules rules);
  void close(uint32_t index);
  uint32_t chain_of(const FiveTuple& key) const { return static_cast<uint32_t>(hash_(key)) & chain_mask_; }

  FragmentReason check(const Tracker& tracker, const Packet& packet, Piece& piece) const;
  FragmentReason check_length(const Tracker& tracker, Piece piece) const;
  FragmentReason check_overlap(const Tracker& tracker, const Packet& packet, Piece piece) const;
  void hold(Tracker& tracker, Packet& packet, Piece piece);
  void link_by_offset(Tracker& tracker, uint32_t index);
  uint32_t take_slot(const Tracker& keep);
  uint32_t give_slot(uint32_t index);
  void drop_held(Tracker& tracker, FragmentReason reason);
  void forget_newest(Tracker& tracker);
  void condemn(uint32_t index, FragmentReason reason);
  FragmentResult dropped(FragmentReason reason);
  FragmentResult complete(uint32_t index);
  FragmentReason build_datagram(const Tracker& tracker);
  void give_back_datagram();

  const FragmentRules rules_;
  const uint64_t timeout_ns_;
  const DecodeOptions decode_options_;
  FragmentListener& listener_;
  const KeyedHash hash_;
  uint32_t chain_mask_;
  ZeroedArray<uint32_t> chains_;   // index of the first tracker; 0 = none
  ZeroedArray<Tracker> trackers_;  // from 1
  ZeroedArray<Held> held_;         // from 1
  BlockPool buffers_;
  uint32_t tracker_free_ = 0, tracker_untouched_ = 1, tracker_count_ = 0;
  uint32_t held_free_ = 0, held_untouched_ = 1, held_count_ = 0;
  uint32_t oldest_ = 0, newest_ = 0;
  Packet datagram_;
  ZeroedArray<Packet> originals_;
  FragmentCounters counters_;
};

}  // namespace sekisho
