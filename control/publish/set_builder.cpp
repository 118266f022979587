// SPDX-License-Identifier: Apache-2.0
#include "control/publish/set_builder.h"

#include "matchers/normalise/normalise.h"

namespace sekisho {

Result<BuiltSet> SetBuilder::build(IndicatorSet set, uint32_t generation, bool whole) {
  if (!whole && base_ != nullptr)
    if (const auto plan = plan_delta(*base_, set, limits_)) return build_delta(std::move(set), *plan, generation);
  return build_base(std::move(set), generation);
}

Result<void> SetBuilder::within_budget(const IndicatorSet& set) {
  size_t patterns = 0, compounds = 0;
  set.for_each([&](const ListedIndicator& listed, const IndicatorOrigin&) {
    patterns += listed.indicator->kind == Kind::keyword || (mode_bit(listed.indicator->mode) & pattern_modes) != 0 ? 1 : 0;
    compounds += listed.indicator->kind == Kind::compound ? 1 : 0;
  });
  const auto over = [](size_t count, const char* of, size_t most) {
    return fail("the feeds have " + std::to_string(count) + " " + of + ": at most " + std::to_string(most) + " are in one set");
  };
  if (patterns > set_patterns_max) return over(patterns, "keywords, literals, expressions and globs", set_patterns_max);
  if (compounds > set_compounds_max) return over(compounds, "compounds", set_compounds_max);
  return {};
}

// A delta brings no patterns and no compounds, so here is where the set is held against its budget.
Result<BuiltSet> SetBuilder::build_base(IndicatorSet set, uint32_t generation) {
  if (auto fits = within_budget(set); !fits) return tl::unexpected(fits.error());
  auto base = std::make_shared<PublishedBase>();
  auto image = make_image_(set.listed(), generation, base->report);
  BuiltSet out;
  for (const BuildReport::Rejected& rejected : base->report.rejected) out.refused.push_back({rejected.reason, set.origin(rejected.index)});
  if (!image) return tl::unexpected(image.error());
  base->image = std::move(*image);
  base->set = set;
  out.duplicates = base->report.duplicates;
  out.set = std::make_shared<PublishedSet>(PublishedSet{std::move(set), base, {}});
  base_ = std::move(base);
  return out;
}

Result<BuiltSet> SetBuilder::build_delta(IndicatorSet set, const DeltaPlan& plan, uint32_t generation) {
  BuildReport report;
  auto delta = make_delta(*base_->image.image, plan.tombstones, plan.indicators, generation, report);
  if (!delta) return tl::unexpected(delta.error());
  BuiltSet out;
  for (const uint32_t i : plan.standing_rejects) {
    const BuildReport::Rejected& rejected = base_->report.rejected[i];
    out.refused.push_back({rejected.reason, base_->set.origin(rejected.index)});
  }
  for (const BuildReport::Rejected& rejected : report.rejected) out.refused.push_back({rejected.reason, plan.origins[rejected.index]});
  out.duplicates = set.size() - delta->image->indicator_count() - out.refused.size();
  out.changes = plan.tombstones.size() + plan.indicators.size();
  delta->patterns = base_->image.patterns;
  out.set = std::make_shared<PublishedSet>(PublishedSet{std::move(set), base_, std::move(*delta)});
  return out;
}

}  // namespace sekisho
