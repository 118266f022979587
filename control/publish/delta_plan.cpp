// SPDX-License-Identifier: Apache-2.0
#include "control/publish/delta_plan.h"

#include <algorithm>

#include "matchers/base/hash.h"
#include "matchers/image/delta.h"

namespace sekisho {

namespace {

struct Hashed {
  uint64_t hash;
  uint32_t row;
  bool operator<(const Hashed& other) const { return hash < other.hash; }
};

// All of a row that an image says.
uint64_t hash_of(const ListedIndicator& listed) {
  const Indicator& one = *listed.indicator;
  const uint64_t small = static_cast<uint64_t>(one.kind) | static_cast<uint64_t>(one.mode) << 8 | static_cast<uint64_t>(listed.action) << 16 |
                         static_cast<uint64_t>(listed.shadowed) << 24 | uint64_t{one.severity} << 32 | uint64_t{one.confidence} << 40 |
                         static_cast<uint64_t>(one.tlp) << 48;
  const uint64_t hints = uint64_t{one.phase_hint} << 8 | one.route_hint;
  uint64_t out = hash_bytes(HashKey(small), as_bytes(one.value));
  for (const uint64_t word : {one.id, hints, static_cast<uint64_t>(one.valid_from_s), static_cast<uint64_t>(one.valid_until_s)})
    out = fold_multiply(out ^ word, 0x9e3779b97f4a7c15) + word;
  return out;
}

bool says_the_same(const ListedIndicator& a, const ListedIndicator& b) {
  const Indicator& x = *a.indicator;
  const Indicator& y = *b.indicator;
  return a.action == b.action && a.shadowed == b.shadowed && x.id == y.id && x.kind == y.kind && x.mode == y.mode && x.severity == y.severity &&
         x.confidence == y.confidence && x.tlp == y.tlp && x.phase_hint == y.phase_hint && x.route_hint == y.route_hint &&
         x.valid_from_s == y.valid_from_s && x.valid_until_s == y.valid_until_s && x.value == y.value && x.feed == y.feed;
}

class DeltaPlanner {
 public:
  DeltaPlanner(const PublishedBase& base, const IndicatorSet& now, const DeltaLimits& limits) : base_(base), image_(*base.image.image), now_(now) {
    changes_max_ = std::min<size_t>(limits.changes_max, image_.indicator_count() * limits.base_share_max / 100);
  }

  std::optional<DeltaPlan> plan() {
    if (!same_feeds()) return std::nullopt;
    uint32_t first = 0;  // of the feed's rows, in the base's list
    for (uint32_t feed = 0; feed < now_.parts.size(); ++feed) {
      const FeedPart& before = *base_.set.parts[feed];
      if (base_.set.parts[feed] != now_.parts[feed]) {
        compare(feed, before, first);
        changed_.push_back({first, first + static_cast<uint32_t>(before.rows.size())});
      }
      first += static_cast<uint32_t>(before.rows.size());
    }
    if (gone_.size() + come_.size() > changes_max_ || !bury()) return std::nullopt;
    bring_back();
    find_standing_rejects();
    return finish();
  }

 private:
  struct Row {
    uint32_t feed;
    uint32_t row;  // of the part; those of the base and of now are never alike but in feeds
    ListedIndicator listed;
    IndicatorOrigin origin;
  };
  struct Range {
    uint32_t begin, end;
  };

  bool same_feeds() const {
    return std::equal(base_.set.feeds.begin(), base_.set.feeds.end(), now_.feeds.begin(), now_.feeds.end(),
                      [](const FeedStatus& a, const FeedStatus& b) { return a.name == b.name; });
  }

  static std::vector<Hashed> hashed(const FeedPart& part) {
    std::vector<Hashed> out;
    out.reserve(part.rows.size());
    for (uint32_t i = 0; i < part.rows.size(); ++i) out.push_back({hash_of(part.listed(i)), i});
    std::sort(out.begin(), out.end());
    return out;
  }

  // Rows of one hash are alike, unless chance has it; then they go and come.
  void compare(uint32_t feed, const FeedPart& before, uint32_t first) {
    const FeedPart& after = *now_.parts[feed];
    const std::vector<Hashed> old_rows = hashed(before), new_rows = hashed(after);
    auto a = old_rows.begin();
    auto b = new_rows.begin();
    while (a != old_rows.end() || b != new_rows.end()) {
      if (b == new_rows.end() || (a != old_rows.end() && a->hash < b->hash)) {
        gone_.push_back(first + a++->row);
      } else if (a == old_rows.end() || b->hash < a->hash) {
        come(feed, b++->row);
      } else {
        // What was rejected is tried again: its line may be another.
        if (base_.report.entry_of[first + a->row] == no_entry || !says_the_same(before.listed(a->row), after.listed(b->row))) {
          gone_.push_back(first + a->row);
          come(feed, b->row);
        }
        ++a, ++b;
      }
    }
  }

  void come(uint32_t feed, uint32_t row) {
    const FeedPart& part = *now_.parts[feed];
    come_.push_back({feed, row, part.listed(row), {feed, part.feed_row(row).line, part.rows[row].rule}});
  }

  // What goes, and what the base has of that which comes. False: a delta cannot say it.
  bool bury() {
    std::vector<ListedIndicator> listed;
    for (const Row& row : come_) listed.push_back(row.listed);
    std::vector<uint32_t> entries = entries_alike(image_, listed);
    for (const uint32_t row : gone_) entries.push_back(base_.report.entry_of[row]);
    buried_.assign(image_.base_count(), false);
    for (const uint32_t entry : entries) {
      if (entry == no_entry) continue;
      if (entry == pattern_entry) return false;
      if (base_.report.crowded != 0 && image_.is_interval(entry)) return false;
      buried_[entry] = true;
    }
    return true;
  }

  // What other rows said together with one that goes, they say still.
  void bring_back() {
    std::sort(gone_.begin(), gone_.end());
    auto gone = gone_.begin();
    uint32_t index = 0;
    for (uint32_t feed = 0; feed < base_.set.parts.size(); ++feed) {
      const FeedPart& part = *base_.set.parts[feed];
      for (uint32_t row = 0; row < part.rows.size(); ++row, ++index) {
        const uint32_t entry = base_.report.entry_of[index];
        if (entry >= buried_.size() || !buried_[entry]) continue;
        while (gone != gone_.end() && *gone < index) ++gone;
        if (gone != gone_.end() && *gone == index) continue;
        come_.push_back({feed, row, part.listed(row), {feed, part.feed_row(row).line, part.rows[row].rule}});
      }
    }
  }

  void find_standing_rejects() {
    for (uint32_t i = 0; i < base_.report.rejected.size(); ++i) {
      const size_t index = base_.report.rejected[i].index;
      const bool tried_again = std::any_of(changed_.begin(), changed_.end(), [index](const Range& r) { return r.begin <= index && index < r.end; });
      if (!tried_again) plan_.standing_rejects.push_back(i);
    }
  }

  DeltaPlan finish() {
    std::sort(come_.begin(), come_.end(), [](const Row& a, const Row& b) { return std::pair(a.feed, a.row) < std::pair(b.feed, b.row); });
    for (const Row& row : come_) {
      plan_.indicators.push_back(row.listed);
      plan_.origins.push_back(row.origin);
    }
    for (uint32_t entry = 0; entry < buried_.size(); ++entry)
      if (buried_[entry]) plan_.tombstones.push_back(entry);
    return std::move(plan_);
  }

  const PublishedBase& base_;
  const Image& image_;
  const IndicatorSet& now_;
  size_t changes_max_;
  std::vector<Range> changed_;   // feeds' rows, in the base's list
  std::vector<uint32_t> gone_;   // of the base's list
  std::vector<Row> come_;
  std::vector<bool> buried_;     // by the base's entry
  DeltaPlan plan_;
};

}  // namespace

std::optional<DeltaPlan> plan_delta(const PublishedBase& base, const IndicatorSet& now, const DeltaLimits& limits) {
  if (base.image.image->indicator_count() < limits.base_min) return std::nullopt;
  return DeltaPlanner(base, now, limits).plan();
}

}  // namespace sekisho
