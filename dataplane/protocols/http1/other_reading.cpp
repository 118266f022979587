// SPDX-License-Identifier: Apache-2.0
// A request whose length is disputed ends, to another reader, inside what we read as its body. What stands
// there is that reader's next request: the smuggled one. It is looked for where Content-Length ends, and told
// as a transaction of its own.
#include <algorithm>
#include <utility>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/full_url.h"
#include "dataplane/protocols/http1/header_fields.h"
#include "dataplane/protocols/http1/parser.h"

namespace sekisho::http1 {

// Its first reader is this one: called with the head consumed.
void Parser::note_other_end(const Head& head, const Framing& framing) {
  side_.other_end = no_other_end;
  if (!framing.ambiguous || head.content_lengths == 0 || framing.length == BodyLength::none) return;
  const uint64_t length =
      framing.length == BodyLength::chunked ? head.content_length : head.last_content_length;
  if (framing.length == BodyLength::counted && length >= framing.bytes)
    return;  // its body takes in our next request, which we read
  side_.other_end = offset_ + length;
  side_.other_searched = 0;
}

namespace {

// Only what begins like a request is waited for: a body's bytes are judged late meanwhile.
bool may_be_request(std::string_view text) {
  constexpr size_t longest_method = 16;
  const size_t space = text.find(' ');
  return space == std::string_view::npos ? text.size() < longest_method && is_token(text)
                                         : is_known_method(text.substr(0, space));
}

// Past the empty line that ends a head; npos: none at or behind `from`.
size_t head_end(std::string_view text, size_t from) {
  for (size_t lf = text.find('\n', from); lf != std::string_view::npos; lf = text.find('\n', lf + 1)) {
    if (text.substr(lf + 1).starts_with('\n')) return lf + 2;
    if (text.substr(lf + 1).starts_with("\r\n")) return lf + 3;
  }
  return std::string_view::npos;
}

}  // namespace

// What of the body may be read before the other reader's end is looked at: where the stream was cut decides
// nothing.
Bytes Parser::before_other_end() const {
  if (side_.other_end == no_other_end || side_.other_end < offset_) return rest_;
  return rest_.first(static_cast<size_t>(std::min<uint64_t>(rest_.size(), side_.other_end - offset_)));
}

// Our reading has failed before the other one's end: whoever read so goes on there, and so do we.
bool Parser::go_on_by_other_reading() {
  if (side_.other_end == no_other_end || side_.other_end < offset_) return false;
  side_.left = std::exchange(side_.other_end, no_other_end) - offset_;
  side_.at = At::counted;
  if (side_.left != 0) return true;
  end_body(BodyEnd::complete);
  end_message(Completeness::complete);
  return true;
}

// Called where there is something at or behind the other reader's end. True while its head is not all there: nothing is consumed
// meanwhile, so that its bytes stay together.
bool Parser::await_other_reading() {
  if (offset_ > side_.other_end) {
    side_.other_end = no_other_end;
    return false;
  }
  const size_t before = static_cast<size_t>(side_.other_end - offset_);
  const std::string_view text =
      as_text(rest_.subspan(before).first(std::min(rest_.size() - before, other_head_bytes_max)));
  constexpr size_t line_end_bytes = 3;  // that may have come in part: LF CR LF
  const size_t searched = std::min<size_t>(side_.other_searched, text.size());
  const size_t end = head_end(text, searched - std::min(searched, line_end_bytes));
  const bool full = text.size() == other_head_bytes_max || rest_.size() > 2 * other_head_bytes_max;
  side_.other_searched = static_cast<uint32_t>(text.size());
  const bool begins_request = may_be_request(text);
  if (begins_request && end == std::string_view::npos && !full && input_.kind == InputKind::data) return true;
  // The same whether its head came at once or in pieces, of which the first ones were not worth waiting.
  if (begins_request) tell_other_reading(as_bytes(text.substr(0, end)));
  side_.other_end = no_other_end;
  return false;
}

void Parser::tell_other_reading(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  const uint64_t start = side_.other_end;
  const size_t lf = std::min(text.find('\n'), text.size());
  const bool cr = lf > 0 && text[lf - 1] == '\r';
  const RequestLine line = parse_request_line(text.substr(0, lf - (cr ? 1 : 0)));
  if (!line.valid || line.version.empty()) return;
  const auto where = [&](std::string_view part) {
    return start + static_cast<uint64_t>(part.data() - text.data());
  };
  const TxId tx = sink_.tx_begin(Direction::client_to_server);
  sink_.anomaly(tx, oddity_name(Oddity::smuggled_request), start);
  sink_.observe(tx, Field::http_method, as_bytes(line.method_sent), where(line.method_sent));
  sink_.observe(tx, Field::http_url, as_bytes(line.target.substr(0, target_bytes_max)), where(line.target));
  sink_.observe_number(tx, Field::http_target_form, static_cast<uint64_t>(line.form), where(line.target));
  if (!line.target_host.empty())
    sink_.observe(tx, Field::http_target_host, as_bytes(line.target_host), where(line.target_host));
  sink_.observe(tx, Field::http_protocol, as_bytes(line.version), where(line.version));
  Head head;
  FieldScratch scratch;
  const size_t fields = std::min(lf + 1, text.size());
  read_fields(bytes.subspan(fields), start + fields, {sink_, tx, head, scratch});
  observe_full_url(line, head, tx, where(line.target), sink_);
  sink_.tx_end(tx, Completeness::incomplete);
}

}  // namespace sekisho::http1
