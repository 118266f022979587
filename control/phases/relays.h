// SPDX-License-Identifier: Apache-2.0
// Who is behind a relay. An inside host's request to a relay and the relay's own request outward have something in common: name and
// type of a DNS question, the target of a web request, a mail's Message-ID. Requests are remembered for a while by that key.
//
// The two legs' records may come in either order (a web request's record is written when its answer ends): a sighting whose inside leg
// is not known yet waits, and is claimed by it when it comes.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "control/catalogue/log_item.h"
#include "control/phases/sighting.h"

namespace sekisho {

class RelayJoins {
 public:
  // An inside host asked a relay. Calls `claim` for every waiting sighting that this explains.
  void remember(const std::string& key, const Address& relay, const Address& host, uint64_t wall_ns,
                const std::function<void(const Sighting&)>& claim);
  // The inside host that asked the relay for the key last, no longer ago than the key's window; nothing where nobody did.
  std::optional<Address> find(const std::string& key, const Address& relay, uint64_t wall_ns) const;
  // A sighting on the relay's outside leg that nobody explains yet.
  void wait(const std::string& key, const Address& relay, Sighting sighting);

  uint64_t forgotten() const { return forgotten_; }

 private:
  struct Request {
    Address host;
    uint64_t wall_ns;
    uint64_t turn;  // of the order queue: an older entry there is stale
  };
  struct WaitingEntry {
    std::string key;
    Sighting sighting;
  };

  std::unordered_map<std::string, Request> requests_;
  std::deque<std::pair<std::string, uint64_t>> order_;
  std::deque<WaitingEntry> waiting_;
  uint64_t turn_ = 0;
  uint64_t forgotten_ = 0;
};

}  // namespace sekisho
