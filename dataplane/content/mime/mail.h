// SPDX-License-Identifier: Apache-2.0
// One mail being read: headers and bodies of its parts, in the order of the text, with a bounded stack instead of recursion.
//
// header --empty line--> leaf | preamble (multipart) | header (attached message)
// preamble, leaf, epilogue, header --delimiter line--> header (next part) | epilogue (last delimiter)
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/content/limits.h"
#include "dataplane/content/mime/boundaries.h"
#include "dataplane/content/mime/leaf.h"
#include "dataplane/content/mime/mail_fields.h"
#include "dataplane/content/mime/part_header.h"

namespace sekisho::mime {

class Mail {
 public:
  // A mail, or a multipart message whose own header HTTP carried (BodyMedia::multipart).
  explicit Mail(const BodyMeta& meta);

  // False: a bound was met, the rest is not decoded.
  bool feed(Bytes in, TxId tx, Sink& sink);
  void gap(uint64_t missing_bytes, TxId tx, Sink& sink);
  void finish(BodyEnd end, TxId tx, Sink& sink);

 private:
  enum class Section : uint8_t { header, preamble, leaf, epilogue, refused };
  // Where in a line the body's reader is. What may belong to a delimiter is held: its line end belongs to it (RFC 2046 5.1.1).
  enum class At : uint8_t { inside, cr, start, candidate };

  MailOutput output(TxId tx, Sink& sink, uint64_t offset);

  // mail.cpp: bodies
  size_t read_body(Bytes in, const MailOutput& out);
  size_t read_candidate(Bytes in, const MailOutput& out);
  size_t read_lines(Bytes in, const MailOutput& out);
  void give(Bytes bytes, const MailOutput& out);
  void give_held(const MailOutput& out);
  void hold(Bytes bytes);
  Bytes held_line() const;
  // Whether `line` is a delimiter; then the part before it has ended and the next has begun.
  bool take_delimiter(Bytes line, const MailOutput& out);

  // mail_header.cpp: headers
  size_t read_header(Bytes in, const MailOutput& out);
  void begin_header();
  void end_field(const MailOutput& out);
  void end_header(const MailOutput& out);
  // A complete line that begins at column 0 was read into field_.
  void end_first_line(const MailOutput& out);
  void header_line_is_body(const MailOutput& out);
  void append_to_field(Bytes bytes, const MailOutput& out);
  void begin_part(const MailOutput& out);
  void finish_header(BodyEnd end, const MailOutput& out);
  void begin_leaf(PartKind kind, const MailOutput& out);

  Direction direction_;
  Carriage carriage_ = Carriage::mail;
  bool no_boundary_ = false;  // to be told
  bool report_header_;  // of the top message; false for a mail inside another
  bool top_ = true;     // the top message's header is being read
  bool prefix_told_ = false;
  Section section_ = Section::header;
  uint64_t offset_ = 0;  // of the next byte, in the mail

  // The header field being collected.
  bool line_start_ = true;
  bool first_line_ = true;  // of the field, so that it may prove to be something else
  bool dropped_line_ = false;
  bool ended_with_cr_ = false;  // the line's CR is in field_
  bool field_cut_ = false;
  uint32_t fields_ = 0;  // of this header
  uint32_t field_length_ = 0;
  uint64_t field_offset_ = 0;
  MailCounts counts_;
  uint32_t parts_ = 0;
  uint32_t urls_ = 0;

  At at_ = At::start;
  uint8_t held_end_ = 0;  // bytes of held_ that are the line end before the candidate
  uint16_t held_length_ = 0;
  std::array<uint8_t, delimiter_line_max + 2> held_;

  PartHeader part_;
  Boundaries boundaries_;
  Leaf leaf_;
  std::array<uint8_t, field_bytes_max> field_;
};
static_assert(sizeof(Mail) <= state_bytes_max && state_bytes_max <= large_decoder_state_bytes_max);

}  // namespace sekisho::mime
