// SPDX-License-Identifier: Apache-2.0
// FeedReader: from the configuration to the set. What has not changed since the last time is not read again.
#pragma once

#include "control/feeds/file_identity.h"
#include "control/publish/indicator_set.h"
#include "control/standing/feed_standings.h"

namespace sekisho {

// Remembers each feed's last good content, so that a file that is gone or broken does not take its indicators with it; and what it was made
// of, so that an unchanged feed costs a look at its file's times. One thread at a time.
class FeedReader {
 public:
  // Feeds have the mode that `standings` says, where there is one; else as configured. `operator_content` may be null: none.
  IndicatorSet read(const Config& config, std::shared_ptr<const FeedContent> operator_content, int64_t now_s, FeedStandings* standings = nullptr);

  // Feeds whose files were read, of the last read(); the others were as before.
  size_t files_read() const { return files_read_; }

 private:
  struct Kept {
    FeedConfig feed;
    FileIdentities files;
    std::shared_ptr<const FeedContent> content;
    FeedMode mode;
    std::shared_ptr<const FeedPart> part;
  };

  Kept* find(std::string_view name);
  Result<Kept> read_or_keep(const FeedConfig& feed, int64_t now_s, FeedStandings* standings);
  std::shared_ptr<const FeedPart> part_of(Kept& kept, FeedMode mode, const Config& config, const Allowlist* allowlist, int64_t now_s) const;

  std::vector<Kept> kept_;
  Kept operator_;
  std::vector<RuleConfig> policy_;  // of the parts
  bool same_policy_ = false;
  AllowlistReader allowlist_;
  size_t files_read_ = 0;
};

}  // namespace sekisho
