// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/relayed.h"

#include <algorithm>
#include <iterator>

namespace sekisho {

namespace {

// FNV-1a. Who finds two targets of one hash only mixes his own datagrams.
uint64_t name_of(Bytes header) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const uint8_t byte : header) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace

RelayedSessions::Choice RelayedSessions::take(Target& target) {
  target.last = ++datagrams_;
  return {&sessions_[&target - targets_], false, false};
}

RelayedSessions::Choice RelayedSessions::choose(Direction direction, Bytes header) {
  const uint64_t name = name_of(header);
  const uint16_t port = header.size() >= 2 ? load_be16(header.data() + header.size() - 2) : uint16_t{0};
  for (Target& target : targets_)
    if (target.last != 0 && target.name == name) return take(target);
  const auto is_older = [](const Target& a, const Target& b) { return a.last < b.last; };
  if (direction == Direction::server_to_client) {
    Target* newest = nullptr;
    for (Target& target : targets_)
      if (target.last != 0 && target.port == port && (newest == nullptr || is_older(*newest, target))) newest = &target;
    if (newest != nullptr) return take(*newest);
  }
  Target& oldest = *std::min_element(std::begin(targets_), std::end(targets_), is_older);
  const bool replaces = oldest.last != 0;
  oldest.name = name;
  oldest.port = port;
  Choice choice = take(oldest);
  choice.is_new = true;
  choice.replaces = replaces;
  return choice;
}

}  // namespace sekisho
