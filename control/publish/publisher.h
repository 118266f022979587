// SPDX-License-Identifier: Apache-2.0
// Publisher: feeds -> policy -> image -> sealed memory -> data plane, on a thread of its own.
//
// What has changed since the last base goes out as a delta; once that has become large, a new base follows by itself. A failed build leaves the old set in force, and says so in status(). Requests that come while one is worked on are answered together by
// the next. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "control/publish/dataplane_link.h"
#include "control/publish/generation.h"
#include "control/publish/feed_reader.h"
#include "control/publish/operator_indicators.h"
#include "control/publish/set_builder.h"

namespace sekisho {

struct PublishStatus {
  uint32_t generation = 0;         // of the set that control has; 0 = none yet
  uint32_t loaded_generation = 0;  // of the set that the data plane has; 0 = none
  size_t indicators = 0;           // in the image
  size_t duplicates = 0;           // across feeds
  uint64_t refused = 0;            // by the builder
  size_t changes = 0;              // of the delta in force over its base; 0 = the set is a base
  uint32_t base_generation = 0;
  size_t feeds_read = 0;           // of the last attempt; the others had not changed
  uint64_t image_bytes = 0;
  PatternCounters patterns;        // of compiling keywords and regexes, and their cache
  int64_t built_at_s = 0;
  uint64_t build_ms = 0;
  uint64_t attempts = 0;           // builds begun since start
  uint64_t failures = 0;
  std::string last_error;          // of the last build; empty = it succeeded
  std::string load_error;          // of the last hand-over to the data plane; empty = it succeeded
  std::vector<FeedStatus> feeds;   // of the last attempt
  std::vector<Error> problems;     // of the last attempt: refused by the builder, at most publish_problems_max
};

class Publisher {
 public:
  // `standings`, where given, says each feed's mode; it outlives the publisher.
  Publisher(DataplaneLink& link, GenerationCounter generation, OperatorIndicators operator_indicators, MakeImage make_image = sekisho::make_image,
            FeedStandings* standings = nullptr, const DeltaLimits& limits = delta_limits);
  ~Publisher();

  // From now on: these feeds and this policy. Does not publish by itself.
  void configure(std::shared_ptr<const Config> config);
  // Asks for a new set; returns a ticket for wait().
  uint64_t request();
  // Waits until the attempt that answers `ticket` is over. An error: it failed, or the time is over.
  Result<PublishStatus> wait(uint64_t ticket, std::chrono::milliseconds timeout);
  // Hands the present image to a data plane that has just been attached; asks for a first set where there is none.
  void dataplane_attached();
  void dataplane_lost();

  PublishStatus status() const;
  std::shared_ptr<const PublishedSet> current() const;  // nullptr before the first set

  // Changes to the operator's indicators; stored before they return, in force after the next set.
  Result<void> add(const FeedLine& line);
  Result<FeedReport> import(std::string_view text, FeedFormat format);
  Result<size_t> remove(std::string_view value, std::optional<Kind> kind);

 private:
  void run();
  void publish(bool whole);
  Result<std::shared_ptr<PublishedSet>> build(IndicatorSet set, bool whole, PublishStatus& status);
  Result<void> hand_over(const PublishedSet& set);
  void finish(PublishStatus status, std::shared_ptr<PublishedSet> set);

  DataplaneLink& link_;
  FeedStandings* const standings_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Config> config_;
  GenerationCounter generation_;
  OperatorIndicators operator_;
  std::shared_ptr<const PublishedSet> current_;
  PublishStatus status_;
  uint64_t requested_ = 0;  // tickets given out
  uint64_t finished_ = 0;   // tickets answered
  bool hand_over_wanted_ = false;
  bool base_wanted_ = false;       // the delta has become large
  uint64_t handed_base_ = 0;       // checksum of the base that the data plane has; 0 = none
  bool stopping_ = false;

  FeedReader reader_;   // of the thread, as the next
  SetBuilder builder_;
  std::thread thread_;  // last: begins when all else is there
};

}  // namespace sekisho
