// SPDX-License-Identifier: Apache-2.0
// The matcher image: every indicator, compiled into one flat, position-independent, checksummed block of memory.
//
// Thread-safety: an Image is immutable once opened; any number of lcores look up in it, each with a Scratch of its own.
// Lifetime: the memory belongs to the caller (a mapped memfd or file) and outlives the Image. No look-up allocates,
// locks, throws or reads a clock.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "matchers/base/bytes.h"
#include "matchers/base/result.h"
#include "matchers/indicator.h"

namespace sekisho {

// One indicator as it lies in the image. 64 B, written by the builder, validated by Image::open.
struct IndicatorEntry {
  uint64_t id;            // Indicator::id
  int64_t valid_from_s;   // seconds since 1970; 0 = always
  int64_t valid_until_s;  // 0 = for ever
  uint32_t value_offset;  // normalised value in the image's text section
  uint32_t value_length;  // bytes
  uint32_t original_offset;  // the value as the feed wrote it, for the sighting
  uint32_t original_length;
  uint32_t feed;          // index of the feed's name
  Kind kind;
  MatchMode mode;
  uint8_t severity;
  uint8_t confidence;
  Tlp tlp;
  Action action;
  uint8_t phase_hint;
  uint8_t route_hint;
  uint8_t reserved[12];
};
static_assert(sizeof(IndicatorEntry) == 64);

// One value to look up. The caller has normalised it (matchers/normalise) for `kind`:
//   domain       a host name; the image also tries each parent domain
//   url          "host[:port]/path?query" without scheme; the image also tries each prefix that ends at a path boundary
//   address      16 bytes, IPv4 as ::ffff:a.b.c.d
//   md5 ...      raw bytes;   ranges (port, file_size, ...): 8 bytes, host order;   others: the normalised text
struct Query {
  Bytes value;    // valid until find() returns
  Kind kind;
  uint32_t tag;   // the caller's; returned with each hit
};

struct Hit {
  uint32_t tag;
  uint32_t indicator;  // index into indicators()
  uint32_t offset;     // of the matched part in the value
  uint32_t length;
};

class Scratch;  // per lcore: Hyperscan scratch and batch buffers

class Image {
 public:
  // Validates the whole block (magic, version, checksum, every offset, CPU features, Hyperscan version) before it returns.
  // `memory` is 64 B aligned.
  static Result<std::unique_ptr<const Image>> open(Bytes memory);
  virtual ~Image() = default;

  // Room for this image's largest demands. Not on an lcore: allocates.
  virtual Result<std::unique_ptr<Scratch>> make_scratch() const = 0;

  // Looks up a batch (prefetched across the queries). Appends at most hits.size() hits; `dropped` counts those that did not
  // fit. Entries outside their validity at `now_s` are not returned. The order of hits is that of the queries.
  virtual size_t find(std::span<const Query> queries, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                      uint64_t& dropped) const = 0;

  // Patterns (literal, regex, glob) of `kind` on one whole value, in block mode.
  virtual size_t scan(Kind kind, Bytes value, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                      uint64_t& dropped) const = 0;

  // Patterns of kind keyword over a body that comes in pieces. State lives in memory that the caller lends
  // (stream_state_bytes(), 64 B aligned) and is valid for this image only.
  virtual size_t stream_state_bytes() const = 0;
  virtual bool stream_open(std::span<uint8_t> state) const = 0;
  virtual size_t stream_scan(std::span<uint8_t> state, Bytes bytes, uint32_t tag, int64_t now_s, Scratch& scratch,
                             std::span<Hit> hits, uint64_t& dropped) const = 0;
  virtual void stream_close(std::span<uint8_t> state, Scratch& scratch) const = 0;

  virtual std::span<const IndicatorEntry> indicators() const = 0;
  virtual std::string_view text(uint32_t offset, uint32_t length) const = 0;  // of IndicatorEntry's offsets
  virtual std::string_view feed(uint32_t index) const = 0;
  virtual uint32_t generation() const = 0;
  // kind_bit() of every kind that has an indicator here, and of those that have patterns: the subscription mask's source.
  virtual uint64_t kinds() const = 0;
  virtual uint64_t pattern_kinds() const = 0;
};

// What became of a list of indicators.
struct BuildReport {
  struct Rejected {
    size_t index;        // into the list given
    std::string reason;  // names the value
  };
  std::vector<Rejected> rejected;
  size_t accepted = 0;
  size_t duplicates = 0;  // same kind, mode and normalised value: the strongest action and highest confidence win
};

// Builds an image. Deterministic: the same list in the same order gives the same bytes. Allocates; for control and tests.
Result<std::vector<uint8_t>> build_image(std::span<const Indicator> indicators, uint32_t generation, BuildReport& report);

}  // namespace sekisho
