// SPDX-License-Identifier: Apache-2.0
// FeedStandings: what each feed has met, and its mode in force: as configured, unless a trial is over, its ceiling was broken, or the operator
// said otherwise. What was broken or said outlives the process; counts begin with it.
//
// Thread-safety: all functions from any thread; one lock.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/drain/field_index.h"
#include "matchers/base/result.h"

namespace sekisho {

struct FeedStanding {
  std::string name;
  FeedMode configured = FeedMode::enforce;
  FeedMode mode = FeedMode::enforce;  // in force
  uint64_t promote_after_s = 0;       // 0 = no trial
  uint64_t per_minute_max = 0;        // 0 = no ceiling
  int64_t since_s = 0;                // its first good content, seconds since 1970; 0 = none yet
  int64_t promoted_s = 0;             // by the operator; 0 = not
  int64_t reverted_s = 0;             // by the ceiling or the operator; 0 = not
  uint64_t serial = 0;                // the highest that its signatures had; 0 = none
  uint64_t hits = 0;                  // sightings, folded ones each
  uint64_t stopped = 0;               // of them, on the wire
  uint64_t would_stop = 0;            // of them, had the feed not been in shadow
  uint64_t last_hit_ns = 0;           // since 1970; 0 = none
};

class FeedStandings {
 public:
  // What an earlier process wrote in `file`, which may be absent. A file that is not ours is an error.
  Result<void> load(const std::string& file);
  // The same; what changes from now on is written there.
  Result<void> open(std::string file);
  // The feeds from now on. One whose configured mode has changed forgets what was broken or said.
  void configure(const std::vector<FeedConfig>& feeds);

  // A feed's content was read; the first time begins its trial.
  void loaded(std::string_view name, int64_t now_s);
  // A signed content that says its serial. False: a higher one was taken before, by this process or an earlier one.
  bool take_serial(std::string_view name, uint64_t serial);
  // Of a feed that is not configured (the operator's own indicators): enforce.
  FeedMode mode(std::string_view name, int64_t now_s) const;
  // Whether some feed's mode is another than at the last call: a new set is due.
  bool take_change(int64_t now_s);

  // Counts a sighting. In words, where it breaks its feed's ceiling, which is then in shadow.
  std::optional<std::string> consider(const FieldIndex& fields);

  // As the operator says. An error: no such feed, or the state cannot be stored (it is in force all the same).
  Result<void> promote(std::string_view name, int64_t now_s);
  Result<void> demote(std::string_view name, int64_t now_s);

  std::vector<FeedStanding> list(int64_t now_s) const;

 private:
  struct Feed : FeedStanding {
    uint64_t minute = 0;          // since 1970, of the window that is being counted
    uint64_t in_minute = 0;
    FeedMode told = FeedMode::enforce;  // at the last take_change()
  };

  static FeedMode effective(const Feed& feed, int64_t now_s);
  Feed* find(std::string_view name);
  const Feed* find(std::string_view name) const;
  bool breaks_ceiling(Feed& feed, uint64_t wall_ns, uint64_t count) const;
  Result<void> say(std::string_view name, int64_t promoted_s, int64_t reverted_s);
  Result<void> store() const;

  mutable std::mutex mutex_;
  std::string file_;
  std::vector<Feed> feeds_;
  std::vector<Feed> remembered_;  // of the file, until configure() finds their feeds
};

}  // namespace sekisho
