// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the readers of archives. The first byte sets the size of the pieces; where nothing is damaged the report must not
// depend on it.
#include <cstdlib>

#include "dataplane/content/archive/archive.h"
#include "dataplane/content/decoder_harness.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t piece = 1U + data[0];
  const Bytes file(data + 1, size - 1);
  const archive::Choice choice = archive::reader_for(file.first(std::min(file.size(), archive::start_bytes)));
  if (choice.reader == nullptr) return 0;
  test::Chunks chunks;
  for (size_t at = 0; at < file.size(); at += piece) chunks.push_back({std::string(as_text(file.subspan(at, std::min(piece, file.size() - at))))});
  const test::Recording expected = test::run_decoder(*choice.reader, test::whole(as_text(file)));
  const test::Recording got = test::run_decoder(*choice.reader, chunks);
  for (const test::Recording* one : {&expected, &got}) {
    if (one->count("CONTRACT") != 0) std::abort();
    if (one->count("anomaly 1 archive.damaged") != 0 || one->count("anomaly 1 content.bomb") != 0) return 0;
  }
  if (!test::first_difference(expected, got, "in pieces").empty()) std::abort();
  return 0;
}
