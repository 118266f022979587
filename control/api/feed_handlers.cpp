// SPDX-License-Identifier: Apache-2.0
// Feeds: what each is worth, and whether it may stop traffic.
#include "control/api/limits.h"
#include "control/api/request.h"
#include "control/publish/overlap.h"

namespace sekisho {

namespace {

using nlohmann::json;

json standing_json(const FeedStanding& standing, int64_t now_s) {
  json out{{"name", standing.name},
           {"mode", spelling(standing.mode)},
           {"configured", spelling(standing.configured)},
           {"hits", standing.hits},
           {"stopped", standing.stopped},
           {"would_stop", standing.would_stop}};
  if (standing.last_hit_ns != 0) out["last_hit"] = standing.last_hit_ns / 1'000'000'000;
  if (standing.since_s != 0) out["since"] = standing.since_s;
  if (standing.promoted_s != 0) out["promoted"] = standing.promoted_s;
  if (standing.reverted_s != 0) out["reverted"] = standing.reverted_s;
  const bool on_trial = standing.mode == FeedMode::shadow && standing.promote_after_s != 0 && standing.reverted_s == 0 && standing.since_s != 0;
  if (on_trial) out["promoted_in_s"] = standing.since_s + static_cast<int64_t>(standing.promote_after_s) - now_s;
  return out;
}

// Sizes as the last set has them.
void add_sizes(const PublishStatus& status, json& out) {
  for (const FeedStatus& feed : status.feeds) {
    if (out["name"] != feed.name) continue;
    out["loaded"] = feed.report.loaded;
    out["rejected"] = feed.report.rejected;
    out["expired"] = feed.report.expired;
    out["allowlisted"] = feed.allowlisted;
  }
}

json overlap_json(const IndicatorSet& set) {
  json out = json::array();
  for (const FeedOverlap& overlap : overlaps(set)) {
    json row{{"name", set.feeds[overlap.feed].name}, {"indicators", overlap.shared[overlap.feed]}, {"alone", overlap.alone}};
    for (size_t other = 0; other < overlap.shared.size(); ++other)
      if (other != overlap.feed && overlap.shared[other] != 0) row["shared"][set.feeds[other].name] = overlap.shared[other];
    out.push_back(std::move(row));
  }
  return out;
}

Answer feed_stats(ControlState& state, const Request& request) {
  const PublishStatus status = state.publisher.status();
  json out{{"feeds", json::array()}};
  for (const FeedStanding& standing : state.standings.list(wall_s())) {
    out["feeds"].push_back(standing_json(standing, wall_s()));
    add_sizes(status, out["feeds"].back());
  }
  const auto set = state.publisher.current();
  if (request.flag("overlap") && set != nullptr) out["overlap"] = overlap_json(set->set);
  return out;
}

// The new set is asked for by the daemon, which sees the mode change; here too, so that the answer can wait for it.
Answer changed(ControlState& state, const Request& request, Result<void> said) {
  if (!said) return tl::unexpected(said.error());
  json out{{"feed", request.text("name")}, {"mode", spelling(state.standings.mode(request.text("name"), wall_s()))}};
  const auto status = state.publisher.wait(state.publisher.request(), api_publish_wait);
  if (!status) return tl::unexpected(status.error());
  out["set"] = set_json(*status);
  return out;
}
Answer feed_promote(ControlState& state, const Request& request) {
  return changed(state, request, state.standings.promote(request.text("name"), wall_s()));
}
Answer feed_demote(ControlState& state, const Request& request) {
  return changed(state, request, state.standings.demote(request.text("name"), wall_s()));
}

constexpr Handler handlers[] = {
    {"feed stats", feed_stats},
    {"feed promote", feed_promote},
    {"feed demote", feed_demote},
};

}  // namespace

std::span<const Handler> feed_handlers() { return handlers; }

}  // namespace sekisho
