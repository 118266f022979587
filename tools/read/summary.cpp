// SPDX-License-Identifier: Apache-2.0
#include "tools/read/summary.h"

#include <nlohmann/json.hpp>
#include <numeric>

#include "control/cli/show.h"
#include "control/phase_answers.h"

namespace sekisho {

namespace {

using nlohmann::json;

uint64_t dropped_in_all(const PairBalance& pair) {
  return std::accumulate(pair.dropped.begin(), pair.dropped.end(), uint64_t{0});
}

json drops_json(const PairBalance& pair) {
  json drops = json::object();
  for (size_t reason = 0; reason < pair.dropped.size(); ++reason)
    if (pair.dropped[reason] != 0) drops[drop_reason_names[reason]] = pair.dropped[reason];
  return drops;
}

std::string drops_text(const PairBalance& pair) {
  std::string out;
  for (size_t reason = 0; reason < pair.dropped.size(); ++reason)
    if (pair.dropped[reason] != 0)
      out += (out.empty() ? " (" : ", ") + std::string(drop_reason_names[reason]) + " " +
             std::to_string(pair.dropped[reason]);
  return out.empty() ? out : out + ")";
}

json feeds_json(std::span<const FeedStanding> feeds) {
  json out = json::array();
  for (const FeedStanding& feed : feeds)
    out.push_back({{"name", feed.name}, {"mode", spelling(feed.mode)}, {"hits", feed.hits}, {"stopped", feed.stopped}, {"would_stop", feed.would_stop}});
  return out;
}

}  // namespace

int64_t PairBalance::balance() const {
  return static_cast<int64_t>(rx + injected - tx - dropped_in_all(*this) - held);
}

std::string summary_json(const PhaseEngine* phases, std::span<const FeedStanding> feeds, std::span<const PairBalance> pairs) {
  json out = {{"event_type", "summary"}, {"pairs", json::array()}};
  if (phases != nullptr) out["phase_matrix"] = PhaseAnswers(*phases).matrix();
  if (!feeds.empty()) out["feeds"] = feeds_json(feeds);
  for (const PairBalance& pair : pairs)
    out["pairs"].push_back({{"pair", pair.pair},
                            {"rx", pair.rx},
                            {"injected", pair.injected},
                            {"tx", pair.tx},
                            {"held", pair.held},
                            {"dropped", drops_json(pair)},
                            {"balance", pair.balance()}});
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string summary_table(const PhaseEngine* phases, std::span<const FeedStanding> feeds, std::span<const PairBalance> pairs) {
  std::string out;
  if (phases != nullptr) out = show_answer("phase matrix", PhaseAnswers(*phases).matrix(), 0) + "\n";
  if (!feeds.empty()) out += show_answer("feed stats", {{"feeds", feeds_json(feeds)}}, 0) + "\n";
  for (const PairBalance& pair : pairs)
    out += "pair " + std::to_string(pair.pair) + ": rx " + std::to_string(pair.rx) + " + injected " +
           std::to_string(pair.injected) + " = tx " + std::to_string(pair.tx) + " + dropped " +
           std::to_string(dropped_in_all(pair)) + drops_text(pair) + " + held " + std::to_string(pair.held) +
           "; balance " + std::to_string(pair.balance()) + "\n";
  return out;
}

}  // namespace sekisho
