// SPDX-License-Identifier: Apache-2.0
#include "control/publish/indicator_set.h"

namespace sekisho {

std::vector<ListedIndicator> IndicatorSet::listed() const {
  std::vector<ListedIndicator> out;
  out.reserve(size());
  for_each([&out](const ListedIndicator& listed, const IndicatorOrigin&) { out.push_back(listed); });
  return out;
}

IndicatorOrigin IndicatorSet::origin(size_t index) const {
  uint32_t feed = 0;
  for (; index >= parts[feed]->rows.size(); ++feed) index -= parts[feed]->rows.size();
  return {feed, parts[feed]->feed_row(index).line, parts[feed]->rows[index].rule};
}

}  // namespace sekisho
