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

RelayedSessions::Choice RelayedSessions::choose(Bytes header) {
  const uint64_t name = name_of(header);
  const auto is_it = [&](const Target& target) { return target.last != 0 && target.name == name; };
  const auto is_older = [](const Target& a, const Target& b) { return a.last < b.last; };
  Target* target = std::find_if(std::begin(targets_), std::end(targets_), is_it);
  const bool is_new = target == std::end(targets_);
  if (is_new) target = std::min_element(std::begin(targets_), std::end(targets_), is_older);
  const bool replaces = is_new && target->last != 0;
  target->name = name;
  target->last = ++datagrams_;
  return {&sessions_[target - targets_], is_new, replaces};
}

}  // namespace sekisho
