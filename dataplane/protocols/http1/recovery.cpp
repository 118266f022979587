// SPDX-License-Identifier: Apache-2.0
// Holes in the stream, its end, and bytes where a message should begin: how the parser finds its way back, or stops.
#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/parser.h"

namespace sekisho::http1 {

// Bytes of a body whose length is known are only missing; anything else that is lost takes the framing with it.
void Parser::gap() {
  const uint64_t missing = input_.gap_bytes;
  const auto skip = [&](uint64_t bytes) {
    if (side_.body != no_body) sink_.body_gap(side_.body, bytes);
  };
  switch (side_.at) {
    case At::until_close: skip(missing); return;
    case At::counted: {
      const uint64_t inside = std::min(missing, side_.left);
      skip(inside);
      side_.left -= inside;
      if (side_.left != 0) return;
      end_body(BodyEnd::complete);
      end_message(Completeness::complete);
      if (inside == missing) return;
      break;
    }
    case At::chunked:
      if (side_.chunk.at == ChunkState::At::data && missing <= side_.chunk.left) {
        skip(missing);
        side_.chunk.left -= missing;
        if (side_.chunk.left == 0) side_.chunk.at = ChunkState::At::data_end;
        return;
      }
      consume(rest_.size());
      end_body(BodyEnd::truncated);
      end_message(Completeness::incomplete);
      break;
    case At::head:
      if (!rest_.empty()) cut_head();
      if (side_.tx != no_tx) end_message(Completeness::incomplete);
      break;
    case At::seek: break;
    case At::held:
    case At::ignored:
    case At::handed_off: consume(rest_.size()); return;
  }
  consume(rest_.size());
  if (side_.at != At::head && side_.at != At::seek) return;
  side_.gap_before = true;
  seek();
}

void Parser::end() {
  if (side_.at == At::held && !(!session_.open.empty() && session_.open.back().connect)) side_.at = At::head;
  while (!rest_.empty() && status_ == ParseStatus::need_more && step()) {
  }
  if (!rest_.empty() && side_.at == At::head) cut_head();
  if (side_.at != At::handed_off) consume(rest_.size());
  side_.ended = true;
  wake_other_ = false;
  if (side_.at == At::until_close && input_.end == EndReason::fin) {
    end_body(BodyEnd::complete);
    end_message(Completeness::complete);
  } else if (side_.tx != no_tx) {
    end_body(input_.end == EndReason::reset ? BodyEnd::aborted : BodyEnd::truncated);
    end_message(Completeness::incomplete);
  }
  if (session_.server.ended) end_unanswered();
}

// ---- finding the next message ----

void Parser::seek() {
  side_.at = At::seek;
  side_.middle_of_line = false;
  side_.searched = 0;
  side_.line_checked = false;
}

bool Parser::begins_message(std::string_view line) const {
  if (!client_) {
    const StatusLine status = parse_status_line(line);
    return status.valid && is_version(status.version) && status.status >= 100;
  }
  const RequestLine request = parse_request_line(line);
  return request.valid && !request.version.empty() && is_token(request.method);
}

// Line by line; only bytes that may be a start line are kept waiting for the line's end.
bool Parser::step_seek() {
  if (side_.middle_of_line) {
    const auto lf = std::find(rest_.begin(), rest_.end(), '\n');
    side_.middle_of_line = lf == rest_.end();
    return pass_over(static_cast<size_t>(lf - rest_.begin()) + (lf == rest_.end() ? 0 : 1));
  }
  const Bytes window = rest_.first(std::min(rest_.size(), seek_line_bytes_max));
  const size_t lf = static_cast<size_t>(std::find(window.begin() + side_.searched, window.end(), '\n') - window.begin());
  side_.searched = static_cast<uint32_t>(lf);
  const bool may_begin = client_ ? token_characters[rest_[0]] : ascii_lower(rest_[0]) == 'h';
  if (lf == window.size()) {
    if (may_begin && rest_.size() < seek_line_bytes_max) return false;
    side_.middle_of_line = true;
    return true;
  }
  const size_t length = lf > 0 && window[lf - 1] == '\r' ? lf - 1 : lf;
  side_.searched = 0;
  if (!may_begin || !begins_message(as_text(window.first(length)))) return pass_over(lf + 1);
  side_.at = At::head;
  return true;
}

bool Parser::pass_over(size_t bytes) {
  if (side_.skipped == 0 && !side_.gap_before) sink_.anomaly(side_.tx, oddity_name(Oddity::unexpected_data), offset_);
  side_.searched = 0;
  side_.skipped += static_cast<uint32_t>(std::min<size_t>(bytes, garbage_bytes_max + 1));
  consume(bytes);
  if (side_.skipped <= garbage_bytes_max) return true;
  side_.skipped = garbage_bytes_max + 1;
  if (side_.gap_before || !side_.any_message) return true;
  sink_.anomaly(no_tx, oddity_name(Oddity::not_a_message), offset_);
  give_up();
  return false;
}

// The stream broke off inside a head: what is there is reported, as far as it has the beginnings of a start line.
void Parser::cut_head() {
  const std::string_view text = as_text(rest_.first(std::min(rest_.size(), head_bytes_max)));
  const std::string_view line = text.substr(0, text.find('\n'));
  side_.searched = 0;
  side_.line_checked = false;
  if (client_) {
    const RequestLine request = parse_request_line(line);
    const bool begun = is_known_method(request.method) && !request.target.empty();
    if (request.valid || begun) request_head(as_bytes(text), HeadPart::cut);
  } else if (parse_status_line(line).valid) {
    response_head(as_bytes(text), HeadPart::cut);
  }
}

// Nothing further can be read: everything that is open ends here.
void Parser::give_up() {
  status_ = ParseStatus::malformed;
  for (Side* side : {&session_.client, &session_.server}) {
    if (side->body != no_body) sink_.body_end(side->body, BodyEnd::truncated);
    side->body = no_body;
    if (side->tx != no_tx && (side == &session_.client || side->tx != session_.client.tx)) {
      if (session_.open.empty() || session_.open.back().tx != side->tx) sink_.tx_end(side->tx, Completeness::incomplete);
    }
  }
  session_.client.tx = session_.server.tx = no_tx;
  end_unanswered();
}

}  // namespace sekisho::http1
