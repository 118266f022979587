// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/mail_fields.h"

#include "dataplane/content/mime/header_text.h"
#include "dataplane/content/mime/limits.h"

namespace sekisho::mime {

namespace {

using Handler = void (*)(Field, Bytes, MailCounts&, const MailOutput&);

void on_text(Field field, Bytes value, MailCounts&, const MailOutput& out) {
  uint8_t text[field_bytes_max];
  out.sink->observe(out.tx, field, {text, decode_header_text(value, text)}, out.offset);
}

void on_raw(Field field, Bytes value, MailCounts&, const MailOutput& out) {
  out.sink->observe(out.tx, field, value, out.offset);
}

void on_received(Field field, Bytes value, MailCounts& counts, const MailOutput& out) {
  if (++counts.received <= received_max) on_raw(field, value, counts, out);
}

// One mailbox: "Name <local@domain>", the name decoded.
void on_mailbox(Field field, Bytes mailbox, MailCounts& counts, const MailOutput& out) {
  mailbox = trim(mailbox);
  if (mailbox.empty()) return;
  if (++counts.addresses <= addresses_max) return on_text(field, mailbox, counts, out);
  if (!counts.addresses_told) anomaly(out, "mime.too_many_addresses");
  counts.addresses_told = true;
}

// RFC 5322 3.4: mailboxes with commas between them, groups ("name: mailboxes;") opened. A piece without an @ is the start of a
// name that was not quoted ("Doe, John <a@b>") and goes with the next one. Encoded words are decoded after the split: commas in
// them are text.
void on_mailboxes(Field field, Bytes value, MailCounts& counts, const MailOutput& out) {
  size_t from = 0, comments = 0;
  bool quoted = false, angle = false, address = false;
  for (size_t i = 0; i < value.size(); ++i) {
    const uint8_t c = value[i];
    if ((quoted || comments != 0) && c == '\\') {
      ++i;
    } else if (c == '"' && comments == 0) {
      quoted = !quoted;
    } else if (quoted) {
      continue;
    } else if (c == '(' || (c == ')' && comments != 0)) {
      comments += c == '(' ? 1 : size_t{0} - 1;
    } else if (comments != 0) {
      continue;
    } else if (c == '<' || c == '>') {
      angle = c == '<';
    } else if (c == '@') {
      address = true;
    } else if (c == ':' && !angle && !address) {
      from = i + 1;  // the group's name
    } else if ((c == ',' && !angle && address) || (c == ';' && !angle)) {
      on_mailbox(field, value.subspan(from, i - from), counts, out);
      from = i + 1;
      address = false;
    }
  }
  // An open quote or comment hides what follows: then the rest is one value, as it stands.
  if (from < value.size()) on_mailbox(field, value.subspan(from), counts, out);
}

struct MailField {
  std::string_view name;
  Field field;
  Handler handler;
};
constexpr MailField mail_fields[] = {
    {"From", Field::email_from, on_mailboxes},       {"To", Field::email_to, on_mailboxes},
    {"Cc", Field::email_cc, on_mailboxes},           {"Reply-To", Field::email_reply_to, on_mailboxes},
    {"Subject", Field::email_subject, on_text},      {"Date", Field::email_date, on_raw},
    {"Message-ID", Field::email_message_id, on_raw}, {"X-Mailer", Field::email_x_mailer, on_text},
    {"User-Agent", Field::email_x_mailer, on_text},  {"Received", Field::email_received, on_received},
};

}  // namespace

void observe_mail_field(Bytes name, Bytes value, MailCounts& counts, const MailOutput& out) {
  for (const MailField& entry : mail_fields) {
    if (!equals_ignore_case(entry.name, as_text(name))) continue;
    if (out.sink->wants(entry.field)) entry.handler(entry.field, value, counts, out);
    return;
  }
}

}  // namespace sekisho::mime
