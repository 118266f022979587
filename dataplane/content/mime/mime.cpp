// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/mime.h"

#include <new>

#include "dataplane/content/mime/mail.h"

namespace sekisho {

namespace {

using mime::Mail;

bool start(void* state, const BodyMeta& meta, DecoderContext&) {
  new (state) Mail(meta);
  return true;
}
bool data(void* state, const DecoderInput& input, Sink& out) {
  return static_cast<Mail*>(state)->feed(input.bytes, input.tx, out);
}
void gap(void* state, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  static_cast<Mail*>(state)->gap(missing_bytes, at.tx, out);
}
void finish(void* state, const DecoderInput& at, BodyEnd end, Sink& out) {
  static_cast<Mail*>(state)->finish(end, at.tx, out);
}

// Its bytes are a body all the same: whoever does not take it apart saves them as one file.
bool multipart_data(void* state, const DecoderInput& input, Sink& out) {
  static_cast<Mail*>(state)->feed(input.bytes, input.tx, out);
  out.body_data(input.body, input.bytes);
  return true;
}
void multipart_gap(void* state, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  static_cast<Mail*>(state)->gap(missing_bytes, at.tx, out);
  out.body_gap(at.body, missing_bytes);
}

}  // namespace

const Decoder mime_decoder = {"mime", sizeof(Mail), start, data, gap, finish};
const Decoder multipart_decoder = {"multipart", sizeof(Mail), start, multipart_data, multipart_gap, finish};

}  // namespace sekisho
