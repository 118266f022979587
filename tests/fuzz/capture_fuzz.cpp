// SPDX-License-Identifier: Apache-2.0
// Capture files of any bytes: every packet lies inside the file, in the file's order, and reading comes to an
// end.
#include "tests/fuzz/fuzz_input.h"
#include "tools/read/capture_file.h"

using namespace sekisho;
using namespace sekisho::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto file = CaptureFile::of({data, size}, "fuzzed");
  if (!file) {
    must(!file.error().text.empty(), "a refusal says why");
    return 0;
  }
  const uint8_t* reached = data;
  uint64_t packets = 0, unknown = 0;
  while (const auto packet = file->next()) {
    must(++packets <= size, "a packet takes bytes of its file");
    unknown += packet->known_link ? 0 : 1;
    must(packet->wire_length >= packet->bytes.size(), "no more is captured than was on the wire");
    if (packet->bytes.empty()) continue;
    must(packet->bytes.data() >= reached && packet->bytes.data() + packet->bytes.size() <= data + size,
         "a packet lies in the file, behind the last");
    reached = packet->bytes.data() + packet->bytes.size();
  }
  must(!file->next().has_value(), "the end stays the end");
  must(unknown == file->unknown_link(), "packets of unknown links are counted");
  return 0;
}
