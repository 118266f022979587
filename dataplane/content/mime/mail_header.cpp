// SPDX-License-Identifier: Apache-2.0
// Headers: fields unfolded one at a time, and what follows the last one.
#include <algorithm>
#include <cstring>

#include "dataplane/content/mime/header_text.h"
#include "dataplane/content/mime/mail.h"

namespace sekisho::mime {

namespace {

// RFC 5322 2.2, 4.5: the field's name without the colon and the white space that old mailers put before it. Empty: no field.
Bytes field_name(Bytes line) {
  const auto colon = std::find(line.begin(), line.end(), uint8_t{':'});
  if (colon == line.end()) return {};
  Bytes name = line.first(static_cast<size_t>(colon - line.begin()));
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name = name.first(name.size() - 1);
  const bool plain = std::all_of(name.begin(), name.end(), [](uint8_t c) { return c > ' ' && c < 0x7f; });
  return plain ? name : Bytes{};
}

struct PartField {
  std::string_view name;
  void (*take)(PartHeader&, Bytes, const MailOutput&);
};
constexpr PartField part_fields[] = {{"Content-Type", take_content_type},
                                     {"Content-Disposition", take_content_disposition},
                                     {"Content-Transfer-Encoding", take_transfer_encoding},
                                     {"Content-Range", take_content_range}};

// "From sender date", the first line of a mailbox file's message, also quoted.
bool is_mailbox_line(Bytes line) {
  return as_text(line).starts_with("From ") || as_text(line).starts_with(">From ");
}

}  // namespace

void Mail::begin_header() {
  section_ = Section::header;
  part_ = {};
  line_start_ = true;
  first_line_ = true;
  dropped_line_ = false;
  field_cut_ = false;
  field_length_ = 0;
  fields_ = 0;
}

void Mail::append_to_field(Bytes bytes, const MailOutput& out) {
  if (dropped_line_) return;
  const size_t kept = std::min(bytes.size(), field_.size() - field_length_);
  if (kept != 0) std::memcpy(field_.data() + field_length_, bytes.data(), kept);
  field_length_ += static_cast<uint32_t>(kept);
  if (kept == bytes.size() || field_cut_) return;
  field_cut_ = true;
  MailOutput at = out;
  at.offset = field_offset_;
  anomaly(at, "mime.header_too_long");
}

// Reads at most one line.
size_t Mail::read_header(Bytes in, const MailOutput& out) {
  if (line_start_) {
    line_start_ = false;
    const bool continues = in[0] == ' ' || in[0] == '\t';
    first_line_ = !continues;
    if (continues && fields_ == 0 && field_length_ == 0) dropped_line_ = true;  // continues nothing
    if (!continues) {
      if (field_length_ != 0) end_field(out);
      dropped_line_ = false;
      field_offset_ = out.offset;
    }
    ended_with_cr_ = false;
  }
  const auto* lf = static_cast<const uint8_t*>(std::memchr(in.data(), '\n', in.size()));
  Bytes piece = in.first(lf == nullptr ? in.size() : static_cast<size_t>(lf - in.data()));
  // A first line is looked at before it grows past what a field's name may take.
  if (first_line_ && field_length_ < field_name_line_max)
    piece = piece.first(std::min(piece.size(), field_name_line_max - field_length_));
  append_to_field(piece, out);
  if (!piece.empty()) ended_with_cr_ = piece.back() == '\r';
  const bool line_ends = lf != nullptr && in.data() + piece.size() == lf;
  if (!line_ends) {
    const bool no_field = first_line_ && !dropped_line_ && field_length_ == field_name_line_max &&
                          field_name({field_.data(), field_length_}).empty();
    if (no_field) header_line_is_body(out);
    return piece.size();
  }
  if (ended_with_cr_ && !dropped_line_ && !field_cut_ && field_length_ != 0) --field_length_;
  line_start_ = true;
  if (first_line_) end_first_line(out);
  return piece.size() + 1;
}

void Mail::end_first_line(const MailOutput& here) {
  MailOutput out = here;
  out.offset = field_offset_;
  const Bytes line(field_.data(), field_length_);
  if (line.empty()) return end_header(out);
  const DelimiterMatch::Kind kind = boundaries_.match(line).kind;
  if (kind == DelimiterMatch::Kind::delimiter ||
      kind == DelimiterMatch::Kind::close) {  // a part whose header has no end
    end_header(out);
    take_delimiter(line, out);
    return;
  }
  if (fields_ == 0 && is_mailbox_line(line)) {
    field_length_ = 0;
    return;
  }
  if (field_name(line).empty()) return header_line_is_body(out);
}

// The line in field_ is no field: the header ended before it without its empty line (mail readers read on as body).
void Mail::header_line_is_body(const MailOutput& here) {
  MailOutput out = here;
  out.offset = field_offset_;
  std::array<uint8_t, field_name_line_max + 2> line;
  size_t length = std::min<size_t>(field_length_, field_name_line_max);
  std::memcpy(line.data(), field_.data(), length);
  if (line_start_) {  // the line is over: its end belongs to it
    if (ended_with_cr_) line[length++] = '\r';
    line[length++] = '\n';
  }
  field_length_ = 0;
  anomaly(out, "mime.header_malformed");
  end_header(out);
  Bytes rest(line.data(), length);
  while (!rest.empty() && section_ != Section::refused && section_ != Section::header)
    rest = rest.subspan(read_body(rest, out));
}

void Mail::end_field(const MailOutput& out) {
  const Bytes field(field_.data(), field_length_);
  field_length_ = 0;
  field_cut_ = false;
  ++fields_;
  const Bytes name = field_name(field);
  if (name.empty()) return;
  const auto colon = std::find(field.begin(), field.end(), uint8_t{':'});
  const Bytes value = trim(field.subspan(static_cast<size_t>(colon - field.begin()) + 1));
  MailOutput at = out;
  at.offset = field_offset_;
  for (const PartField& entry : part_fields)
    if (equals_ignore_case(entry.name, as_text(name))) return entry.take(part_, value, at);
  if (top_ && report_header_ && !value.empty()) observe_mail_field(name, value, counts_, at);
}

// A delimiter was read: the next part's header begins.
void Mail::begin_part(const MailOutput& out) {
  top_ = false;
  begin_header();
  if (parts_++ < (carriage_ == Carriage::mail ? parts_max : web_parts_max)) return;
  anomaly(out, "mime.too_many_parts");
  section_ = Section::refused;
}

void Mail::end_header(const MailOutput& out) {
  top_ = false;
  field_length_ = 0;
  for (size_t i = 0; i < part_.names.count(); ++i) observe_attachment(out, part_.names.name(i));
  at_ = At::start;
  held_length_ = 0;
  held_end_ = 0;
  PartKind kind = kind_of(part_, boundaries_.digest(), carriage_);
  if (kind == PartKind::multipart) {
    constexpr std::string_view digest = "multipart/digest";
    if (boundaries_.push(part_.boundary(), equals_ignore_case(as_text(part_.type()), digest))) {
      section_ = Section::preamble;
      return;
    }
    const bool without = part_.boundary_length == 0;
    const bool told = part_.boundary_length > boundary_bytes_max;  // boundary_too_long
    if (!told) anomaly(out, without ? "mime.no_boundary" : "mime.nested_too_deep");
    kind = without ? PartKind::plain_text : PartKind::file;
  }
  // A message in a transfer encoding (RFC 2046 5.2.1 forbids it) is decoded first and then read by a decoder of its own.
  if (kind == PartKind::message && part_.encoding == TransferEncoding::identity) return begin_part(out);
  begin_leaf(kind, out);
}

void Mail::begin_leaf(PartKind kind, const MailOutput& out) {
  section_ = Section::leaf;
  LeafSpec spec;
  const bool named = part_.names.count() != 0;
  const bool text = carriage_ == Carriage::mail ? kind == PartKind::plain_text || kind == PartKind::html_text
                                                : carriage_ == Carriage::form && !named;
  spec.use = kind == PartKind::message             ? LeafSpec::Use::message
             : text && !named && !part_.attachment ? LeafSpec::Use::text
                                                   : LeafSpec::Use::file;
  if (carriage_ == Carriage::mail) {
    spec.encoding = part_.encoding;
  } else if (part_.encoding != TransferEncoding::identity) {
    anomaly(out, "http.part_encoded");
  }
  spec.text_kind = kind == PartKind::html_text ? TextKind::html : TextKind::plain;
  spec.name = named ? part_.names.name(0) : Bytes{};
  spec.type = part_.type();
  spec.range = part_.range;
  leaf_.begin(spec, out);
}

}  // namespace sekisho::mime
