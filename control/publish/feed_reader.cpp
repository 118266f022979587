// SPDX-License-Identifier: Apache-2.0
#include "control/publish/feed_reader.h"

#include <unistd.h>

#include <algorithm>

#include "control/feeds/limits.h"
#include "control/feeds/signature.h"
#include "control/publish/limits.h"
#include "control/publish/operator_indicators.h"

namespace sekisho {

namespace {

// A part with rows that have expired is made anew now and then: the data plane has let them go by itself.
bool is_stale(const FeedPart& part, int64_t now_s) {
  return part.earliest_end_s != 0 && part.earliest_end_s <= now_s && part.made_at_s + expired_rows_kept_s < now_s;
}

void take_report(const FeedPart& part, FeedStatus& status) {
  status.report = part.content->report;
  status.shadowed = part.shadowed;
  status.allowlisted = part.allowlisted;
  for (const Error& problem : part.held_back)
    if (status.report.problems.size() < feed_problems_max) status.report.problems.push_back(problem);
}

}  // namespace

FeedReader::Kept* FeedReader::find(std::string_view name) {
  const auto at = std::find_if(kept_.begin(), kept_.end(), [name](const Kept& kept) { return kept.feed.name == name; });
  return at != kept_.end() ? &*at : nullptr;
}

Result<FeedReader::Kept> FeedReader::read_or_keep(const FeedConfig& feed, int64_t now_s, FeedStandings* standings) {
  Kept* const last = find(feed.name);
  if (last != nullptr && last->feed == feed && last->files.unchanged()) return *last;
  Kept fresh{feed, {}, nullptr, feed.mode, nullptr};
  fresh.files.add(feed.path);
  if (!feed.public_key.empty()) fresh.files.add(feed.path + std::string(signature_suffix));
  ++files_read_;
  auto content = read_feed(feed, now_s);
  if (!content) return tl::unexpected(content.error());
  if (standings != nullptr && content->serial && !standings->take_serial(feed.name, *content->serial))
    return fail("its signature's serial is " + std::to_string(*content->serial) + ", a higher one was taken before: an older file that came back", feed.path);
  for (const std::string& file : content->files_beside) fresh.files.add(file);
  fresh.content = std::make_shared<const FeedContent>(std::move(*content));
  return fresh;
}

std::shared_ptr<const FeedPart> FeedReader::part_of(Kept& kept, FeedMode mode, const Config& config, const Allowlist* allowlist, int64_t now_s) const {
  const bool same = kept.part != nullptr && kept.part->content == kept.content && kept.mode == mode && same_policy_ &&
                    (allowlist == nullptr || allowlist_.unchanged()) && !is_stale(*kept.part, now_s);
  if (!same) kept.part = make_part(kept.content, config.policy, mode, allowlist, kept.feed.path, now_s);
  kept.mode = mode;
  return kept.part;
}

IndicatorSet FeedReader::read(const Config& config, std::shared_ptr<const FeedContent> operator_content, int64_t now_s, FeedStandings* standings) {
  static const auto nothing = std::make_shared<const FeedContent>();
  IndicatorSet set;
  files_read_ = 0;
  same_policy_ = policy_ == config.policy;
  policy_ = config.policy;
  const std::shared_ptr<const Allowlist> allowlist = allowlist_.read(config, set.problems);
  const auto mode_of = [&](std::string_view name, FeedMode configured) { return standings != nullptr ? standings->mode(name, now_s) : configured; };
  std::vector<Kept> kept;
  for (const FeedConfig& feed : config.feeds) {
    set.feeds.push_back({.name = feed.name, .path = feed.path, .mode = feed.mode});
    set.parts.push_back(std::make_shared<const FeedPart>(FeedPart{.content = nothing}));
    FeedStatus& status = set.feeds.back();
    status.enabled = feed.enabled;
    if (!feed.enabled) continue;
    auto content = read_or_keep(feed, now_s, standings);
    if (content) {
      if (standings != nullptr) standings->loaded(feed.name, now_s);
      kept.push_back(std::move(*content));
    } else {
      const bool awaited = !feed.fetch.url.empty() && ::access(feed.path.c_str(), F_OK) != 0;
      status.error = awaited ? "not fetched yet; see `sekishoctl indicator stats`" : describe(content.error());
      Kept* const last = find(feed.name);
      if (last == nullptr) continue;
      status.kept = true;
      kept.push_back(*last);
    }
    status.mode = mode_of(feed.name, feed.mode);
    set.parts.back() = part_of(kept.back(), status.mode, config, allowlist.get(), now_s);
    take_report(*set.parts.back(), status);
  }
  operator_.content = operator_content != nullptr ? std::move(operator_content) : nothing;
  set.feeds.push_back({.name = std::string(operator_feed_name), .path = {}, .mode = mode_of(operator_feed_name, FeedMode::enforce)});
  set.parts.push_back(part_of(operator_, set.feeds.back().mode, config, nullptr, now_s));
  take_report(*set.parts.back(), set.feeds.back());
  kept_ = std::move(kept);
  return set;
}

}  // namespace sekisho
