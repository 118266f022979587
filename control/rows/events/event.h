// SPDX-License-Identifier: Apache-2.0
// Events: the machine rows, in the names of Suricata 8's EVE. One file here per event type; what each writes is the tree of a row.
// Our own keys stand only in alert.metadata and alert.context.sekisho (and few that the corpora's SPEC marks as ours).
#pragma once

#include <span>
#include <string_view>

#include "control/phases/finding.h"
#include "control/drain/field_index.h"
#include "control/rows/row.h"

namespace sekisho {

enum class DnsVersion : uint8_t { v2, v3 };  // of EVE's dns object; older pipelines know 2 only

// What rows need besides the record. Views live as long as the rows made with them.
struct RowContext {
  std::span<const std::string_view> protocols;  // names by index: RecordEndpoints::app_protocol - 1
  std::string_view host_name;                   // of the sensor; empty = not printed
  DnsVersion dns_version = DnsVersion::v3;
  const Finding* finding = nullptr;             // what the phases say of this sighting; may be null
  std::string_view own_event;                   // the row more of a record from which control concludes something; empty: the record's own row
  std::string_view own_detail;                  // of that, in words; may be empty
};

// The event type that the record becomes; empty where there is no row for it.
std::string_view event_type_of(const FieldIndex& fields, const RowContext& context);
// Header and tree of the record's row. False where there is none; the row is then untouched.
bool event_row(const FieldIndex& fields, const RowContext& context, Row& row);

// Pieces shared by the events. Each writes nothing where the record holds nothing of it.
void http_object(const FieldIndex& fields, Row& row);
void dns_object(const FieldIndex& fields, DnsVersion version, std::string_view key, Row& row);
void tls_object(const FieldIndex& fields, Row& row);
void quic_object(const FieldIndex& fields, Row& row);
void websocket_object(const FieldIndex& fields, Row& row);
void ftp_object(const FieldIndex& fields, Row& row);  // and ftp_data
void socks_object(const FieldIndex& fields, Row& row);
void smtp_object(const FieldIndex& fields, Row& row);
void pop3_object(const FieldIndex& fields, Row& row);
void imap_object(const FieldIndex& fields, Row& row);
void email_object(const FieldIndex& fields, Row& row);
void fileinfo_object(const FieldIndex& fields, Row& row);
void dhcp_object(const FieldIndex& fields, Row& row);
void ssh_object(const FieldIndex& fields, Row& row);
void ntp_object(const FieldIndex& fields, Row& row);
void rdp_object(const FieldIndex& fields, Row& row);
void krb5_object(const FieldIndex& fields, Row& row);
void ldap_object(const FieldIndex& fields, Row& row);
void smb_object(const FieldIndex& fields, Row& row);
void flow_object(const FieldIndex& fields, Row& row);
void anomaly_object(const FieldIndex& fields, const RowContext& context, Row& row);
void own_event_object(const RowContext& context, Row& row);
void alert_object(const FieldIndex& fields, const RowContext& context, Row& row);
void stats_object(const FieldIndex& fields, Row& row);
void gap_object(const FieldIndex& fields, Row& row);

std::string_view app_protocol_name(const FieldIndex& fields, const RowContext& context);
// Of a row of this record: the same whenever the record is read again.
uint64_t row_id_of(const RecordHeader& header);
// The same; a row of control's own event has another id than the record's.
uint64_t row_id_of(const RecordHeader& header, const RowContext& context);
// Control's own events, named as anomalies are: a device that nobody knew, a feed that is in shadow because it stopped too much.
inline constexpr std::string_view new_device_event = "dhcp.new_device";
inline constexpr std::string_view feed_reverted_event = "feed.reverted";
// 32 bits of an indicator's id: EVE's signature ids are numbers that receivers keep in signed 32 bits.
uint32_t signature_id_of(uint64_t indicator_id);
std::string_view action_word(uint64_t verdict);  // "allowed" or "blocked"
// The action that a record holds as a number; one that there is not is told as the strongest.
std::string_view action_text(const FieldIndex& fields, Field field);

}  // namespace sekisho
