// SPDX-License-Identifier: Apache-2.0
// The content of one part: its transfer encoding undone, given out as a body; texts searched for URLs and uuencoded files.
#pragma once

#include <cstdint>

#include "dataplane/content/base64.h"
#include "dataplane/content/mime/url_scanner.h"
#include "dataplane/content/mime/uuencode.h"
#include "dataplane/content/quoted_printable.h"
#include "dataplane/observe/sink.h"

namespace sekisho::mime {

enum class TransferEncoding : uint8_t { identity, base64, quoted_printable, uuencode, gzip64 };
// RFC 2045 6.1, and what old mailers wrote. False: unknown (then identity, as mail readers take it).
bool parse_transfer_encoding(Bytes name, TransferEncoding& encoding);

// Who carries the parts. Mail readers undo transfer encodings and look for links in texts; web servers and
// browsers take a part's bytes as they are (RFC 7578 4.7), and what a form's part without a file name holds
// is no file.
enum class Carriage : uint8_t { mail, form, web };

// What leaves report into: one mail's transaction and its counts.
struct MailOutput {
  TxId tx = no_tx;
  Sink* sink = nullptr;
  Direction direction = Direction::client_to_server;
  Carriage carriage = Carriage::mail;
  uint64_t offset = 0;        // of what is being read, in the mail
  uint32_t* parts = nullptr;  // counts of the mail, for its bounds
  uint32_t* urls = nullptr;
};
void anomaly(const MailOutput& out, const char* name);
// A name that a part goes by, as the field of its carriage.
void observe_attachment(const MailOutput& out, Bytes name);

struct LeafSpec {
  enum class Use : uint8_t {
    file,
    text,
    message
  };  // message: a mail in a transfer encoding, decoded by a decoder of its own
  Use use = Use::file;
  TransferEncoding encoding = TransferEncoding::identity;
  TextKind text_kind = TextKind::plain;
  Bytes name;  // live until begin() returns
  Bytes type;
  ByteRange range;
};

class Leaf {
 public:
  void begin(const LeafSpec& spec, const MailOutput& out);
  void feed(Bytes in, const MailOutput& out);
  void gap(uint64_t missing_bytes, const MailOutput& out);
  void end(BodyEnd how, const MailOutput& out);

 private:
  friend struct InlineFiles;  // uuencoded files in a text
  friend struct EncodedFile;  // the uuencoded file that a part is

  void content(Bytes decoded, const MailOutput& out);
  void feed_base64(Bytes in, const MailOutput& out);
  void feed_quoted_printable(Bytes in, const MailOutput& out);

  LeafSpec::Use use_ = LeafSpec::Use::file;
  TransferEncoding encoding_ = TransferEncoding::identity;
  bool open_ = false;
  bool wants_urls_ = false;
  bool searched_ = false;  // for uuencoded files and links
  bool named_ = false;
  uint64_t offset_ = 0;  // where the part's content begins, in the mail
  BodyId body_ = no_body;
  BodyId inline_body_ = no_body;  // a uuencoded file in a text
  uint16_t files_ = 0;            // uuencoded files begun in the part
  Base64State base64_;
  QpState quoted_printable_;
  UuReader uu_;
  UrlScanner urls_;
};

}  // namespace sekisho::mime
