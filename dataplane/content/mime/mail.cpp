// SPDX-License-Identifier: Apache-2.0
// Bodies: the text between delimiters, given to the leaf in slices as large as the input allows.
#include "dataplane/content/mime/mail.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "matchers/base/find_pair.h"

namespace sekisho::mime {

Mail::Mail(const BodyMeta& meta)
    : direction_(meta.direction), report_header_(meta.carrier == BodyCarrier::mail_message) {
  if (meta.media != BodyMedia::multipart) return;
  constexpr std::string_view form = "multipart/form-data";
  carriage_ = equals_ignore_case(as_text(meta.declared_type), form) ? Carriage::form : Carriage::web;
  top_ = false;
  uint8_t boundary[field_bytes_max];
  const Bytes known(boundary, read_boundary(meta.content_type, boundary));
  no_boundary_ = !boundaries_.push(known, false);
  section_ = no_boundary_ ? Section::refused : Section::preamble;
}

MailOutput Mail::output(TxId tx, Sink& sink, uint64_t offset) {
  return {tx, &sink, direction_, carriage_, offset, &parts_, &urls_};
}

bool Mail::feed(Bytes in, TxId tx, Sink& sink) {
  if (std::exchange(no_boundary_, false)) anomaly(output(tx, sink, offset_), "mime.no_boundary");
  while (!in.empty() && section_ != Section::refused) {
    const MailOutput out = output(tx, sink, offset_);
    const size_t read = section_ == Section::header ? read_header(in, out) : read_body(in, out);
    offset_ += read;
    in = in.subspan(read);
  }
  return section_ != Section::refused;
}

void Mail::give(Bytes bytes, const MailOutput& out) {
  if (section_ == Section::leaf) leaf_.feed(bytes, out);
}

void Mail::hold(Bytes bytes) {
  std::memcpy(held_.data() + held_length_, bytes.data(), bytes.size());
  held_length_ = static_cast<uint16_t>(held_length_ + bytes.size());
}

void Mail::give_held(const MailOutput& out) {
  give({held_.data(), held_length_}, out);
  held_length_ = 0;
  held_end_ = 0;
}

// The candidate without its line ends.
Bytes Mail::held_line() const {
  Bytes line(held_.data() + held_end_, static_cast<size_t>(held_length_ - held_end_));
  if (!line.empty() && line.back() == '\n') line = line.first(line.size() - 1);
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return line;
}

// Reads to the end of `in` or past one delimiter line.
size_t Mail::read_body(Bytes in, const MailOutput& out) {
  if (boundaries_.depth() == 0) {
    give(in, out);
    return in.size();
  }
  switch (at_) {
    case At::cr:
      if (in[0] == '\n') {
        hold(in.first(1));
        held_end_ = static_cast<uint8_t>(held_length_);
        at_ = At::start;
        return 1;
      }
      give_held(out);
      at_ = At::inside;
      return read_lines(in, out);
    case At::start:
    case At::candidate: return read_candidate(in, out);
    default: return read_lines(in, out);
  }
}

// At a line's start, or in a line that begins with dashes.
size_t Mail::read_candidate(Bytes in, const MailOutput& out) {
  size_t i = 0;
  while (held_length_ - held_end_ < 2 && i < in.size() && in[i] == '-') hold(in.subspan(i++, 1));
  if (i == in.size()) {
    at_ = At::candidate;
    return i;
  }
  if (held_length_ - held_end_ < 2) {  // no delimiter
    give_held(out);
    at_ = At::inside;
    return i;
  }
  const Bytes rest = in.subspan(i);
  const auto lf = std::find(rest.begin(), rest.end(), uint8_t{'\n'});
  const size_t length = static_cast<size_t>(lf - rest.begin()) + (lf == rest.end() ? 0 : 1);
  const size_t room = held_.size() - held_length_;
  hold(rest.first(std::min(length, room)));
  i += std::min(length, room);
  if (length > room) {
    give_held(out);
    at_ = At::inside;
  } else if (lf == rest.end()) {
    at_ = At::candidate;
  } else if (MailOutput at = output(out.tx, *out.sink, out.offset + i); !take_delimiter(held_line(), at)) {
    const bool crlf = held_length_ >= 2 && held_[held_length_ - 2] == '\r';
    const uint8_t end = crlf ? 2 : 1;
    held_length_ = static_cast<uint16_t>(held_length_ - end);
    give_held(out);
    hold(as_bytes(crlf ? "\r\n" : "\n"));
    held_end_ = end;
    at_ = At::start;
  }
  return i;
}

// Inside a line: on to the next one that begins with a dash, giving out what is before its line end.
size_t Mail::read_lines(Bytes in, const MailOutput& out) {
  size_t lf = find_pair(in, 0, '\n', '-');
  if (lf == in.size() && in.back() == '\n') lf = in.size() - 1;
  if (lf == in.size()) {
    const size_t end = in.size() - (in.back() == '\r' ? 1 : 0);
    give(in.first(end), out);
    hold(in.subspan(end));
    at_ = end == in.size() ? At::inside : At::cr;
    return in.size();
  }
  const size_t end = lf > 0 && in[lf - 1] == '\r' ? lf - 1 : lf;
  give(in.first(end), out);
  hold(in.subspan(end, lf + 1 - end));
  held_end_ = static_cast<uint8_t>(held_length_);
  at_ = At::start;
  return lf + 1;
}

bool Mail::take_delimiter(Bytes line, const MailOutput& out) {
  const DelimiterMatch match = boundaries_.match(line);
  if (match.kind == DelimiterMatch::Kind::none) return false;
  if (match.kind == DelimiterMatch::Kind::prefix) {
    if (!prefix_told_) anomaly(out, "mime.boundary_prefix");
    prefix_told_ = true;
    return false;
  }
  held_length_ = 0;
  held_end_ = 0;
  at_ = At::start;
  leaf_.end(BodyEnd::complete, out);
  boundaries_.keep(match.index + 1U);
  if (match.kind == DelimiterMatch::Kind::close) {
    boundaries_.close(match.index);
    section_ = Section::epilogue;
    return true;
  }
  // Mail readers end the multipart at its last delimiter; a part after it is read all the same.
  if (boundaries_.closed(match.index)) anomaly(out, "mime.part_after_end");
  begin_part(out);
  return true;
}

void Mail::gap(uint64_t missing_bytes, TxId tx, Sink& sink) {
  const MailOutput out = output(tx, sink, offset_);
  if (section_ == Section::header) {  // the field is lost, and the line that the hole ends in
    field_length_ = 0;
    line_start_ = false;
    first_line_ = false;
    dropped_line_ = true;
  } else {
    give_held(out);
    at_ = At::inside;
    if (section_ == Section::leaf) leaf_.gap(missing_bytes, out);
  }
  offset_ += missing_bytes;
}

// A mail that ends in a header. A field that was cut would be observed as what it is not.
void Mail::finish_header(BodyEnd end, const MailOutput& out) {
  if (end != BodyEnd::complete) return;
  if (!line_start_ && first_line_ && field_length_ != 0) {
    if (ended_with_cr_ && !field_cut_) --field_length_;
    end_first_line(out);
  }
  if (section_ != Section::header) return;
  if (field_length_ != 0) end_field(out);
  if (fields_ != 0) end_header(out);
}

void Mail::finish(BodyEnd end, TxId tx, Sink& sink) {
  const MailOutput out = output(tx, sink, offset_);
  if (section_ == Section::header) finish_header(end, out);
  if (section_ != Section::leaf) return;
  if (at_ == At::candidate && take_delimiter(held_line(), out)) return;
  give_held(out);
  leaf_.end(end, out);
}

}  // namespace sekisho::mime
