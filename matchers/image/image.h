// SPDX-License-Identifier: Apache-2.0
// The matcher image: every indicator, compiled into one flat, position-independent, checksummed block of memory.
//
// Thread-safety: an Image is immutable once opened; any number of lcores look up in it, each with a Scratch of its own.
// Lifetime: the memory belongs to the caller (a mapped memfd or file) and outlives the Image. No look-up allocates,
// locks, throws or reads a clock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "matchers/base/bytes.h"
#include "matchers/base/hash.h"
#include "matchers/base/result.h"
#include "matchers/exact/table.h"
#include "matchers/image/build.h"
#include "matchers/image/format.h"
#include "matchers/indicator.h"
#include "matchers/range/intervals.h"

struct hs_database;

namespace sekisho {

// One indicator as it lies in the image.
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
  Action shadowed;        // Indicator::shadowed
  uint8_t reserved[11];
};
static_assert(sizeof(IndicatorEntry) == 64);

// One value to look up. The caller has normalised it (matchers/normalise) for `kind`:
//   domain       a host name; the image also tries each parent domain (so for mail_domain)
//   url          "host[:port]/path?query" without scheme; the image also tries each prefix that ends at a boundary of the path or query
//                (prefix/path_prefixes.h; so for referer)
//   address      16 bytes, IPv4 as ::ffff:a.b.c.d; hosts and all prefixes that hold it
//   md5 ...      raw bytes;   ranges (port, file_size, ...): 8 bytes, host order;   others: the normalised text
struct Query {
  Bytes value;    // valid until find() returns
  Kind kind;
  uint32_t tag;   // the caller's; returned with each hit
};

struct Hit {
  uint32_t tag;
  uint32_t indicator;  // index into indicators()
  uint32_t offset;     // of the matched part in the value (in the body, for streams; at most 2^32 - 1)
  uint32_t length;     // literals: of the literal. Regex and glob: Hyperscan tells the end only, so offset is 0 and length the end
};

// Per lcore and image: Hyperscan scratch and batch buffers. Made by Image::make_scratch.
class Scratch;
struct FreeScratch {
  void operator()(Scratch* scratch) const;
};
using ScratchPointer = std::unique_ptr<Scratch, FreeScratch>;

class IndicatorList;

class Image {
 public:
  // Validates the whole block (magic, version, checksum, every offset, CPU features, Hyperscan version) before it returns.
  // `memory` is 64 B aligned and may be longer than the image (page rounding). Not on an lcore: reads all of it, allocates.
  static Result<std::unique_ptr<const Image>> open(Bytes memory);

  // Room for this image's largest demands. Not on an lcore: allocates.
  Result<ScratchPointer> make_scratch() const;

  // Looks up a batch (prefetched across the queries). Appends at most hits.size() hits; `dropped` counts those that did not
  // fit and those past query_hits_max of one query. Entries outside their validity at `now_s` are not returned. The order of hits is that
  // of the queries; within a query the most specific comes first. Patterns are scan()'s.
  size_t find(std::span<const Query> queries, int64_t now_s, Scratch& scratch, std::span<Hit> hits, uint64_t& dropped) const;

  // Patterns (literal, regex, glob) of `kind` on one whole normalised value, in block mode. Each pattern is told once, at its first
  // match; at most scan_hits_max a call.
  size_t scan(Kind kind, Bytes value, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits, uint64_t& dropped) const;

  // Patterns of kind keyword over a body that comes in pieces. State lives in memory that the caller lends
  // (stream_state_bytes(), 64 B aligned) and is valid for this image only; 0 bytes = no such patterns. A pattern is told once a piece.
  size_t stream_state_bytes() const { return stream_state_bytes_; }
  bool stream_open(std::span<uint8_t> state) const;
  size_t stream_scan(std::span<uint8_t> state, Bytes bytes, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                     uint64_t& dropped) const;
  // The body is complete: patterns that must end with it ("...$") match now. Closes the stream.
  size_t stream_finish(std::span<uint8_t> state, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                       uint64_t& dropped) const;
  // Closes without an end (the body was cut off, the image is going).
  void stream_close(std::span<uint8_t> state, Scratch& scratch) const;

  uint32_t indicator_count() const { return static_cast<uint32_t>(entries_.size()); }
  IndicatorEntry indicator(uint32_t index) const;  // index < indicator_count(); assembled, so by value
  IndicatorList indicators() const;
  std::string_view text(uint32_t offset, uint32_t length) const;  // of IndicatorEntry's offsets; empty outside the section
  std::string_view feed(uint32_t index) const;                    // empty where there is none
  uint32_t generation() const { return header_->generation; }
  uint64_t checksum() const { return header_->checksum; }
  uint64_t bytes() const { return header_->total_bytes; }
  // kind_bit() of every kind that has an indicator here, and of those that have patterns: the subscription mask's source.
  uint64_t kinds() const { return header_->kinds; }
  uint64_t pattern_kinds() const { return header_->pattern_kinds; }

 private:
  friend class ImageReader;    // open.cpp
  friend class Finder;         // find.cpp
  friend struct PatternCall;   // scan.cpp

  struct KindTable {
    Table table;
    uint32_t length_max = 0;
    uint64_t shapes = 0;
  };
  struct PatternSet {
    const hs_database* database = nullptr;
    uint32_t first_entry = 0;
    uint32_t count = 0;
  };

  explicit Image(const ImageHeader& header) : header_(&header), key_(header.seed) {}
  Action action_of(uint32_t index) const { return profiles_[entries_[index].profile].action; }

  const ImageHeader* header_;
  HashKey key_;
  std::span<const PackedEntry> entries_;
  std::span<const Profile> profiles_;
  std::span<const uint64_t> ids_;  // empty: ids are computed
  std::span<const FeedName> feeds_;
  Bytes text_;
  std::array<KindTable, kind_count> tables_;
  std::array<Intervals<uint64_t>, kind_count> numbers_;
  Intervals<uint32_t> v4_;
  Intervals<WideKey> v6_;
  std::array<PatternSet, kind_count> patterns_;  // block mode
  PatternSet keyword_stream_;
  uint32_t pattern_first_ = 0;  // lowest entry that is a pattern
  size_t stream_state_bytes_ = 0;
};

// All indicators of an image, in its order: a range of IndicatorEntry values. Valid as long as the image.
class IndicatorList {
 public:
  explicit IndicatorList(const Image& image) : image_(&image) {}

  class Iterator {
   public:
    using value_type = IndicatorEntry;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Image& image, uint32_t index) : image_(&image), index_(index) {}
    IndicatorEntry operator*() const { return image_->indicator(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Image* image_ = nullptr;
    uint32_t index_ = 0;
  };

  size_t size() const { return image_->indicator_count(); }
  bool empty() const { return size() == 0; }
  IndicatorEntry operator[](size_t index) const { return image_->indicator(static_cast<uint32_t>(index)); }
  Iterator begin() const { return {*image_, 0}; }
  Iterator end() const { return {*image_, image_->indicator_count()}; }

 private:
  const Image* image_;
};

inline IndicatorList Image::indicators() const { return IndicatorList(*this); }

}  // namespace sekisho
