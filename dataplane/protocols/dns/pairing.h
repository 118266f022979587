// SPDX-License-Identifier: Apache-2.0
// Queries of one flow that wait for their answer: which answer belongs to which query, and what was never
// answered.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/observe/sink.h"
#include "dataplane/protocols/dns/limits.h"

namespace sekisho::dns {

class Pairing {
 public:
  // The same by number and question (RFC 5452 9.1), whatever the case of its letters.
  struct Key {
    uint16_t id = 0;
    uint32_t question = 0;
    bool operator==(const Key&) const = default;
  };
  static Key key_of(uint16_t id, std::string_view name, uint16_t type);

  // A query of this moment (Sink::moment). A repeated one keeps its first.
  // `expects`: it asks for recursion, so that a server owes an answer (multicast queries owe none).
  void ask(const Key& key, uint64_t moment, bool expects);
  // True where such a query waits; it no longer does.
  bool answer(const Key& key, uint64_t& asked);
  // Queries that were owed an answer and had none; forgets all.
  unsigned take_unanswered();

 private:
  struct Query {
    uint64_t moment = 0;
    Key key;
    bool waits = false;
    bool expects = false;
  };
  Query queries_[waiting_queries_max];
  uint32_t next_ = 0;  // the place that is given up next
};

}  // namespace sekisho::dns
