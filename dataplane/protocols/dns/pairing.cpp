// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/pairing.h"

#include "matchers/base/bytes.h"

namespace sekisho::dns {

// FNV-1a; who finds two questions of one number and hash on one flow confuses only his own latency.
Pairing::Key Pairing::key_of(uint16_t id, std::string_view name, uint16_t type) {
  constexpr uint32_t prime = 16777619;
  uint32_t hash = 2166136261U ^ type;
  for (const char c : name) hash = (hash ^ ascii_lower(static_cast<uint8_t>(c))) * prime;
  return {id, hash};
}

void Pairing::ask(const Key& key, uint64_t moment, bool expects) {
  Query* place = nullptr;
  for (Query& query : queries_) {
    if (query.waits && query.key == key) return;
    if (!query.waits && place == nullptr) place = &query;
  }
  if (place == nullptr) {
    place = &queries_[next_];
    next_ = (next_ + 1) % waiting_queries_max;
  }
  *place = {moment, key, true, expects};
}

bool Pairing::answer(const Key& key, uint64_t& asked) {
  for (Query& query : queries_) {
    if (!query.waits || query.key != key) continue;
    query.waits = false;
    asked = query.moment;
    return true;
  }
  return false;
}

unsigned Pairing::take_unanswered() {
  unsigned count = 0;
  for (Query& query : queries_) {
    count += query.waits && query.expects ? 1 : 0;
    query.waits = false;
  }
  return count;
}

}  // namespace sekisho::dns
