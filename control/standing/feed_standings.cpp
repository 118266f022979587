// SPDX-License-Identifier: Apache-2.0
#include "control/standing/feed_standings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "control/config/value.h"
#include "control/publish/atomic_file.h"
#include "matchers/indicator.h"

namespace sekisho {

namespace {

constexpr uint64_t second_ns = 1'000'000'000;
constexpr std::string_view first_line = "sekisho feeds 1";

bool mode_from_name(std::string_view name, FeedMode& mode) {
  const auto& names = Spelling<FeedMode>::names;
  const auto at = std::find(std::begin(names), std::end(names), name);
  if (at == std::end(names)) return false;
  mode = static_cast<FeedMode>(at - std::begin(names));
  return true;
}

}  // namespace

FeedMode FeedStandings::effective(const Feed& feed, int64_t now_s) {
  if (feed.reverted_s != 0) return FeedMode::shadow;
  if (feed.promoted_s != 0) return FeedMode::enforce;
  const bool tried = feed.promote_after_s != 0 && feed.since_s != 0 && now_s >= feed.since_s + static_cast<int64_t>(feed.promote_after_s);
  return tried ? FeedMode::enforce : feed.configured;
}

// "name configured since promoted reverted serial" a line; the serial came later, so it may be absent.
Result<void> FeedStandings::load(const std::string& file) {
  const std::lock_guard lock(mutex_);
  remembered_.clear();
  std::ifstream in(file);
  if (!in) return std::filesystem::exists(file) ? Result<void>(fail("cannot be read", file)) : Result<void>();
  std::string line;
  if (!std::getline(in, line) || line != first_line) return fail("is not the state of feeds", file, 1);
  for (uint32_t number = 2; std::getline(in, line); ++number) {
    std::istringstream words(line);
    Feed feed;
    std::string mode;
    if (!(words >> feed.name >> mode >> feed.since_s >> feed.promoted_s >> feed.reverted_s) || !mode_from_name(mode, feed.configured))
      return fail("is not the state of a feed", file, number);
    words >> feed.serial;
    remembered_.push_back(std::move(feed));
  }
  return {};
}

Result<void> FeedStandings::open(std::string file) {
  auto loaded = load(file);
  const std::lock_guard lock(mutex_);
  file_ = std::move(file);
  return loaded;
}

void FeedStandings::configure(const std::vector<FeedConfig>& configured) {
  const std::lock_guard lock(mutex_);
  std::vector<Feed> feeds;
  for (const FeedConfig& config : configured) {
    Feed feed;
    const auto is_it = [&](const Feed& one) { return one.name == config.name; };
    if (const Feed* known = find(config.name)) feed = *known;
    else if (const auto before = std::find_if(remembered_.begin(), remembered_.end(), is_it); before != remembered_.end()) feed = *before;
    else feed.told = feed.configured = config.mode;
    if (feed.configured != config.mode) feed.promoted_s = feed.reverted_s = 0;
    feed.name = config.name;
    feed.configured = config.mode;
    feed.promote_after_s = config.promote_after_min * 60;
    feed.per_minute_max = config.stops_per_minute_max;
    feeds.push_back(std::move(feed));
  }
  feeds_ = std::move(feeds);
}

FeedStandings::Feed* FeedStandings::find(std::string_view name) {
  const auto at = std::find_if(feeds_.begin(), feeds_.end(), [&](const Feed& feed) { return feed.name == name; });
  return at != feeds_.end() ? &*at : nullptr;
}
const FeedStandings::Feed* FeedStandings::find(std::string_view name) const { return const_cast<FeedStandings*>(this)->find(name); }

void FeedStandings::loaded(std::string_view name, int64_t now_s) {
  const std::lock_guard lock(mutex_);
  Feed* feed = find(name);
  if (feed == nullptr || feed->since_s != 0) return;
  feed->since_s = now_s;
  store();  // an error here only makes the trial longer, should we be started again
}

bool FeedStandings::take_serial(std::string_view name, uint64_t serial) {
  const std::lock_guard lock(mutex_);
  Feed* feed = find(name);
  if (feed == nullptr || serial == feed->serial) return true;
  if (serial < feed->serial) return false;
  feed->serial = serial;
  store();  // an error here lets an older one come back only after the next start
  return true;
}

FeedMode FeedStandings::mode(std::string_view name, int64_t now_s) const {
  const std::lock_guard lock(mutex_);
  const Feed* feed = find(name);
  return feed != nullptr ? effective(*feed, now_s) : FeedMode::enforce;
}

bool FeedStandings::take_change(int64_t now_s) {
  const std::lock_guard lock(mutex_);
  bool changed = false;
  for (Feed& feed : feeds_) {
    const FeedMode mode = effective(feed, now_s);
    changed |= feed.told != mode;
    feed.told = mode;
  }
  return changed;
}

std::optional<std::string> FeedStandings::consider(const FieldIndex& fields) {
  if (fields.record().header().type != RecordType::sighting) return std::nullopt;
  const std::lock_guard lock(mutex_);
  Feed* feed = find(fields.text(Field::sighting_feed));
  if (feed == nullptr) return std::nullopt;
  const uint64_t wall_ns = fields.record().header().wall_ns, count = std::max<uint64_t>(1, fields.number(Field::sighting_count));
  const auto now_s = static_cast<int64_t>(wall_ns / second_ns);
  const auto alert = static_cast<uint64_t>(Action::alert);
  const bool stops = fields.number(Field::sighting_verdict) > alert;
  const bool would = !stops && effective(*feed, now_s) == FeedMode::shadow && fields.number(Field::sighting_action) > alert;
  feed->hits += count;
  feed->stopped += stops ? count : 0;
  feed->would_stop += would ? count : 0;
  feed->last_hit_ns = std::max(feed->last_hit_ns, wall_ns);
  if ((!stops && !would) || !breaks_ceiling(*feed, wall_ns, count)) return std::nullopt;
  feed->reverted_s = now_s;
  feed->promoted_s = 0;
  const auto stored = store();
  return "feed " + feed->name + ": " + std::to_string(feed->in_minute) + (stops ? " stopped" : " would be stopped") + " within a minute, at most " +
         std::to_string(feed->per_minute_max) + ": in shadow until `sekishoctl feed promote " + feed->name + "`" +
         (stored ? "" : "; " + describe(stored.error()));
}

// Once: a feed that is back in shadow has nothing more to break.
bool FeedStandings::breaks_ceiling(Feed& feed, uint64_t wall_ns, uint64_t count) const {
  const uint64_t minute = wall_ns / (60 * second_ns);
  if (minute != feed.minute) feed.in_minute = 0;
  feed.minute = minute;
  feed.in_minute += count;
  const bool may_stop = feed.configured == FeedMode::enforce || feed.promoted_s != 0 || feed.promote_after_s != 0;
  return feed.per_minute_max != 0 && feed.in_minute > feed.per_minute_max && feed.reverted_s == 0 && may_stop;
}

Result<void> FeedStandings::promote(std::string_view name, int64_t now_s) { return say(name, now_s, 0); }
Result<void> FeedStandings::demote(std::string_view name, int64_t now_s) { return say(name, 0, now_s); }

Result<void> FeedStandings::say(std::string_view name, int64_t promoted_s, int64_t reverted_s) {
  const std::lock_guard lock(mutex_);
  Feed* feed = find(name);
  if (feed == nullptr) return fail("there is no feed named \"" + std::string(name) + "\"");
  feed->promoted_s = promoted_s;
  feed->reverted_s = reverted_s;
  feed->in_minute = 0;
  return store();
}

std::vector<FeedStanding> FeedStandings::list(int64_t now_s) const {
  const std::lock_guard lock(mutex_);
  std::vector<FeedStanding> out(feeds_.begin(), feeds_.end());
  for (size_t i = 0; i < out.size(); ++i) out[i].mode = effective(feeds_[i], now_s);
  return out;
}

Result<void> FeedStandings::store() const {
  if (file_.empty()) return {};
  std::string text(first_line);
  text += '\n';
  for (const Feed& feed : feeds_)
    text += feed.name + " " + std::string(spelling(feed.configured)) + " " + std::to_string(feed.since_s) + " " + std::to_string(feed.promoted_s) + " " +
            std::to_string(feed.reverted_s) + " " + std::to_string(feed.serial) + "\n";
  return write_file_atomically(file_, text);
}

}  // namespace sekisho
