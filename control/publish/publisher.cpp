// SPDX-License-Identifier: Apache-2.0
#include "control/publish/publisher.h"

#include <algorithm>

#include "control/feeds/sniff.h"
#include "control/publish/limits.h"

namespace sekisho {

namespace {

int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The builder's refusals, told at the line that each indicator came from.
void describe_refusals(const BuildReport& report, IndicatorSet& set, PublishStatus& status) {
  for (const BuildReport::Rejected& rejected : report.rejected) {
    if (rejected.index >= set.origins.size()) continue;
    const IndicatorOrigin& origin = set.origins[rejected.index];
    FeedStatus& feed = set.feeds[origin.feed];
    ++feed.refused;
    if (status.problems.size() < publish_problems_max)
      status.problems.push_back({rejected.reason, feed.path.empty() ? feed.name : feed.path, origin.line});
  }
  status.refused = report.rejected.size();
}

void note_hand_over(const Result<void>& handed, uint32_t generation, PublishStatus& status) {
  status.load_error = handed ? std::string() : "the data plane keeps its old set: " + describe(handed.error());
  if (handed) status.loaded_generation = generation;
  else ++status.failures;
}

}  // namespace

Publisher::Publisher(DataplaneLink& link, GenerationCounter generation, OperatorIndicators operator_indicators, MakeImage make_image,
                     FeedStandings* standings)
    : link_(link),
      make_image_(std::move(make_image)),
      standings_(standings),
      generation_(std::move(generation)),
      operator_(std::move(operator_indicators)),
      thread_([this] { run(); }) {}

Publisher::~Publisher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Publisher::configure(std::shared_ptr<const Config> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
}

uint64_t Publisher::request() {
  uint64_t ticket;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++requested_;
  }
  changed_.notify_all();
  return ticket;
}

Result<PublishStatus> Publisher::wait(uint64_t ticket, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, timeout, [&] { return finished_ >= ticket || stopping_; }) || finished_ < ticket)
    return fail("the new set is still being built; see `sekishoctl indicator stats`");
  if (!status_.last_error.empty()) return fail(status_.last_error);
  if (!status_.load_error.empty()) return fail(status_.load_error);
  return status_;
}

void Publisher::dataplane_attached() {
  {
    const std::lock_guard lock(mutex_);
    hand_over_wanted_ = true;
  }
  changed_.notify_all();
}

void Publisher::dataplane_lost() {
  const std::lock_guard lock(mutex_);
  status_.loaded_generation = 0;
}

PublishStatus Publisher::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::shared_ptr<const PublishedSet> Publisher::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<void> Publisher::add(const FeedLine& line) {
  const std::lock_guard lock(mutex_);
  return operator_.add(line, wall_s());
}
Result<FeedReport> Publisher::import(std::string_view text, FeedFormat format) {
  const std::lock_guard lock(mutex_);
  return operator_.import(text, format, wall_s());
}
Result<size_t> Publisher::remove(std::string_view value, std::optional<Kind> kind) {
  const std::lock_guard lock(mutex_);
  return operator_.remove(value, kind);
}

void Publisher::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || hand_over_wanted_ || (requested_ > finished_ && config_ != nullptr); });
    if (stopping_) return;
    if (requested_ > finished_ && config_ != nullptr) {
      hand_over_wanted_ = false;  // the new set will be handed over
      const uint64_t answers = requested_;
      lock.unlock();
      publish();
      lock.lock();
      finished_ = answers;
      changed_.notify_all();
      continue;
    }
    hand_over_wanted_ = false;
    const auto set = current_;
    if (set == nullptr) continue;
    lock.unlock();
    const auto handed = hand_over(*set);
    lock.lock();
    note_hand_over(handed, set->image.image->generation(), status_);
  }
}

// One attempt, from feeds to data plane.
void Publisher::publish() {
  std::shared_ptr<const Config> config;
  std::vector<FeedRow> operator_rows;
  PublishStatus status;
  {
    const std::lock_guard lock(mutex_);
    config = config_;
    operator_rows = operator_.rows();
    status = status_;
  }
  const auto begin = std::chrono::steady_clock::now();
  ++status.attempts;
  status.problems.clear();
  status.last_error.clear();
  auto built = build(reader_.read(*config, operator_rows, wall_s(), standings_), status);
  status.build_ms = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
  if (!built) {
    ++status.failures;
    status.last_error = "the old set stays in force: " + describe(built.error());
    return finish(std::move(status), nullptr);
  }
  if (link_.connected()) {
    note_hand_over(hand_over(**built), status.generation, status);
  }
  finish(std::move(status), std::move(*built));
}

Result<std::shared_ptr<PublishedSet>> Publisher::build(IndicatorSet set, PublishStatus& status) {
  const auto generation = generation_.next();
  status.feeds = set.feeds;
  status.problems = set.problems;
  if (!generation) return tl::unexpected(generation.error());
  BuildReport report;
  auto image = make_image_(set.indicators, *generation, report);
  describe_refusals(report, set, status);
  status.feeds = set.feeds;
  if (!image) return tl::unexpected(image.error());
  status.generation = *generation;
  status.indicators = report.accepted;
  status.duplicates = report.duplicates;
  status.patterns = image->patterns;
  status.image_bytes = image->mapping.bytes().size();
  status.built_at_s = wall_s();
  return std::make_shared<PublishedSet>(PublishedSet{std::move(set), std::move(*image)});
}

Result<void> Publisher::hand_over(const PublishedSet& set) {
  return link_.load_image(set.image.image->generation(), set.image.file.get());
}

void Publisher::finish(PublishStatus status, std::shared_ptr<PublishedSet> set) {
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  if (set != nullptr) current_ = std::move(set);
}

}  // namespace sekisho
