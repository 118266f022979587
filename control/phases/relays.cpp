// SPDX-License-Identifier: Apache-2.0
#include "control/phases/relays.h"

#include "control/phases/limits.h"

namespace sekisho {

namespace {

constexpr uint64_t second_ns = 1'000'000'000;
// A mail waits in queues; a name or a page is asked for at once.
constexpr uint64_t mail_window_ns = 3600 * second_ns, request_window_ns = 60 * second_ns;

uint64_t window_of(const std::string& key) { return key.starts_with("mail ") ? mail_window_ns : request_window_ns; }

std::string full_key(const std::string& key, const Address& relay) {
  return key + '\0' + std::string(relay.begin(), relay.end());
}

bool within(uint64_t a_ns, uint64_t b_ns, uint64_t window_ns) { return (a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns) <= window_ns; }

}  // namespace

void RelayJoins::remember(const std::string& key, const Address& relay, const Address& host, uint64_t wall_ns,
                          const std::function<void(const Sighting&)>& claim) {
  const std::string full = full_key(key, relay);
  requests_[full] = {host, wall_ns, ++turn_};
  order_.emplace_back(full, turn_);
  while (order_.size() > relay_requests_max) {
    const auto oldest = requests_.find(order_.front().first);
    if (oldest != requests_.end() && oldest->second.turn == order_.front().second) {
      requests_.erase(oldest);
      ++forgotten_;
    }
    order_.pop_front();
  }
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    if (entry->key != full || !within(entry->sighting.wall_ns, wall_ns, window_of(key))) {
      ++entry;
      continue;
    }
    claim(entry->sighting);
    entry = waiting_.erase(entry);
  }
}

std::optional<Address> RelayJoins::find(const std::string& key, const Address& relay, uint64_t wall_ns) const {
  if (key.empty()) return std::nullopt;
  const auto found = requests_.find(full_key(key, relay));
  if (found == requests_.end() || !within(found->second.wall_ns, wall_ns, window_of(key))) return std::nullopt;
  return found->second.host;
}

void RelayJoins::wait(const std::string& key, const Address& relay, Sighting sighting) {
  if (key.empty()) return;
  waiting_.push_back({full_key(key, relay), std::move(sighting)});
  if (waiting_.size() > relay_waiting_max) waiting_.pop_front();
}

}  // namespace sekisho
