// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/message_fields.h"

#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/decoded_url.h"
#include "dataplane/protocols/http1/doh.h"
#include "dataplane/protocols/http1/full_url.h"
#include "dataplane/protocols/http1/limits.h"
#include "dataplane/protocols/http1/start_line.h"
#include "dataplane/protocols/http2/header_block.h"

namespace sekisho::http2 {

namespace {

struct PseudoField {
  std::string_view name;
  Pseudo pseudo;
  bool of_request;
};
constexpr PseudoField pseudo_fields[] = {
    {":method", Pseudo::method, true}, {":scheme", Pseudo::scheme, true},     {":authority", Pseudo::authority, true},
    {":path", Pseudo::path, true},     {":protocol", Pseudo::protocol, true}, {":status", Pseudo::status, false},
};

// Of HTTP/1's connection (RFC 9113 8.2.2); passed on to an HTTP/1 server they frame its message.
constexpr std::string_view connection_fields[] = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"};

bool is_interim(std::string_view status) { return status.size() == 3 && status[0] == '1'; }

constexpr size_t status_digits = 3;
unsigned status_of(std::string_view text) {
  unsigned status = 0;
  if (text.size() != status_digits) return 0;
  for (const char c : text) {
    if (!http1::is_digit(static_cast<uint8_t>(c))) return 0;
    status = status * 10 + static_cast<unsigned>(c - '0');
  }
  return status;
}

}  // namespace

MessageFields::MessageFields(Sink& sink, TxId tx, Part part) : sink_(sink), tx_(tx), part_(part) {
  head_.direction = request() ? Direction::client_to_server : Direction::server_to_client;
}

bool MessageFields::read(HeaderTable& table, const HeaderBlock& block, FieldRoom& room) {
  BlockReader reader(table, block.bytes, room);
  DecodedField field;
  for (;;) {
    switch (reader.next(field)) {
      case BlockReader::Step::field: take(field, block.offset_of(field.at)); break;
      case BlockReader::Step::end: return true;
      case BlockReader::Step::broken:
        table.lose();
        return !block.whole;  // of a block that is cut, its last field is
    }
  }
}

void MessageFields::take(const DecodedField& field, uint64_t offset) {
  if (interim_) return;
  if (field.overflow || field.cut) report(Oddity::header_list_too_long, offset);
  if (!field.name_known || !field.value_known) report(Oddity::field_unread, offset);
  if (field.overflow || !field.name_known || !field.value_known) return;
  check_octets(field, offset);
  if (field.name.starts_with(':')) return take_pseudo(field, offset);
  regular_seen_ = true;
  if (++count_ > fields_max) report(http1::Oddity::too_many_fields, offset);
  if (part_ == Part::request_trailer || part_ == Part::response_trailer) return observe_line(field, offset);
  check_connection_field(field, offset);
  if (request() && equals_ignore_case(field.name, "host")) return take_host(field, offset);
  const http1::Observed observed = count_ <= fields_max ? http1::Observed::yes : http1::Observed::no;
  http1::read_field({field.line, field.name, field.value, offset, offset}, observed, {sink_, tx_, head_, unused_});
}

void MessageFields::observe_line(const DecodedField& field, uint64_t offset) {
  if (count_ <= fields_max)
    sink_.observe(tx_, request() ? Field::http_request_header : Field::http_response_header, as_bytes(field.line), offset);
}

// What HTTP/2 carries in a field and HTTP/1 cannot: whoever passes it on as it is makes two fields or two messages of one.
void MessageFields::check_octets(const DecodedField& field, uint64_t offset) {
  const std::string_view name = field.name.substr(field.name.starts_with(':') ? 1 : 0);
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) report(Oddity::name_uppercase, offset);
  if (!http1::is_token(name)) report(Oddity::name_invalid, offset);
  const bool splits = field.line.find_first_of(std::string_view("\r\n", 2)) != std::string_view::npos;
  const bool around = http1::trim_blanks(field.value).size() != field.value.size();
  if (splits || around || field.line.find('\0') != std::string_view::npos) report(Oddity::value_octets, offset);
  if (splits) report(request() ? http1::Oddity::smuggling : http1::Oddity::framing_ambiguous, offset);
}

void MessageFields::check_connection_field(const DecodedField& field, uint64_t offset) {
  const bool of_connection = std::any_of(std::begin(connection_fields), std::end(connection_fields),
                                         [&](std::string_view name) { return equals_ignore_case(name, field.name); });
  const bool odd_te = equals_ignore_case(field.name, "te") && !equals_ignore_case(field.value, "trailers");
  if (of_connection || odd_te) report(Oddity::connection_field, offset);
  if (request() && equals_ignore_case(field.name, "transfer-encoding")) report(http1::Oddity::smuggling, offset);
}

// ---- pseudo-header fields ----

void MessageFields::take_pseudo(const DecodedField& field, uint64_t offset) {
  const bool trailer = part_ == Part::request_trailer || part_ == Part::response_trailer;
  if (regular_seen_ || trailer) report(Oddity::pseudo_order, offset);
  const auto known = std::find_if(std::begin(pseudo_fields), std::end(pseudo_fields),
                                  [&](const PseudoField& entry) { return entry.name == field.name; });
  if (known == std::end(pseudo_fields) || known->of_request != request() || trailer) {
    report(Oddity::pseudo_unknown, offset);
    return observe_line(field, offset);
  }
  const bool again = seen(known->pseudo);
  if (again) report(Oddity::pseudo_repeated, offset);
  seen_ = static_cast<uint8_t>(seen_ | 1U << static_cast<unsigned>(known->pseudo));
  if (!again) pseudo_[static_cast<size_t>(known->pseudo)] = field.value;
  switch (known->pseudo) {
    case Pseudo::method: sink_.observe(tx_, Field::http_method, as_bytes(field.value), offset); break;
    case Pseudo::path:
      if (field.value.size() > http1::target_bytes_max) report(http1::Oddity::url_too_long, offset);
      sink_.observe(tx_, Field::http_url, as_bytes(field.value.substr(0, http1::target_bytes_max)), offset);
      http1::observe_decoded_url(field.value, tx_, offset, sink_);
      break;
    case Pseudo::authority: take_host(field, offset); break;
    case Pseudo::protocol: sink_.observe(tx_, Field::http_upgrade, as_bytes(field.value), offset); break;
    case Pseudo::status: interim_ = is_interim(field.value); break;
    default: break;
  }
}

// :authority and Host say the same thing (RFC 9113 8.3.1); where they do not, servers differ in which they take.
void MessageFields::take_host(const DecodedField& field, uint64_t offset) {
  const bool differs = head_.hosts != 0 && !http1::same_host(head_.host, field.value);
  if (differs) report(http1::Oddity::host_ambiguous, offset);
  if (head_.hosts++ == 0) head_.host = field.value;
  head_.last_host = field.value;
  head_.hosts_differ |= differs;
  if (head_.hosts == 1 || differs) sink_.observe(tx_, Field::http_host, as_bytes(field.value), offset);
  if (!field.name.starts_with(':')) observe_line(field, offset);
}

void MessageFields::need_pseudo(Pseudo pseudo, uint64_t offset) {
  if (!seen(pseudo)) report(Oddity::pseudo_missing, offset);
}

void MessageFields::finish_request(uint64_t offset) {
  http1::RequestLine line;
  line.valid = true;
  line.method = pseudo(Pseudo::method);
  line.target = pseudo(Pseudo::path);
  need_pseudo(Pseudo::method, offset);
  const bool connect = line.method == "CONNECT" && !seen(Pseudo::protocol);
  need_pseudo(connect ? Pseudo::authority : Pseudo::path, offset);
  if (!connect) need_pseudo(Pseudo::scheme, offset);
  if (connect) {
    line.form = http1::TargetForm::authority;
    line.target = line.target_host = head_.host;
    sink_.observe(tx_, Field::http_url, as_bytes(line.target), offset);
    sink_.observe(tx_, Field::http_target_host, as_bytes(line.target_host), offset);
  } else if (line.target == "*") {
    line.form = http1::TargetForm::asterisk;
  }
  sink_.observe_number(tx_, Field::http_target_form, static_cast<uint64_t>(line.form), offset);
  const bool blank = std::any_of(line.target.begin(), line.target.end(), [](char c) { return static_cast<uint8_t>(c) <= ' '; });
  const bool rootless = line.form == http1::TargetForm::origin && !line.target.starts_with('/');
  if (blank || rootless || (!line.method.empty() && !http1::is_token(line.method))) report(http1::Oddity::request_line_odd, offset);
  if (!head_.content_length_valid || head_.content_lengths_differ) report(http1::Oddity::smuggling, offset);
  http1::observe_full_url(line, head_, tx_, offset, sink_);
  http1::read_dns_query(line, tx_, offset, sink_);
}

unsigned MessageFields::finish_response(uint64_t offset) {
  const unsigned status = status_of(pseudo(Pseudo::status));
  need_pseudo(Pseudo::status, offset);
  if (status == 0 && seen(Pseudo::status)) report(Oddity::status_invalid, offset);
  head_.status = status;
  if (status != 0) sink_.observe_number(tx_, Field::http_status, status, offset);
  if (!head_.content_length_valid || head_.content_lengths_differ) report(http1::Oddity::framing_ambiguous, offset);
  return status;
}

}  // namespace sekisho::http2
