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
void describe_refusals(const std::vector<RefusedIndicator>& refused, PublishStatus& status) {
  for (const RefusedIndicator& one : refused) {
    FeedStatus& feed = status.feeds[one.origin.feed];
    ++feed.refused;
    if (status.problems.size() < publish_problems_max)
      status.problems.push_back({one.reason, feed.path.empty() ? feed.name : feed.path, one.origin.line});
  }
  status.refused = refused.size();
}

void note_hand_over(const Result<void>& handed, uint32_t generation, PublishStatus& status) {
  status.load_error = handed ? std::string() : "the data plane keeps its old set: " + describe(handed.error());
  if (handed) status.loaded_generation = generation;
  else ++status.failures;
}

}  // namespace

Publisher::Publisher(DataplaneLink& link, GenerationCounter generation, OperatorIndicators operator_indicators, MakeImage make_image,
                     FeedStandings* standings, const DeltaLimits& limits)
    : link_(link),
      standings_(standings),
      generation_(std::move(generation)),
      operator_(std::move(operator_indicators)),
      builder_(std::move(make_image), limits),
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
    handed_base_ = 0;
  }
  changed_.notify_all();
}

void Publisher::dataplane_lost() {
  const std::lock_guard lock(mutex_);
  status_.loaded_generation = 0;
  handed_base_ = 0;
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
    changed_.wait(lock, [&] { return stopping_ || hand_over_wanted_ || base_wanted_ || (requested_ > finished_ && config_ != nullptr); });
    if (stopping_) return;
    if (config_ != nullptr && (requested_ > finished_ || base_wanted_)) {
      hand_over_wanted_ = false;  // the new set will be handed over
      const uint64_t answers = requested_;
      const bool whole = requested_ == finished_;  // whoever waits is served first
      lock.unlock();
      publish(whole);
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
    note_hand_over(handed, set->image().generation(), status_);
  }
}

// One attempt, from feeds to data plane.
void Publisher::publish(bool whole) {
  std::shared_ptr<const Config> config;
  std::shared_ptr<const FeedContent> operator_content;
  PublishStatus status;
  {
    const std::lock_guard lock(mutex_);
    config = config_;
    operator_content = operator_.content();
    status = status_;
    base_wanted_ = false;
  }
  const auto begin = std::chrono::steady_clock::now();
  ++status.attempts;
  status.problems.clear();
  status.last_error.clear();
  auto built = build(reader_.read(*config, std::move(operator_content), wall_s(), standings_), whole, status);
  status.feeds_read = reader_.files_read();
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

Result<std::shared_ptr<PublishedSet>> Publisher::build(IndicatorSet set, bool whole, PublishStatus& status) {
  const auto generation = generation_.next();
  status.feeds = set.feeds;
  status.problems = set.problems;
  if (!generation) return tl::unexpected(generation.error());
  auto built = builder_.build(std::move(set), *generation, whole);
  if (!built) return tl::unexpected(built.error());
  describe_refusals(built->refused, status);
  const Image& image = built->set->image();
  status.generation = *generation;
  status.base_generation = built->set->base->image.image->generation();
  status.indicators = image.indicator_count();
  status.duplicates = built->duplicates;
  status.changes = built->changes;
  status.patterns = built->set->base->image.patterns;
  status.image_bytes = image.bytes();
  status.built_at_s = wall_s();
  return std::move(built->set);
}

// A delta alone where the data plane has its base, as far as we know; should we be wrong, both.
Result<void> Publisher::hand_over(const PublishedSet& set) {
  const Image& image = set.image();
  ImageParts parts{.base = set.base->image.file.get(), .delta = set.delta.image != nullptr ? set.delta.file.get() : -1};
  bool has_base;
  {
    const std::lock_guard lock(mutex_);
    has_base = handed_base_ == image.base_checksum() && image.has_delta();
    handed_base_ = 0;
  }
  auto handed = has_base ? link_.load_image(image.generation(), {.delta = parts.delta}) : link_.load_image(image.generation(), parts);
  if (!handed && has_base && link_.connected()) handed = link_.load_image(image.generation(), parts);
  const std::lock_guard lock(mutex_);
  if (handed) handed_base_ = image.base_checksum();
  return handed;
}

void Publisher::finish(PublishStatus status, std::shared_ptr<PublishedSet> set) {
  const std::lock_guard lock(mutex_);
  base_wanted_ = set != nullptr && status.changes > delta_changes_wanted_max;
  status_ = std::move(status);
  if (set != nullptr) current_ = std::move(set);
}

}  // namespace sekisho
