// SPDX-License-Identifier: Apache-2.0
#include "control/publish/overlap.h"

#include <algorithm>

#include "control/feeds/sniff.h"
#include "matchers/base/hash.h"

namespace sekisho {

namespace {

struct Listed {
  uint64_t value;  // kind, mode and normal form, by hash
  uint32_t feed;
  auto operator<=>(const Listed&) const = default;
};

std::vector<Listed> all_listed(const IndicatorSet& set) {
  const HashKey key(0x6f7665726c6170);
  std::vector<Listed> out;
  out.reserve(set.size());
  set.for_each([&](const ListedIndicator& listed, const IndicatorOrigin& origin) {
    const Indicator& indicator = *listed.indicator;
    std::string reason;
    const std::string form = indicator_key(indicator.kind, indicator.mode, indicator.value, reason);
    if (!form.empty()) out.push_back({hash_bytes(key, as_bytes(form)), origin.feed});
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::vector<FeedOverlap> overlaps(const IndicatorSet& set) {
  std::vector<FeedOverlap> out(set.feeds.size());
  for (size_t i = 0; i < out.size(); ++i) out[i] = {static_cast<uint32_t>(i), 0, std::vector<uint64_t>(out.size())};
  const std::vector<Listed> listed = all_listed(set);
  for (size_t begin = 0, end; begin < listed.size(); begin = end) {
    for (end = begin; end < listed.size() && listed[end].value == listed[begin].value;) ++end;
    if (end - begin == 1) ++out[listed[begin].feed].alone;
    for (size_t a = begin; a < end; ++a)
      for (size_t b = begin; b < end; ++b) ++out[listed[a].feed].shared[listed[b].feed];
  }
  return out;
}

}  // namespace sekisho
