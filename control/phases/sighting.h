// SPDX-License-Identifier: Apache-2.0
// Sighting: what the rules ask about a record. Read once from the record; outlives it.
#pragma once

#include <string>
#include <string_view>

#include "control/drain/field_index.h"
#include "control/phases/site.h"

namespace sekisho {

enum class FileClass : uint8_t { none, executable, script, archive, document, other };
enum class BytesTo : uint8_t { server, client };  // whom the deciding bytes go to

struct Sighting {
  uint64_t wall_ns = 0;
  uint64_t flow_id = 0;
  Address client{}, server{};
  Zone client_zone = Zone::outside, server_zone = Zone::outside;
  uint16_t server_port = 0;
  BytesTo toward = BytesTo::server;
  Kind kind = Kind::domain;
  std::string_view field;        // "http.host"; static text
  std::string method;            // of the request; empty = none
  std::string destination;       // the name that the client asked for; its server's address where there is no name
  std::string relay_key;         // what a relay's two legs have in common; empty = nothing
  FileClass file_class = FileClass::none;
  uint64_t bytes_out = 0;        // toward the server, as far as the record tells
  uint8_t confidence = 0;        // of the indicator
  uint8_t phase_hint = 0;        // of the indicator; index into the sub-phases
  uint8_t route_hint = 0;
};

// Of any record with endpoints; the indicator's members stay zero where it is no sighting.
Sighting read_sighting(const FieldIndex& fields, const Site& site);

// By the detected type, else by the name's ending.
FileClass file_class_of(std::string_view type, std::string_view name);
// "executable"; false where there is no such class.
bool file_class_from_name(std::string_view name, FileClass& file_class);

}  // namespace sekisho
