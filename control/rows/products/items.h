// SPDX-License-Identifier: Apache-2.0
// Values of items that several products have.
#pragma once

#include "control/rows/products/product.h"

namespace sekisho {

// The five-tuple's items of a product, in the catalogue's names.
struct EndpointItems {
  LogItem src_ip, src_port, dst_ip, dst_port;
};
enum class Sender : uint8_t { client, server };  // which side is the source
void put_endpoints(const FieldIndex& fields, const EndpointItems& items, Sender sender, Row& row);

// What NGFW and IPS both tell of a session.
struct SessionItems {
  LogItem bytes, packets, protocol, duration, user, url, file_name, threat;
};
void put_session(const FieldIndex& fields, const RowContext& context, const SessionItems& items, Row& row);

void put_item(const FieldIndex& fields, LogItem item, Field field, Row& row);
void put_items(const FieldIndex& fields, LogItem item, Field list, Row& row);  // at most flat_list_count_max
void put_url(const FieldIndex& fields, LogItem item, Row& row);
void put_transaction_duration(const FieldIndex& fields, LogItem item, Row& row);
std::string_view client_address(const FieldIndex& fields, Row& row);
std::string_view server_address(const FieldIndex& fields, Row& row);
// The mail server's name, which opens its greeting (RFC 5321 4.2).
std::string_view greeting_name(const FieldIndex& fields);
// "domain indicator evil.test (acme)".
std::string_view threat_text(const FieldIndex& fields, Row& row);
bool is_request_to_proxy(const FieldIndex& fields, const Site& site);
bool is_type(const FieldIndex& fields, RecordType type);
bool is_sighting(const FieldIndex& fields);

}  // namespace sekisho
