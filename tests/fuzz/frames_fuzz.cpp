// SPDX-License-Identifier: Apache-2.0
// Frames as they come: the walk's options, the link type, then frames, each behind its port, a pause and its
// length.
#include "tests/fuzz/walk.h"

using namespace sekisho;
using namespace sekisho::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const WalkOptions options(input.u8());
  const auto link = static_cast<LinkType>(input.u8() % (static_cast<unsigned>(LinkType::ppp) + 1));
  std::vector<FuzzedFrame> frames;
  while (!input.empty() && frames.size() < 96) {
    const uint8_t about = input.u8();
    FuzzedFrame frame;
    frame.port = about & 3;
    frame.pause_ms = (about >> 4) * (about & 4 ? 5000U : about & 8 ? 100U : 0U);
    const Bytes bytes = input.take(input.u16() & 0x7ff);
    frame.bytes.assign(bytes.begin(), bytes.end());
    frames.push_back(std::move(frame));
  }
  walk(frames, link, options);
  return 0;
}
