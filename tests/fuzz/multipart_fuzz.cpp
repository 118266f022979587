// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the decoder of HTTP's multipart messages. The first byte sets the size of the pieces
// and the kind of message: the report must not depend on the former.
#include <cstdlib>

#include "dataplane/content/decoder_harness.h"
#include "dataplane/content/mime/mime.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  constexpr std::string_view types[] = {"multipart/form-data; boundary=b",
                                        "multipart/byteranges; boundary=b"};
  const std::string_view type = types[data[0] & 1];
  const size_t piece = 1U + (data[0] >> 1);
  const std::string_view message = as_text({data + 1, size - 1});
  test::DecoderOptions options;
  options.meta.media = BodyMedia::multipart;
  options.meta.content_type = as_bytes(type);
  options.meta.declared_type = as_bytes(type.substr(0, type.find(';')));
  test::Chunks chunks;
  for (size_t at = 0; at < message.size(); at += piece)
    chunks.push_back({std::string(message.substr(at, piece))});
  const test::Recording expected = test::run_decoder(multipart_decoder, test::whole(message), options);
  const test::Recording got = test::run_decoder(multipart_decoder, chunks, options);
  if (!test::first_difference(expected, got, "in pieces").empty()) std::abort();
  return 0;
}
