// SPDX-License-Identifier: Apache-2.0
// What decompressors share: handing decoded bytes on in pieces, and the bound on how much comes out of how little.
#pragma once

#include "dataplane/content/decoder.h"
#include "dataplane/content/limits.h"

namespace sekisho {

class DecodedOutput {
 public:
  DecodedOutput() = default;
  explicit DecodedOutput(const DecoderLimits& limits) : limits_(limits) {}

  void count_input(size_t bytes) { in_ += bytes; }
  // False: a bound was met, its anomaly is reported; the piece itself was handed on.
  bool give(Bytes decoded, const DecoderInput& at, Sink& out) {
    if (!decoded.empty()) out.body_data(at.body, decoded);
    out_ += decoded.size();
    const bool ratio = limits_.ratio_max != 0 && out_ != 0 && out_ > limits_.ratio_free_bytes &&
                       (out_ - 1) / limits_.ratio_max >= in_;  // out > ratio * in
    const bool size = limits_.decoded_bytes_max != 0 && out_ > limits_.decoded_bytes_max;
    if (ratio || size) out.anomaly(at.tx, "content.bomb", at.offset);
    return !ratio && !size;
  }
  uint64_t decoded_bytes() const { return out_; }

 private:
  DecoderLimits limits_;
  uint64_t in_ = 0;
  uint64_t out_ = 0;
};

}  // namespace sekisho
