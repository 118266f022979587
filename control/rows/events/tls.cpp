// SPDX-License-Identifier: Apache-2.0
// tls: one row per connection with a hello of either side.
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

}  // namespace

void tls_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::tls_sni)) return;
  row.object("tls");
  if (fields.number(Field::tls_session_resumed) != 0) row.yes_no("session_resumed", 1);
  put_certificate(fields, row);
  put_text(row, "sni", fields, Field::tls_sni);
  const Field version = fields.has(Field::tls_version) ? Field::tls_version : Field::tls_client_version;
  if (fields.has(version))
    row.text("version", built(row, [&](std::string& out) { append_tls_version(out, fields.number(version)); }));
  put_ja3(row, "ja3", fields, Field::tls_ja3, Field::tls_ja3_string);
  put_ja3(row, "ja3s", fields, Field::tls_ja3s, Field::tls_ja3s_string);
  put_text(row, "ja4", fields, Field::tls_ja4);
  put_list(row, "client_alpns", fields, Field::tls_client_alpn);
  if (fields.has(Field::tls_server_alpn)) row.one("server_alpns", fields.text(Field::tls_server_alpn));
  if (fields.number(Field::tls_ech) != 0) row.yes_no("ech", 1);
  row.end();
}

}  // namespace sekisho
