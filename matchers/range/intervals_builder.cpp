// SPDX-License-Identifier: Apache-2.0
#include "matchers/range/intervals_builder.h"

#include <bit>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>

namespace sekisho {

namespace {

constexpr unsigned directory_bits_max = 18;

constexpr bool next_key(uint32_t& key) { return ++key != 0; }
constexpr bool next_key(uint64_t& key) { return ++key != 0; }
constexpr bool next_key(WideKey& key) { return ++key.low != 0 || ++key.high != 0; }

WideKey width_of(const WideKey& low, const WideKey& high) {
  return {high.high - low.high - (high.low < low.low ? 1U : 0U), high.low - low.low};
}
template <typename Key>
Key width_of(Key low, Key high) {
  return high - low;
}

// Sweeps over the ends of the ranges with the set of those that cover the present place, strongest first.
template <typename Key>
class Sweep {
 public:
  explicit Sweep(std::span<const IntervalItem<Key>> items) : items_(items), active_(Stronger{items}) {
    out_.owners.push_back(owners_end);  // 0 = nobody
    out_.pieces.push_back(0);
  }

  BuiltIntervals<Key> run() {
    std::vector<uint32_t> by_low(items_.size()), by_high(items_.size());
    std::iota(by_low.begin(), by_low.end(), 0U);
    by_high = by_low;
    const auto items = items_;
    std::sort(by_low.begin(), by_low.end(), [items](uint32_t a, uint32_t b) { return items[a].low < items[b].low; });
    std::sort(by_high.begin(), by_high.end(), [items](uint32_t a, uint32_t b) { return items[a].high < items[b].high; });
    size_t opened = 0, closed = 0;
    while (closed < items_.size()) {
      // The next place where the cover changes: a range begins, or one ended just before.
      Key place = items_[by_high[closed]].high;
      const bool has_next = next_key(place);
      if (opened < items_.size() && (!has_next || items_[by_low[opened]].low < place)) place = items_[by_low[opened]].low;
      else if (!has_next) break;  // the rest reaches the highest key
      while (closed < items_.size() && items_[by_high[closed]].high < place) active_.erase(by_high[closed++]);
      while (opened < items_.size() && items_[by_low[opened]].low == place) active_.insert(by_low[opened++]);
      add_bound(place);
    }
    return std::move(out_);
  }

 private:
  struct Stronger {
    std::span<const IntervalItem<Key>> items;
    bool operator()(uint32_t a, uint32_t b) const {
      return items[a].strength != items[b].strength ? items[a].strength < items[b].strength : a < b;
    }
  };

  void add_bound(Key place) {
    const uint32_t owner = owners_here();
    if (owner == out_.pieces.back()) return;
    out_.bounds.push_back(place);
    out_.pieces.push_back(owner);
  }

  // The list of the present place, the narrowest range first. Equal lists are stored once.
  uint32_t owners_here() {
    if (active_.empty()) return 0;
    if (active_.size() > interval_cover_max) ++out_.crowded;
    std::vector<uint32_t> list;
    for (auto it = active_.begin(); it != active_.end() && list.size() < interval_cover_max; ++it) list.push_back(*it);
    std::stable_sort(list.begin(), list.end(), [this](uint32_t a, uint32_t b) {
      return width_of(items_[a].low, items_[a].high) < width_of(items_[b].low, items_[b].high);
    });
    for (uint32_t& item : list) item = items_[item].entry;
    list.back() |= owners_end;
    const auto [known, is_new] = lists_.try_emplace(std::string(reinterpret_cast<const char*>(list.data()), list.size() * sizeof list[0]),
                                                    static_cast<uint32_t>(out_.owners.size()));
    if (is_new) out_.owners.insert(out_.owners.end(), list.begin(), list.end());
    return known->second;
  }

  std::span<const IntervalItem<Key>> items_;
  std::set<uint32_t, Stronger> active_;
  std::unordered_map<std::string, uint32_t> lists_;
  BuiltIntervals<Key> out_;
};

// Four to eight buckets a bound, so that most buckets hold none where the keys are spread evenly and the search is skipped.
template <typename Key>
void build_directory(BuiltIntervals<Key>& out) {
  const unsigned bits = std::min<unsigned>(directory_bits_max, static_cast<unsigned>(std::bit_width(out.bounds.size())) + 2);
  const uint64_t buckets = uint64_t{1} << bits;
  const uint64_t first = top_of(out.bounds.front());
  const uint64_t extent = top_of(out.bounds.back()) - first;
  while ((extent >> out.shift) >= buckets) ++out.shift;
  out.directory.assign(buckets + 1, 0);
  for (const Key& bound : out.bounds) ++out.directory[((top_of(bound) - first) >> out.shift) + 1];
  std::partial_sum(out.directory.begin(), out.directory.end(), out.directory.begin());
}

}  // namespace

template <typename Key>
BuiltIntervals<Key> build_intervals(std::span<const IntervalItem<Key>> items) {
  BuiltIntervals<Key> out = Sweep<Key>(items).run();
  if (!out.bounds.empty()) build_directory(out);
  return out;
}

template BuiltIntervals<uint32_t> build_intervals(std::span<const IntervalItem<uint32_t>>);
template BuiltIntervals<uint64_t> build_intervals(std::span<const IntervalItem<uint64_t>>);
template BuiltIntervals<WideKey> build_intervals(std::span<const IntervalItem<WideKey>>);

}  // namespace sekisho
