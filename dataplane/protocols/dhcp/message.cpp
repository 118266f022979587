// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dhcp/message.h"

#include <algorithm>

#include "dataplane/protocols/dhcp/options.h"

namespace sekisho::dhcp {

namespace {

constexpr uint32_t cookie = 0x63825363;  // RFC 2132 2
constexpr uint8_t op_request = 1, op_reply = 2;
constexpr const char* oddity_names[] = {"dhcp.cut_option", "dhcp.bad_option", "dhcp.long_option",
                                        "dhcp.bad_hardware_address", "dhcp.odd_overload"};
static_assert(std::size(oddity_names) == static_cast<size_t>(Oddity::count));

struct AddressField {
  size_t at;
  Field field;
};
constexpr AddressField address_fields[] = {{at::client_ip, Field::dhcp_client_ip},
                                           {at::assigned_ip, Field::dhcp_assigned_ip},
                                           {at::next_server_ip, Field::dhcp_next_server_ip},
                                           {at::relay_ip, Field::dhcp_relay_ip}};

void observe_header(Bytes message, Sink& sink, TxId tx, Oddities& oddities) {
  sink.observe_number(tx, Field::dhcp_op, message[at::op], at::op);
  sink.observe_number(tx, Field::dhcp_id, load_be32(&message[at::id]), at::id);
  const size_t length = message[at::hardware_length];
  if (length > hardware_address_bytes_max) oddities.note(Oddity::bad_hardware_address);
  if (length != 0)
    sink.observe(tx, Field::dhcp_client_mac,
                 message.subspan(at::hardware_address, std::min(length, hardware_address_bytes_max)),
                 at::hardware_address);
  for (const AddressField& entry : address_fields)
    if (load_be32(&message[entry.at]) != 0)
      sink.observe(tx, entry.field, message.subspan(entry.at, 4), entry.at);
}

// The names of the header, where they are no options and no option says the same.
void observe_name(Bytes name, Field field, size_t at, Sink& sink, TxId tx) {
  name = name.first(static_cast<size_t>(std::find(name.begin(), name.end(), 0) - name.begin()));
  if (!name.empty()) sink.observe(tx, field, name, at);
}

}  // namespace

bool is_message(Bytes message) {
  return message.size() >= header_bytes + cookie_bytes &&
         (message[at::op] == op_request || message[at::op] == op_reply) &&
         load_be32(&message[header_bytes]) == cookie;
}

void report_message(Bytes message, Direction direction, Sink& sink) {
  constexpr uint8_t code_server_name = 66, code_file = 67;
  const TxId tx = sink.tx_begin(direction);
  Oddities oddities;
  observe_header(message, sink, tx, oddities);
  const Options options(message, oddities);
  observe_options(options, sink, tx, oddities);
  if (!options.server_name_is_options() && !options.has(code_server_name))
    observe_name(message.subspan(at::server_name, server_name_bytes), Field::dhcp_boot_server,
                 at::server_name, sink, tx);
  if (!options.file_is_options() && !options.has(code_file))
    observe_name(message.subspan(at::file, file_bytes), Field::dhcp_boot_file, at::file, sink, tx);
  for (size_t i = 0; i < std::size(oddity_names); ++i)
    if (oddities.has(static_cast<Oddity>(i))) sink.anomaly(tx, oddity_names[i], 0);
  sink.tx_end(tx, oddities.has(Oddity::cut_option) ? Completeness::incomplete : Completeness::complete);
}

}  // namespace sekisho::dhcp
