// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/header_fields.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/credentials.h"
#include "dataplane/protocols/http1/forwarded.h"
#include "dataplane/protocols/http1/scan.h"
#include "dataplane/protocols/http1/start_line.h"

namespace sekisho::http1 {

namespace {

void report(const FieldContext& context, Oddity oddity, uint64_t offset) {
  context.head.oddities.report(context.sink, context.tx, oddity, offset);
}

// White space that only some receivers skip (RFC 9112 2.2 knows blanks alone): to the others the value is another.
bool has_loose_space(const HeaderField& field) {
  return field.line.find_first_of(std::string_view("\v\f\r\0", 4)) != std::string_view::npos;
}

// ---- what single fields mean ----

void note_content_length(const HeaderField& field, const FieldContext& context) {
  Head& head = context.head;
  if (has_loose_space(field)) {
    head.length_odd = true;
    report(context, Oddity::content_length_invalid, field.value_offset);
  }
  std::string_view list = field.value;
  do {  // "5, 5" is two of them (RFC 9110 8.6)
    const std::string_view text = next_element(list);
    uint64_t length = 0;
    bool valid = !text.empty() && text.size() <= 18;
    for (const char c : text) {
      valid = valid && is_digit(static_cast<uint8_t>(c));
      length = length * 10 + static_cast<uint64_t>(c - '0');
    }
    if (!valid) {
      head.content_length_valid = false;
      report(context, Oddity::content_length_invalid, field.value_offset);
    } else if (head.content_lengths == 0) {
      head.content_length = length;
    } else {
      head.content_lengths_differ |= head.content_length != length;
      report(context, Oddity::content_length_repeated, field.value_offset);
    }
    if (valid) head.last_content_length = length;
    ++head.content_lengths;
  } while (!list.empty());
  if (!head.content_length_valid || head.content_lengths_differ) return;
  const bool request = head.direction == Direction::client_to_server;
  context.sink.observe_number(context.tx,
                              request ? Field::http_request_content_length : Field::http_content_length,
                              head.content_length, field.value_offset);
}

struct NamedCoding {
  std::string_view name;
  ContentEncoding coding;
};
constexpr NamedCoding named_codings[] = {{"gzip", ContentEncoding::gzip},
                                         {"x-gzip", ContentEncoding::gzip},
                                         {"deflate", ContentEncoding::deflate},
                                         {"br", ContentEncoding::brotli},
                                         {"zstd", ContentEncoding::zstd},
                                         {"compress", ContentEncoding::compress},
                                         {"x-compress", ContentEncoding::compress},
                                         {"identity", ContentEncoding::identity},
                                         {"", ContentEncoding::identity}};

// Misspelled names are decoded too: the decoder looks at the content and passes on what is not coded.
ContentEncoding coding_of(std::string_view name, bool& odd) {
  for (const NamedCoding& known : named_codings)
    if (equals_ignore_case(name, known.name)) return known.coding;
  odd = true;
  if (contains_ignore_case(name, "gzip")) return ContentEncoding::gzip;
  if (contains_ignore_case(name, "deflate")) return ContentEncoding::deflate;
  return ContentEncoding::unknown;
}

void note_content_encoding(const HeaderField& field, const FieldContext& context) {
  std::string_view list = field.value;
  bool odd = false;
  do context.head.content_codings.add(coding_of(next_element(list), odd));
  while (!list.empty());
  if (odd) report(context, Oddity::content_encoding_odd, field.value_offset);
}

void note_transfer_encoding(const HeaderField& field, const FieldContext& context) {
  Head& head = context.head;
  ++head.transfer_encodings;
  std::string_view list = field.value;
  bool odd = has_loose_space(field);
  head.length_odd |= odd;
  odd |= field.value.ends_with(',');  // an empty element: skipped (RFC 9110 5.6.1), or another coding
  do {
    const std::string_view whole = next_element(list);
    const std::string_view name = trim_loosely(whole.substr(0, whole.find(';')));
    odd |= name.size() != whole.size();
    const bool chunked = contains_ignore_case(name, "chunked");
    odd |= head.chunked;  // a coding after chunked, or chunked twice
    head.chunked_well = equals_ignore_case(name, "chunked") && !head.chunked;
    head.chunked |= chunked;
    if (chunked) continue;
    odd |= equals_ignore_case(name, "identity");
    head.transfer_codings.add(coding_of(name, odd));
  } while (!list.empty());
  if (odd || head.transfer_encodings > 1 || (head.chunked && !head.chunked_well))
    report(context, Oddity::transfer_encoding_odd, field.value_offset);
}

void note_host(const HeaderField& field, const FieldContext& context) {
  Head& head = context.head;
  head.last_host = field.value;
  if (head.hosts++ == 0) {
    head.host = field.value;
    return;
  }
  head.hosts_differ |= head.host != field.value;
  report(context, Oddity::host_ambiguous, field.value_offset);
}

void note_connection(const HeaderField& field, const FieldContext& context) {
  std::string_view list = field.value;
  do context.head.connection_upgrade |= equals_ignore_case(next_element(list), "upgrade");
  while (!list.empty());
}

void note_expect(const HeaderField& field, const FieldContext& context) {
  context.head.expect_continue = equals_ignore_case(field.value, "100-continue");
}
void note_upgrade(const HeaderField& field, const FieldContext& context) {
  context.head.upgrade = field.value;
}
void note_content_type(const HeaderField& field, const FieldContext& context) {
  if (context.head.content_type.empty()) context.head.content_type = field.value;
}
void note_content_disposition(const HeaderField& field, const FieldContext& context) {
  if (context.head.content_disposition.empty()) context.head.content_disposition = field.value;
}
void note_authorization(const HeaderField& field, const FieldContext& context) {
  read_credentials(field.value, field.value_offset, context.tx,
                   {Field::http_auth_scheme, Field::http_auth_user}, context.sink);
}
void note_proxy_authorization(const HeaderField& field, const FieldContext& context) {
  read_credentials(field.value, field.value_offset, context.tx,
                   {Field::http_proxy_auth_scheme, Field::http_proxy_user}, context.sink);
}

void note_challenge(const HeaderField& field, const FieldContext& context) {
  read_challenges(field.value, field.value_offset, context.tx, context.sink);
}
void note_content_range(const HeaderField& field, const FieldContext& context) {
  if (context.head.content_range.empty()) context.head.content_range = field.value;
}
void note_forwarded_for(const HeaderField& field, const FieldContext& context) {
  if (context.head.direction == Direction::client_to_server)
    read_forwarded_for(field.value, field.value_offset, context.tx, context.sink);
}
void note_forwarded(const HeaderField& field, const FieldContext& context) {
  if (context.head.direction == Direction::client_to_server)
    read_forwarded(field.value, field.value_offset, context.tx, context.sink);
}

// ---- the fields that are more than a line ----

using Note = void (*)(const HeaderField&, const FieldContext&);
constexpr Field none = Field::http_request_header;  // not observed under a name of its own
struct SpecialField {
  std::string_view name;
  Field in_request;
  Field in_response;
  Note note;
};
constexpr SpecialField special_fields[] = {
    {"host", Field::http_host, none, note_host},
    {"user-agent", Field::http_user_agent, none, nullptr},
    {"referer", Field::http_referer, none, nullptr},
    {"cookie", Field::http_cookie, none, nullptr},
    {"x-forwarded-for", Field::http_xff, none, note_forwarded_for},
    {"forwarded", Field::http_xff, none, note_forwarded},
    {"x-real-ip", none, none, note_forwarded_for},
    {"true-client-ip", none, none, note_forwarded_for},
    {"cf-connecting-ip", none, none, note_forwarded_for},
    {"www-authenticate", none, none, note_challenge},
    {"proxy-authenticate", none, none, note_challenge},
    {"authorization", none, none, note_authorization},
    {"proxy-authorization", none, none, note_proxy_authorization},
    {"upgrade", Field::http_upgrade, none, note_upgrade},
    {"connection", none, none, note_connection},
    {"expect", none, none, note_expect},
    {"content-type", Field::http_request_content_type, Field::http_content_type, note_content_type},
    {"content-length", none, none, note_content_length},
    {"content-encoding", none, Field::http_content_encoding, note_content_encoding},
    {"content-disposition", none, Field::http_content_disposition, note_content_disposition},
    {"content-range", none, Field::http_content_range, note_content_range},
    {"transfer-encoding", none, none, note_transfer_encoding},
    {"location", none, Field::http_location, nullptr},
    {"server", none, Field::http_server, nullptr},
    {"set-cookie", none, Field::http_set_cookie, nullptr},
};

// Where a name stands in a table of `slot_count`: by its length, first and last letter.
constexpr size_t slot_count = 128;
constexpr size_t slot_of(std::string_view name, unsigned factor) {
  const unsigned first = static_cast<uint8_t>(name.front()) | 0x20U,
                 last = static_cast<uint8_t>(name.back()) | 0x20U;
  return ((static_cast<unsigned>(name.size()) * 8191U + first * 131U + last) * factor >> 16) % slot_count;
}
// The first factor by which no two of the special fields meet.
constexpr unsigned slot_factor = [] {
  for (unsigned factor = 40503;; factor += 2) {
    std::array<bool, slot_count> taken{};
    bool alone = true;
    for (const SpecialField& field : special_fields)
      alone = alone && !std::exchange(taken[slot_of(field.name, factor)], true);
    if (alone) return factor;
  }
}();
constexpr auto special_slots = [] {
  std::array<uint8_t, slot_count> slots{};  // index + 1
  for (size_t i = 0; i < std::size(special_fields); ++i)
    slots[slot_of(special_fields[i].name, slot_factor)] = static_cast<uint8_t>(i + 1);
  return slots;
}();

const SpecialField* find_special(std::string_view name) {
  if (name.empty()) return nullptr;
  const uint8_t slot = special_slots[slot_of(name, slot_factor)];
  if (slot == 0 || !equals_ignore_case(special_fields[slot - 1].name, name)) return nullptr;
  return &special_fields[slot - 1];
}

// ---- lines ----

void trim_name(HeaderField& field, uint64_t offset, const FieldContext& context) {
  const std::string_view name = field.name;
  field.name = trim_loosely(name);
  if (!name.empty() && field.name.size() != name.size()) report(context, Oddity::space_before_colon, offset);
  if (!is_token(field.name)) report(context, Oddity::field_odd, offset);
}

// Splits a line at its colon. White space around the parts goes, also such as only some receivers skip.
HeaderField split_field(const Line& line, uint64_t offset, const FieldContext& context) {
  HeaderField field;
  const std::string_view text = line.text;
  field.line = text;
  field.line_offset = field.value_offset = offset;
  if (line.controls) {
    if (text.find('\0') != std::string_view::npos) report(context, Oddity::nul, offset);
    if (text.find('\r') != std::string_view::npos) report(context, Oddity::bare_cr, offset);
  }
  if (line.colon == std::string_view::npos) {
    report(context, Oddity::field_odd, offset);
    field.name = trim_loosely(text);
    return field;
  }
  field.name = text.substr(0, line.colon);
  if (!is_token_in(text, line.colon)) trim_name(field, offset, context);
  field.value = trim_loosely(text.substr(line.colon + 1));
  if (!field.value.empty())
    field.value_offset = offset + static_cast<uint64_t>(field.value.data() - text.data());
  return field;
}

bool is_continuation(std::string_view fields, size_t at) {
  return at < fields.size() && is_blank(static_cast<uint8_t>(fields[at]));
}

void append(FieldScratch& scratch, std::string_view text, const FieldContext& context, uint64_t offset) {
  const size_t room = scratch.bytes.size() - scratch.used;
  if (text.size() > room) report(context, Oddity::fold_too_long, offset);
  const size_t most = std::min(room, text.size());
  if (most != 0) std::memcpy(scratch.bytes.data() + scratch.used, text.data(), most);
  scratch.used += most;
}

// Joins the continuation lines after `line` to it, each by one SP (RFC 9112 5.2). Linear: each byte is copied
// once.
Line unfold(std::string_view fields, Line line, uint64_t offset, const FieldContext& context) {
  FieldScratch& scratch = context.scratch;
  const size_t start = scratch.used;
  report(context, Oddity::folded, offset);
  append(scratch, line.text, context, offset);
  while (is_continuation(fields, line.next)) {
    const Line more = line_at(fields, line.next);
    append(scratch, " ", context, offset);
    append(scratch, trim_blanks(more.text), context, offset);
    line.next = more.next;
    line.bare_lf |= more.bare_lf;
  }
  line.text = as_text(Bytes(scratch.bytes).subspan(start, scratch.used - start));
  line.colon = line.text.find(':');
  line.controls = true;  // or not: it is looked for in the line
  return line;
}

}  // namespace

void Codings::add(ContentEncoding coding) {
  if (coding == ContentEncoding::identity) return;
  if (count < body_encodings_max) {
    list[count] = coding;
  } else {
    list[body_encodings_max - 1] = ContentEncoding::unknown;
  }
  ++count;
}

void read_field(const HeaderField& field, Observed observed, const FieldContext& context) {
  const bool request = context.head.direction == Direction::client_to_server;
  const SpecialField* special = find_special(field.name);
  if (special != nullptr && special->note != nullptr) special->note(field, context);
  if (observed == Observed::no) return;
  if (special != nullptr) {
    const Field named = request ? special->in_request : special->in_response;
    if (named != none) context.sink.observe(context.tx, named, as_bytes(field.value), field.value_offset);
  }
  context.sink.observe(context.tx, request ? Field::http_request_header : Field::http_response_header,
                       as_bytes(field.line), field.line_offset);
}

void read_fields(Bytes bytes, uint64_t offset, FieldContext context) {
  const std::string_view fields = as_text(bytes);
  unsigned count = 0;
  for (Lines lines(fields); !lines.at_end();) {
    const size_t at = lines.at();
    Line line = lines.next();
    if (line.bare_lf) report(context, Oddity::bare_lf, offset + at);
    if (line.text.empty()) return;
    if (is_blank(static_cast<uint8_t>(line.text[0]))) report(context, Oddity::field_odd, offset + at);
    if (is_continuation(fields, line.next)) {
      line = unfold(fields, line, offset + at, context);
      lines.skip_to(line.next);
    }
    if (++count > fields_max) report(context, Oddity::too_many_fields, offset + at);
    const Observed observed = count <= fields_max ? Observed::yes : Observed::no;
    read_field(split_field(line, offset + at, context), observed, context);
  }
}

void read_lines(Bytes bytes, uint64_t offset, FieldContext context) {
  const std::string_view fields = as_text(bytes);
  unsigned count = 0;
  for (size_t at = 0; at < fields.size() && count < fields_max; ++count) {
    const Line line = line_at(fields, at);
    if (line.text.empty()) return;
    read_trailer_line(as_bytes(line.text), offset + at, context);
    at = line.next;
  }
}

void read_trailer_line(Bytes line, uint64_t offset, FieldContext context) {
  const bool request = context.head.direction == Direction::client_to_server;
  Line whole;
  whole.text = as_text(line);
  whole.colon = whole.text.find(':');
  whole.controls = true;  // or not: it is looked for in the line
  const HeaderField field = split_field(whole, offset, context);
  context.sink.observe(context.tx, request ? Field::http_request_header : Field::http_response_header,
                       as_bytes(field.line), field.line_offset);
}

}  // namespace sekisho::http1
