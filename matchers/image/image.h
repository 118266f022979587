// SPDX-License-Identifier: Apache-2.0
// The matcher image: every indicator, compiled into one flat, position-independent, checksummed block of memory; and, where a second
// block lies over it, what has changed since: a delta has indicators of its own and says which of its base's are gone.
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
#include <vector>

#include "matchers/base/bytes.h"
#include "matchers/base/result.h"
#include "matchers/image/build.h"
#include "matchers/image/format.h"
#include "matchers/image/layer.h"
#include "matchers/indicator.h"

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
  uint32_t indicator;  // for Image::indicator()
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
  // The same of a delta, over the image that it was built for; what `base` is open over outlives this one, too. A delta over a delta is
  // refused: each replaces the one before. Linear in the delta, and in the base's indicators at a bit each.
  static Result<std::unique_ptr<const Image>> open_delta(Bytes memory, const Image& base);

  // Room for this image's largest demands; serves all images over the same base, one at a time. Not on an lcore: allocates.
  Result<ScratchPointer> make_scratch() const;

  // Looks up a batch (prefetched across the queries). Appends at most hits.size() hits; `dropped` counts those that did not
  // fit and those past query_hits_max of one query. Entries outside their validity at `now_s` are not returned. The order of hits is that
  // of the queries; within a query the most specific comes first. Patterns are scan()'s.
  size_t find(std::span<const Query> queries, int64_t now_s, Scratch& scratch, std::span<Hit> hits, uint64_t& dropped) const;

  // Patterns (literal, regex, glob) of `kind` on one whole normalised value, in block mode. Each pattern is told once, at its first
  // match; at most scan_hits_max a call.
  size_t scan(Kind kind, Bytes value, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits, uint64_t& dropped) const;

  // Patterns of kind keyword over a body that comes in pieces. State lives in memory that the caller lends
  // (stream_state_bytes(), 64 B aligned) and is valid for images of this pattern_generation(); 0 bytes = no such patterns. A pattern is
  // told once a piece.
  size_t stream_state_bytes() const { return stream_state_bytes_; }
  bool stream_open(std::span<uint8_t> state) const;
  size_t stream_scan(std::span<uint8_t> state, Bytes bytes, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                     uint64_t& dropped) const;
  // The body is complete: patterns that must end with it ("...$") match now. Closes the stream.
  size_t stream_finish(std::span<uint8_t> state, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                       uint64_t& dropped) const;
  // Closes without an end (the body was cut off, the image is going).
  void stream_close(std::span<uint8_t> state, Scratch& scratch) const;

  // Of a hit's number: of the base first, then of the delta. Assembled, so by value.
  IndicatorEntry indicator(uint32_t index) const;
  // In force: without those that the delta takes out.
  uint32_t indicator_count() const { return slot_count() - removed_count_ - base_.term_count; }
  IndicatorList indicators() const;
  // A hit may be a term of compounds: then it says nothing alone. A compound is met where all its terms are but the negated ones, which are
  // not, within its validity. Numbers hold for a pattern_generation().
  bool is_term(uint32_t index) const { return index < base_count() && (base_.entries[index].flags & entry_term) != 0; }
  std::span<const CompoundSpec> compounds() const { return base_.compounds; }
  std::span<const uint32_t> terms_of(const CompoundSpec& compound) const { return base_.compound_terms.subspan(compound.first_term, compound.term_count); }
  // The compounds of which a term is the rarest, which is never negated; each compound has one such term.
  std::span<const AnchorLink> anchored_by(uint32_t term) const;
  // The base's entries, terms among them: what a delta's tombstones count by.
  uint32_t base_count() const { return static_cast<uint32_t>(base_.entries.size()); }
  // Whether an entry of the base is a prefix or range.
  bool is_interval(uint32_t index) const { return index >= base_.first_interval && index < base_.first_pattern; }
  std::string_view text(uint32_t offset, uint32_t length) const;  // of IndicatorEntry's offsets; empty outside the section
  std::string_view feed(uint32_t index) const;                    // empty where there is none
  uint32_t generation() const { return top().header->generation; }
  // Of the patterns: a delta brings none, so streams outlive it.
  uint32_t pattern_generation() const { return base_.header->generation; }
  uint64_t checksum() const { return top().header->checksum; }
  uint64_t base_checksum() const { return base_.header->checksum; }
  bool has_delta() const { return delta_.header != nullptr; }
  uint64_t bytes() const { return base_.header->total_bytes + (has_delta() ? delta_.header->total_bytes : 0); }
  // kind_bit() of every kind that has an indicator here, and of those that have patterns: the subscription mask's source.
  uint64_t kinds() const { return base_.header->kinds | (has_delta() ? delta_.header->kinds : 0); }
  uint64_t pattern_kinds() const { return base_.header->pattern_kinds; }

 private:
  friend class ImageReader;    // open.cpp
  friend class IndicatorList;
  friend class Finder;         // find.cpp
  friend struct PatternCall;   // scan.cpp
  friend std::vector<uint32_t> entries_alike(const Image&, std::span<const ListedIndicator>);  // alike.cpp
  friend Result<std::vector<uint8_t>> build_delta(const Image&, std::span<const uint32_t>, std::span<const ListedIndicator>, uint32_t,
                                                  BuildReport&);

  struct PatternSet {
    const hs_database* database = nullptr;
    uint32_t first_entry = 0;
    uint32_t count = 0;
  };

  Image() = default;
  const ImageLayer& top() const { return has_delta() ? delta_ : base_; }
  uint32_t slot_count() const { return base_count() + static_cast<uint32_t>(delta_.entries.size()); }
  bool is_removed(uint32_t index) const {
    return index / 64 < removed_.size() && (removed_[index / 64] >> index % 64 & 1) != 0;
  }
  const ImageLayer& layer_of(uint32_t& index) const {  // makes the index the layer's
    if (index < base_count()) return base_;
    index -= base_count();
    return delta_;
  }
  Action action_of(uint32_t index) const {
    const ImageLayer& layer = layer_of(index);
    return layer.profile_of(index).action;
  }

  ImageLayer base_;
  ImageLayer delta_;                // without a header: there is none
  std::vector<uint64_t> removed_;   // a bit for each of the base's entries; empty without a delta
  uint32_t removed_count_ = 0;
  std::array<PatternSet, kind_count> patterns_;  // block mode
  PatternSet keyword_stream_;
  size_t stream_state_bytes_ = 0;
};

// All indicators in force, in the image's order: a range of IndicatorEntry values. Valid as long as the image.
class IndicatorList {
 public:
  explicit IndicatorList(const Image& image) : image_(&image) {}

  class Iterator {
   public:
    using value_type = IndicatorEntry;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Image& image, uint32_t index) : image_(&image), index_(index) { skip_others(); }
    IndicatorEntry operator*() const { return image_->indicator(index_); }
    Iterator& operator++() {
      ++index_;
      skip_others();
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    void skip_others() {
      while (image_->is_removed(index_) || image_->is_term(index_)) ++index_;
    }
    const Image* image_ = nullptr;
    uint32_t index_ = 0;
  };

  size_t size() const { return image_->indicator_count(); }
  bool empty() const { return size() == 0; }
  Iterator begin() const { return {*image_, 0}; }
  Iterator end() const { return {*image_, image_->slot_count()}; }

 private:
  const Image* image_;
};

inline IndicatorList Image::indicators() const { return IndicatorList(*this); }

}  // namespace sekisho
