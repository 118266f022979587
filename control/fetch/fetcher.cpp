// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/fetcher.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "control/fetch/fetch.h"
#include "control/fetch/schedule.h"

namespace sekisho {

namespace {

int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

uint64_t random_number() {
  static thread_local std::mt19937_64 generator{std::random_device{}()};
  return generator();
}

// When the file on disk was last known to be current; 0 = there is none.
int64_t file_time_s(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

bool is_fetched(const FeedConfig& feed) { return feed.enabled && !feed.fetch.url.empty(); }

}  // namespace

FeedFetcher::FeedFetcher(FeedConfig feed, FetchListener listener)
    : feed_(std::move(feed)), listener_(std::move(listener)), thread_([this] { run(); }) {}

FeedFetcher::~FeedFetcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  client_.stop();
  thread_.join();
}

FetchStatus FeedFetcher::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void FeedFetcher::run() {
  // A file of an earlier run is good for the rest of its interval.
  const int64_t age_s = wall_s() - file_time_s(feed_.path);
  const auto interval_s = static_cast<int64_t>(feed_.fetch.interval_s);
  std::unique_lock lock(mutex_);
  status_.last_good_s = file_time_s(feed_.path);
  auto wait = std::chrono::milliseconds(age_s >= 0 && age_s < interval_s ? (interval_s - age_s) * 1000 : 0);
  for (;;) {
    status_.next_s = wall_s() + wait.count() / 1000;
    if (changed_.wait_for(lock, wait, [this] { return stopping_; })) return;
    lock.unlock();
    uint64_t retry_after_s = 0;
    const auto fetched = fetch_feed(client_, feed_, wall_s(), retry_after_s);
    lock.lock();
    if (stopping_) return;
    ++status_.attempts;
    status_.last_attempt_s = wall_s();
    const std::string error = fetched ? std::string() : describe(fetched.error());
    const bool news = error != status_.error;
    status_.error = error;
    if (fetched) {
      status_.failures_in_row = 0;
      status_.unchanged += *fetched == Fetched::unchanged ? 1 : 0;
      status_.last_good_s = status_.last_attempt_s;
    } else {
      ++status_.failures;
      ++status_.failures_in_row;
    }
    wait = std::chrono::milliseconds(next_fetch_ms({feed_.fetch.interval_s, status_.failures_in_row, retry_after_s}, random_number()));
    lock.unlock();
    if (news && listener_.told) listener_.told(feed_.name, error);
    // An unchanged file matters where indicators live so long after it.
    if (fetched && (*fetched == Fetched::changed || feed_.expire_after_s != 0) && listener_.renewed) listener_.renewed();
    lock.lock();
  }
}

Result<void> Fetchers::configure(const Config& config) {
  const std::lock_guard lock(mutex_);
  fetchers_.remove_if([&](const FeedFetcher& fetcher) {
    return std::none_of(config.feeds.begin(), config.feeds.end(), [&](const FeedConfig& feed) { return is_fetched(feed) && feed == fetcher.feed(); });
  });
  if (std::none_of(config.feeds.begin(), config.feeds.end(), is_fetched)) return {};
  const std::string folder = config.control.state_dir + "/feeds";
  if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) return fail(std::string("cannot be made: ") + std::strerror(errno), folder);
  for (const FeedConfig& feed : config.feeds) {
    const bool known = std::any_of(fetchers_.begin(), fetchers_.end(), [&](const FeedFetcher& fetcher) { return feed == fetcher.feed(); });
    if (is_fetched(feed) && !known) fetchers_.emplace_back(feed, listener_);
  }
  return {};
}

nlohmann::json Fetchers::fetches() {
  nlohmann::json out = nlohmann::json::object();
  const std::lock_guard lock(mutex_);
  for (const FeedFetcher& fetcher : fetchers_) {
    const FetchStatus status = fetcher.status();
    out[fetcher.feed().name] = {{"url", fetcher.feed().fetch.url},         {"attempts", status.attempts},
                                {"failures", status.failures},             {"failures_in_row", status.failures_in_row},
                                {"unchanged", status.unchanged},           {"last_attempt", status.last_attempt_s},
                                {"last_good", status.last_good_s},         {"next", status.next_s},
                                {"interval_s", fetcher.feed().fetch.interval_s}, {"error", status.error}};
  }
  return out;
}

}  // namespace sekisho
