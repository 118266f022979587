// SPDX-License-Identifier: Apache-2.0
// tls: one row per connection with a hello of either side. quic: one per hello in Initial packets.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

void put_ja3(Row& row, std::string_view key, const FieldIndex& fields, Field hash, Field string) {
  if (!fields.has(hash)) return;
  row.object(key);
  put_text(row, "hash", fields, hash);
  put_text(row, "string", fields, string);
  row.end();
}

void put_seconds(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (!fields.has(field)) return;
  const auto seconds = static_cast<int64_t>(fields.number(field));
  row.text(key, built(row, [&](std::string& out) { append_utc_seconds(out, seconds); }));
}

void put_certificate(const FieldIndex& fields, Row& row) {
  put_text(row, "subject", fields, Field::tls_subject);
  put_text(row, "issuerdn", fields, Field::tls_issuer);
  put_text(row, "serial", fields, Field::tls_serial);
  put_hex(row, "fingerprint", fields, Field::tls_fingerprint_sha1, ":");
  put_seconds(row, "notbefore", fields, Field::tls_not_before);
  put_seconds(row, "notafter", fields, Field::tls_not_after);
  put_list(row, "subjectaltname", fields, Field::tls_san);
  if (!fields.has(Field::tls_chain_sha1)) return;
  row.array("chain_sha1");
  fields.each(Field::tls_chain_sha1,
              [&](const RecordField& entry) { row.text({}, hex_text(row, fields.record().value(entry))); });
  row.end();
}

std::string_view version_text(Row& row, uint64_t version) {
  return built(row, [&](std::string& out) { append_tls_version(out, version); });
}

// A field of two-byte numbers as an array.
void put_numbers(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  if (!fields.has(field)) return;
  const Bytes bytes = fields.bytes(field);
  row.array(key);
  for (size_t at = 0; at + 2 <= bytes.size(); at += 2) row.number({}, load_be16(&bytes[at]));
  row.end();
}

void put_client_handshake(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::tls_client_version)) return;
  row.object("client_handshake");
  row.text("version", version_text(row, fields.number(Field::tls_client_version)));
  put_numbers(row, "ciphers", fields, Field::tls_client_ciphers);
  put_numbers(row, "exts", fields, Field::tls_client_extensions);
  put_numbers(row, "sig_algs", fields, Field::tls_client_signature_algorithms);
  put_numbers(row, "groups", fields, Field::tls_client_groups);
  row.end();
}

void put_server_handshake(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::tls_cipher)) return;
  row.object("server_handshake");
  if (fields.has(Field::tls_version))
    row.text("version", version_text(row, fields.number(Field::tls_version)));
  put_number(row, "cipher", fields, Field::tls_cipher);
  put_numbers(row, "exts", fields, Field::tls_server_extensions);
  put_number(row, "group", fields, Field::tls_group);
  row.end();
}

constexpr struct {
  uint64_t bit;
  std::string_view name;
} resumptions[] = {{1, "session_id"}, {2, "ticket"}, {4, "psk"}, {8, "early_data"}};

void put_resumption(const FieldIndex& fields, Row& row) {
  const uint64_t offered = fields.number(Field::tls_resumption_offered);
  if (offered == 0) return;
  row.array("resumption_offered");
  for (const auto& way : resumptions)
    if ((offered & way.bit) != 0) row.text({}, way.name);
  row.end();
}

}  // namespace

void tls_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::tls_sni)) return;
  row.object("tls");
  if (fields.number(Field::tls_session_resumed) != 0) row.yes_no("session_resumed", 1);
  put_certificate(fields, row);
  put_text(row, "sni", fields, Field::tls_sni);
  const Field version = fields.has(Field::tls_version) ? Field::tls_version : Field::tls_client_version;
  if (fields.has(version)) row.text("version", version_text(row, fields.number(version)));
  put_ja3(row, "ja3", fields, Field::tls_ja3, Field::tls_ja3_string);
  put_ja3(row, "ja3s", fields, Field::tls_ja3s, Field::tls_ja3s_string);
  put_text(row, "ja4", fields, Field::tls_ja4);
  put_list(row, "client_alpns", fields, Field::tls_client_alpn);
  if (fields.has(Field::tls_server_alpn)) row.one("server_alpns", fields.text(Field::tls_server_alpn));
  if (fields.number(Field::tls_ech) != 0) row.yes_no("ech", 1);
  put_client_handshake(fields, row);
  put_server_handshake(fields, row);
  put_resumption(fields, row);
  row.end();
}

void quic_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::quic_sni)) return;
  row.object("quic");
  if (fields.has(Field::quic_version))
    row.text("version", built(row, [&](std::string& out) {
               append_quic_version(out, fields.number(Field::quic_version));
             }));
  put_text(row, "sni", fields, Field::quic_sni);
  put_ja3(row, "ja3", fields, Field::quic_ja3, Field::quic_ja3_string);
  put_text(row, "ja4", fields, Field::quic_ja4);
  put_list(row, "client_alpns", fields, Field::quic_client_alpn);
  if (fields.number(Field::quic_ech) != 0) row.yes_no("ech", 1);
  row.end();
}

}  // namespace sekisho
