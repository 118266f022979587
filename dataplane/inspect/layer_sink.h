// SPDX-License-Identifier: Apache-2.0
// LayerSink: what a decoder of a body reports into. Used while one call of the decoder lasts.
#pragma once

#include "dataplane/inspect/inspector.h"

namespace sekisho {

// As gunzip calls what it unpacks: "x.tar" of "x.tar.gz". Nothing where the name does not say that it is compressed.
inline Bytes unpacked_name(Bytes name) {
  for (const std::string_view ending : {".gz", ".zst"})
    if (as_text(name).ends_with(ending)) return name.first(name.size() - ending.size());
  return {};
}

// The sink of one decoder: bytes of its own body go to the next layer, everything else to the inspector.
class LayerSink final : public Sink {
 public:
  LayerSink(Inspector& inspector, Body& body, unsigned next_layer)
      : Sink(&inspector.wanted_), inspector_(inspector), body_(body), next_layer_(next_layer) {}

  TxId tx_begin(Direction first) override { return inspector_.tx_begin(first); }
  void tx_end(TxId tx, Completeness completeness) override { inspector_.tx_end(tx, completeness); }
  void anomaly(TxId tx, const char* name, uint64_t offset) override { inspector_.anomaly(tx, name, offset); }
  void ambiguous(TxId tx, const char* name, std::string_view readings, uint64_t offset) override {
    inspector_.ambiguous(tx, name, readings, offset);
  }
  // A member without a name goes by its carrier's: a range of multipart/byteranges, what is in a compressed file.
  BodyId body_begin(TxId tx, const BodyMeta& meta, uint64_t offset) override {
    BodyMeta named = meta;
    if (meta.file_name.empty() && meta.carrier == BodyCarrier::http_part) named.file_name = body_.name_bytes();
    if (meta.file_name.empty() && meta.carrier == BodyCarrier::archive_member) named.file_name = unpacked_name(body_.name_bytes());
    return inspector_.body_begin(tx, named, offset);
  }
  void body_data(BodyId id, Bytes bytes) override {
    if (id == body_.id) {
      inspector_.feed_layer(body_, next_layer_, bytes);
    } else {
      inspector_.body_data(id, bytes);
    }
  }
  void body_gap(BodyId id, uint64_t missing_bytes) override {
    if (id == body_.id) {
      inspector_.gap_layer(body_, next_layer_, missing_bytes);
    } else {
      inspector_.body_gap(id, missing_bytes);
    }
  }
  void body_end(BodyId id, BodyEnd end) override { inspector_.body_end(id, end); }
  void expect(TxId tx, const Expectation& expectation) override { inspector_.expect(tx, expectation); }
  void handoff(Direction direction, uint64_t offset, HandoffHint hint) override {
    inspector_.handoff(direction, offset, hint);
  }

 protected:
  void on_observe(TxId tx, Field field, Bytes value, uint64_t offset) override {
    inspector_.on_observe(tx, field, value, offset);
  }
  void on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) override {
    inspector_.on_observe_number(tx, field, value, offset);
  }

 private:
  Inspector& inspector_;
  Body& body_;
  unsigned next_layer_;
};

}  // namespace sekisho
