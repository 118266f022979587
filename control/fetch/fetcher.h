// SPDX-License-Identifier: Apache-2.0
// Fetches feeds on their intervals, each on a thread of its own, so that neither a slow server nor a big file holds up anybody: not the
// other feeds, not alerts, reloads or the end of the program (a request under way is given up at once).
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "control/api/providers.h"
#include "control/config/config.h"
#include "control/fetch/http.h"

namespace sekisho {

struct FetchStatus {
  uint64_t attempts = 0;         // since start, or since the feed's keys changed
  uint64_t failures = 0;
  uint64_t failures_in_row = 0;  // 0 = the last one was good
  uint64_t unchanged = 0;        // good ones that brought nothing new
  int64_t last_attempt_s = 0;    // 0 = none
  int64_t last_good_s = 0;       // also of an earlier run
  int64_t next_s = 0;
  std::string error;             // of the last one
};

// Told from the threads: a feed's file is new or was renewed; an error that was not there before, or is gone (empty).
struct FetchListener {
  std::function<void()> renewed;
  std::function<void(const std::string& feed, const std::string& error)> told;
};

class FeedFetcher {
 public:
  FeedFetcher(FeedConfig feed, FetchListener listener);
  ~FeedFetcher();  // gives up what is under way

  const FeedConfig& feed() const { return feed_; }
  FetchStatus status() const;

 private:
  void run();

  const FeedConfig feed_;
  const FetchListener listener_;
  HttpClient client_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  FetchStatus status_;
  bool stopping_ = false;
  std::thread thread_;  // last: begins when all else is there
};

class Fetchers : public FetchProvider {
 public:
  explicit Fetchers(FetchListener listener) : listener_(std::move(listener)) {}

  // From now on: these feeds. Those whose keys are as before go on undisturbed. Makes the folder of fetched files.
  Result<void> configure(const Config& config);
  nlohmann::json fetches() override;

 private:
  const FetchListener listener_;
  mutable std::mutex mutex_;
  std::list<FeedFetcher> fetchers_;
};

}  // namespace sekisho
