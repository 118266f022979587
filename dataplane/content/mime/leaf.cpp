// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/leaf.h"

#include <string_view>

#include "dataplane/content/mime/header_text.h"
#include "dataplane/content/mime/limits.h"

namespace sekisho::mime {

namespace {

// Bytes decoded at a time: the output is on the stack.
constexpr size_t slice_bytes = 4096;

struct EncodingName {
  std::string_view name;
  TransferEncoding encoding;
};
constexpr EncodingName encoding_names[] = {
    {"7bit", TransferEncoding::identity},
    {"8bit", TransferEncoding::identity},
    {"binary", TransferEncoding::identity},
    {"base64", TransferEncoding::base64},
    {"quoted-printable", TransferEncoding::quoted_printable},
    {"x-uuencode", TransferEncoding::uuencode},
    {"uuencode", TransferEncoding::uuencode},
    {"x-uue", TransferEncoding::uuencode},
    {"uue", TransferEncoding::uuencode},
    {"x-gzip64", TransferEncoding::gzip64},
};

// Whether the content passed through the line ends of mail: base64 and uuencode carry the file's own bytes.
bool is_of_lines(TransferEncoding encoding) {
  return encoding == TransferEncoding::identity || encoding == TransferEncoding::quoted_printable;
}

BodyCarrier carrier_of(const LeafSpec& spec, Carriage carriage) {
  if (carriage == Carriage::form) return BodyCarrier::form_part;
  if (carriage == Carriage::web) return BodyCarrier::http_part;
  return spec.use == LeafSpec::Use::text ? BodyCarrier::mail_text : BodyCarrier::mail_part;
}

BodyId begin_web_body(const LeafSpec& spec, const MailOutput& out) {
  BodyMeta meta;
  meta.carrier = carrier_of(spec, out.carriage);
  meta.direction = out.direction;
  meta.file_name = spec.name;
  meta.declared_type = spec.type;
  meta.range = spec.range;
  return out.sink->body_begin(out.tx, meta, out.offset);
}

BodyId begin_body(const MailOutput& out, BodyCarrier carrier, Bytes name, Bytes type,
                  ContentEncoding encoding, BodyMedia media, bool lines) {
  BodyMeta meta;
  meta.lines = lines;
  meta.carrier = carrier;
  meta.media = media;
  meta.direction = out.direction;
  meta.encodings[0] = encoding;
  meta.file_name = name;
  meta.declared_type = type;
  return out.sink->body_begin(out.tx, meta, out.offset);
}
void give(BodyId body, Bytes bytes, const MailOutput& out) {
  if (body != no_body && !bytes.empty()) out.sink->body_data(body, bytes);
}

}  // namespace

bool parse_transfer_encoding(Bytes name, TransferEncoding& encoding) {
  for (const EncodingName& entry : encoding_names) {
    if (!equals_ignore_case(entry.name, as_text(name))) continue;
    encoding = entry.encoding;
    return true;
  }
  encoding = TransferEncoding::identity;
  return false;
}

void anomaly(const MailOutput& out, const char* name) { out.sink->anomaly(out.tx, name, out.offset); }

void observe_attachment(const MailOutput& out, Bytes name) {
  const Field field = out.carriage == Carriage::mail ? Field::email_attachment : Field::http_part_file_name;
  if (!name.empty()) out.sink->observe(out.tx, field, name, out.offset);
}

// A file that stands uuencoded in a text: a body of its own beside the text's.
struct InlineFiles {
  Leaf& leaf;
  const MailOutput& out;
  BodyEnd how = BodyEnd::complete;

  void begin(Bytes name) {
    if (*out.parts >= parts_max) return;
    ++*out.parts;
    uint8_t text[1024];
    const size_t length = decode_header_text(name, text);
    observe_attachment(out, {text, length});
    leaf.inline_body_ = begin_body(out, BodyCarrier::mail_part, {text, length}, {}, ContentEncoding::identity,
                                   BodyMedia::opaque, false);
  }
  void bytes(Bytes decoded) { give(leaf.inline_body_, decoded, out); }
  void end() {
    if (leaf.inline_body_ != no_body) out.sink->body_end(leaf.inline_body_, how);
    leaf.inline_body_ = no_body;
  }
};

// The part is one uuencoded file: the first one; what stands around it is nothing.
struct EncodedFile {
  Leaf& leaf;
  const MailOutput& out;

  void begin(Bytes name) {
    if (++leaf.files_ != 1 || leaf.named_) return;
    uint8_t text[1024];
    observe_attachment(out, {text, decode_header_text(name, text)});
  }
  void bytes(Bytes decoded) {
    if (leaf.files_ == 1) leaf.content(decoded, out);
  }
  void end() {}
};

void Leaf::begin(const LeafSpec& spec, const MailOutput& out) {
  use_ = spec.use;
  encoding_ = spec.encoding;
  offset_ = out.offset;
  open_ = true;
  files_ = 0;
  named_ = !spec.name.empty();
  base64_ = {};
  quoted_printable_ = {};
  uu_ = {};
  if (out.carriage != Carriage::mail) {  // a form's text is no file: its words are searched in the message
    searched_ = wants_urls_ = false;
    body_ = use_ == LeafSpec::Use::text ? no_body : begin_web_body(spec, out);
    return;
  }
  searched_ = use_ == LeafSpec::Use::text;
  wants_urls_ = searched_ && out.sink->wants(Field::email_url);
  urls_.start(spec.text_kind);
  body_ = begin_body(
      out, carrier_of(spec, out.carriage), spec.name, spec.type,
      encoding_ == TransferEncoding::gzip64 ? ContentEncoding::gzip : ContentEncoding::identity,
      use_ == LeafSpec::Use::message ? BodyMedia::mail_message : BodyMedia::opaque, is_of_lines(encoding_));
}

void Leaf::content(Bytes decoded, const MailOutput& out) {
  give(body_, decoded, out);
  if (!searched_ || decoded.empty()) return;
  MailOutput at = out;
  at.offset = offset_;
  InlineFiles files{*this, at};
  if (encoding_ != TransferEncoding::uuencode) uu_.feed(decoded, files);
  if (!wants_urls_) return;
  urls_.feed(decoded, [&](Bytes url) {
    if (++*at.urls == urls_max + 1) anomaly(at, "mime.too_many_urls");
    if (*at.urls <= urls_max) at.sink->observe(at.tx, Field::email_url, url, at.offset);
  });
}

void Leaf::feed_base64(Bytes in, const MailOutput& out) {
  uint8_t decoded[base64_decoded_max(slice_bytes)];
  while (!in.empty()) {
    const Bytes slice = in.first(std::min(in.size(), slice_bytes));
    content({decoded, base64_decode(base64_, slice, decoded)}, out);
    in = in.subspan(slice.size());
  }
}

void Leaf::feed_quoted_printable(Bytes in, const MailOutput& out) {
  uint8_t decoded[qp_decoded_max(slice_bytes)];
  while (!in.empty()) {
    const Bytes slice = in.first(std::min(in.size(), slice_bytes));
    content({decoded, qp_decode(quoted_printable_, slice, decoded)}, out);
    in = in.subspan(slice.size());
  }
}

void Leaf::feed(Bytes in, const MailOutput& out) {
  if (!open_ || in.empty()) return;
  switch (encoding_) {
    case TransferEncoding::identity: return content(in, out);
    case TransferEncoding::base64:
    case TransferEncoding::gzip64: return feed_base64(in, out);
    case TransferEncoding::quoted_printable: return feed_quoted_printable(in, out);
    case TransferEncoding::uuencode: {
      MailOutput at = out;
      at.offset = offset_;
      EncodedFile file{*this, at};
      return uu_.feed(in, file);
    }
  }
}

// How many bytes the hole would have decoded to is unknown: it is told as it is.
void Leaf::gap(uint64_t missing_bytes, const MailOutput& out) {
  if (open_ && body_ != no_body) out.sink->body_gap(body_, missing_bytes);
  if (open_ && inline_body_ != no_body) out.sink->body_gap(inline_body_, missing_bytes);
}

void Leaf::end(BodyEnd how, const MailOutput& out) {
  if (!open_) return;
  MailOutput at = out;
  at.offset = offset_;
  uint8_t last[qp_decoded_max(0)];
  if (encoding_ == TransferEncoding::base64 || encoding_ == TransferEncoding::gzip64) {
    content({last, base64_finish(base64_, last)}, out);
    if (base64_.odd) anomaly(at, "mime.base64_odd");
  } else if (encoding_ == TransferEncoding::quoted_printable) {
    content({last, qp_finish(quoted_printable_, last)}, out);
  } else if (encoding_ == TransferEncoding::uuencode) {
    EncodedFile file{*this, at};
    uu_.finish(file);
  }
  if (searched_) {
    InlineFiles files{*this, at, how};
    if (encoding_ != TransferEncoding::uuencode) uu_.finish(files);
    if (wants_urls_)
      urls_.finish([&](Bytes url) {
        if (++*at.urls <= urls_max) at.sink->observe(at.tx, Field::email_url, url, at.offset);
      });
  }
  open_ = false;
  if (body_ != no_body) out.sink->body_end(body_, how);
  body_ = no_body;
}

}  // namespace sekisho::mime
