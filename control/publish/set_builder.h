// SPDX-License-Identifier: Apache-2.0
// SetBuilder: from a set to its images: a delta over the last base where that is enough, else a new base. One thread at a time.
#pragma once

#include "control/publish/delta_plan.h"
#include "control/publish/limits.h"

namespace sekisho {

// What the builder did not take, and where it stands.
struct RefusedIndicator {
  std::string reason;
  IndicatorOrigin origin;
};

struct BuiltSet {
  std::shared_ptr<PublishedSet> set;
  size_t duplicates = 0;  // across feeds
  std::vector<RefusedIndicator> refused;
  size_t changes = 0;     // rows and tombstones of the delta; 0 = a base
};

class SetBuilder {
 public:
  explicit SetBuilder(MakeImage make_image, const DeltaLimits& limits = delta_limits) : make_image_(std::move(make_image)), limits_(limits) {}

  // `whole`: a new base, whatever has changed.
  Result<BuiltSet> build(IndicatorSet set, uint32_t generation, bool whole);

 private:
  // An error names the number.
  static Result<void> within_budget(const IndicatorSet& set);
  Result<BuiltSet> build_base(IndicatorSet set, uint32_t generation);
  Result<BuiltSet> build_delta(IndicatorSet set, const DeltaPlan& plan, uint32_t generation);

  const MakeImage make_image_;
  const DeltaLimits limits_;
  std::shared_ptr<const PublishedBase> base_;
};

}  // namespace sekisho
