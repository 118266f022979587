// SPDX-License-Identifier: Apache-2.0
// Every decoder and text encoding on arbitrary bytes, whole against pieces: the first byte chooses, the second cuts.
#include <cstdlib>
#include <string>
#include <vector>

#include "dataplane/content/base64.h"
#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoder.h"
#include "dataplane/content/file_type.h"
#include "dataplane/content/quoted_printable.h"

using namespace sekisho;

namespace {

class Collector final : public Sink {
 public:
  Collector() : Sink(&all_) {}
  TxId tx_begin(Direction) override { return 1; }
  void tx_end(TxId, Completeness) override {}
  void anomaly(TxId, const char*, uint64_t) override {}
  BodyId body_begin(TxId, const BodyMeta&, uint64_t) override { return 1; }
  void body_data(BodyId, Bytes piece) override { bytes.append(as_text(piece)); }
  void body_gap(BodyId, uint64_t) override {}
  void body_end(BodyId, BodyEnd) override {}
  void expect(TxId, const Expectation&) override {}
  void handoff(Direction, uint64_t, HandoffHint) override {}
  std::string bytes;

 private:
  void on_observe(TxId, Field, Bytes, uint64_t) override {}
  void on_observe_number(TxId, Field, uint64_t, uint64_t) override {}
  static constexpr FieldMask all_ = FieldMask::all();
};

CodecMemory& memory() {
  static CodecMemory shared({.inflate_blocks = 1, .arena_blocks = 1, .arena_block_bytes = 1024 * 1024});
  return shared;
}

void must(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  std::string bytes;
  bool accepted = true;
};
Outcome decode(const Decoder& decoder, Bytes bytes, size_t piece) {
  alignas(16) uint8_t state[decoder_state_bytes_max];
  DecoderContext context{memory(), {.ratio_max = 0, .decoded_bytes_max = 1U << 20}};
  Collector sink;
  Outcome outcome;
  must(decoder.start(state, {}, context));
  for (size_t at = 0; at < bytes.size() && outcome.accepted; at += piece) {
    const Bytes part = bytes.subspan(at, std::min(piece, bytes.size() - at));
    const std::vector<uint8_t> exact(part.begin(), part.end());
    outcome.accepted = decoder.data(state, {1, 1, exact, at}, sink);
  }
  decoder.finish(state, {1, 1, {}, bytes.size()}, BodyEnd::complete, sink);
  outcome.bytes = std::move(sink.bytes);
  return outcome;
}

template <typename State>
std::string text(Bytes bytes, size_t piece, size_t (*run)(State&, Bytes, std::span<uint8_t>), size_t (*finish)(State&, std::span<uint8_t>),
                 size_t (*room)(size_t)) {
  State state;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const Bytes part = bytes.subspan(at, std::min(piece, bytes.size() - at));
    std::vector<uint8_t> to(room(part.size()));
    out.append(reinterpret_cast<char*>(to.data()), run(state, part, to));
  }
  std::vector<uint8_t> to(room(0));
  out.append(reinterpret_cast<char*>(to.data()), finish(state, to));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static constexpr ContentEncoding encodings[] = {ContentEncoding::gzip, ContentEncoding::deflate, ContentEncoding::brotli,
                                                  ContentEncoding::zstd, ContentEncoding::compress};
  const Bytes bytes(data + 2, size - 2);
  const size_t piece = 1U + data[1];
  file_type(bytes);
  switch (data[0] % 7) {
    case 5:
      must(text<Base64State>(bytes, piece, base64_decode, base64_finish, base64_decoded_max) ==
           text<Base64State>(bytes, size, base64_decode, base64_finish, base64_decoded_max));
      return 0;
    case 6:
      must(text<QpState>(bytes, piece, qp_decode, qp_finish, qp_decoded_max) ==
           text<QpState>(bytes, size, qp_decode, qp_finish, qp_decoded_max));
      return 0;
    default: break;
  }
  const Decoder& decoder = *decoder_for(encodings[data[0] % 7]);
  const Outcome whole = decode(decoder, bytes, size), pieces = decode(decoder, bytes, piece);
  must(whole.accepted == pieces.accepted);
  if (whole.accepted) must(whole.bytes == pieces.bytes);
  return 0;
}
