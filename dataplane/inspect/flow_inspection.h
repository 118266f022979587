// SPDX-License-Identifier: Apache-2.0
// FlowInspection: what layer 7 keeps about one flow. One pool block, made when the flow first carries payload.
#pragma once

#include <cstdint>

#include "dataplane/flow/flow.h"
#include "dataplane/inspect/compounds.h"
#include "dataplane/inspect/expectations.h"
#include "dataplane/inspect/inner_stream.h"
#include "dataplane/inspect/transaction.h"
#include "matchers/indicator.h"

namespace sekisho {

struct Body;            // inspect/body.h
class RelayedSessions;  // inspect/relayed.h

struct FlowInspection : SpokenStream {
  Flow* flow = nullptr;
  Transaction* oldest = nullptr;   // open transactions, in the order they began
  Transaction* newest = nullptr;
  RelayedSessions* relayed = nullptr;  // of an association's datagrams
  Session* relayed_now = nullptr;  // the one of them that is running
  Body* bodies = nullptr;          // open bodies, newest first
  InnerStream* inner_streams = nullptr;
  MetTerms met_terms;
  uint64_t gap_bytes = 0;          // never delivered to the parsers
  uint64_t delivered[2] = {};      // bytes of each direction's stream that the parsers were offered
  uint64_t to_client_before = 0;   // of the server's, before the packet of this number
  uint64_t packet_number = 0;
  uint32_t last_tx = 0;
  uint32_t last_body = 0;
  InnerId last_inner = no_inner;
  uint32_t transactions_ended = 0;
  uint16_t open_transactions = 0;
  uint16_t open_bodies = 0;
  uint16_t open_inner_streams = 0;
  uint16_t sightings = 0;
  uint16_t anomalies = 0;
  uint8_t first_protocol = 0;      // the same of what the flow began with, in front of any hand-off
  Action verdict = Action::pass;   // the strongest carried out so far
  uint8_t announced_as = 0;        // the same of what another flow has announced this one as
  ExpectedUse announced_use = ExpectedUse::unknown;
  bool announcement_told = false;  // it has said what the flow is for
  bool has_begun = false;          // bytes have come
  uint8_t announcements = 0;       // of other flows, by this one; the last are in
  ExpectationPlace announced[flow_announcements_max];
  uint64_t announced_offset = 0;   // of the file in what this flow carries
  bool finished = false;           // the session has nothing left to learn
};

}  // namespace sekisho
