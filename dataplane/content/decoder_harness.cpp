// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/decoder_harness.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "dataplane/content/codec_memory.h"

namespace sekisho::test {

Recording run_decoder(const Decoder& decoder, const Chunks& chunks, const DecoderOptions& options) {
  Recording recording;
  RecordingSink sink(&options.wanted, true, recording);
  const TxId tx = 1;
  const BodyId body = sink.body_begin(tx, options.meta, 0);
  const std::unique_ptr<void, decltype(&std::free)> state(
      std::aligned_alloc(64, (size_t{decoder.state_bytes} + 63) / 64 * 64), &std::free);
  static CodecMemory memory(CodecMemorySize{2, 2, size_t{1} << 20});  // decoders give back what they take
  DecoderContext context{memory, {}};
  if (!decoder.start(state.get(), options.meta, context)) return recording;
  uint64_t offset = 0;
  bool decoding = true;
  for (const Chunk& chunk : chunks) {
    const std::unique_ptr<uint8_t[]> copy(new uint8_t[chunk.bytes.size()]);
    std::copy(chunk.bytes.begin(), chunk.bytes.end(), copy.get());
    const DecoderInput input{tx, body, {copy.get(), chunk.bytes.size()}, offset};
    if (chunk.gap_bytes != 0) {
      decoder.gap(state.get(), input, chunk.gap_bytes, sink);
    } else if (decoding && !chunk.bytes.empty()) {
      decoding = decoder.data(state.get(), input, sink);
    }
    offset += chunk.bytes.size() + chunk.gap_bytes;
  }
  decoder.finish(state.get(), {tx, body, {}, offset}, options.end, sink);
  sink.body_end(body, options.end);
  return recording;
}

std::string check_decoder_splits(const Decoder& decoder, std::string_view body,
                                 const DecoderOptions& options) {
  const Recording expected = run_decoder(decoder, whole(body), options);
  for (size_t at = 1; at < body.size(); ++at) {
    const Chunks chunks{{std::string(body.substr(0, at))}, {std::string(body.substr(at))}};
    std::string difference =
        first_difference(expected, run_decoder(decoder, chunks, options), "split at " + std::to_string(at));
    if (!difference.empty()) return difference;
  }
  Chunks bytes;
  for (const char byte : body) bytes.push_back({std::string(1, byte)});
  std::string difference = first_difference(expected, run_decoder(decoder, bytes, options), "byte by byte");
  if (!difference.empty()) return difference;
  DecoderOptions cut = options;
  cut.end = BodyEnd::aborted;
  for (size_t at = 0; at < body.size(); ++at)
    static_cast<void>(run_decoder(decoder, whole(body.substr(0, at)), cut));
  return {};
}

}  // namespace sekisho::test
