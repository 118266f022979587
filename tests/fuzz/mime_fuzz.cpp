// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the mail decoder. The first byte sets the size of the pieces; the report must not depend on it.
#include <cstdlib>

#include "dataplane/content/decoder_harness.h"
#include "dataplane/content/mime/mime.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t piece = 1U + data[0];
  const std::string_view mail = as_text({data + 1, size - 1});
  test::DecoderOptions options;
  options.meta.carrier = BodyCarrier::mail_message;
  options.meta.media = BodyMedia::mail_message;
  test::Chunks chunks;
  for (size_t at = 0; at < mail.size(); at += piece) chunks.push_back({std::string(mail.substr(at, piece))});
  const test::Recording expected = test::run_decoder(mime_decoder, test::whole(mail), options);
  const test::Recording got = test::run_decoder(mime_decoder, chunks, options);
  if (!test::first_difference(expected, got, "in pieces").empty()) std::abort();
  return 0;
}
