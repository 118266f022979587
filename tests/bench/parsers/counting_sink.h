// SPDX-License-Identifier: Apache-2.0
// Sinks that count what they are told and keep nothing.
#pragma once

#include <cstdlib>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/mime/limits.h"
#include "dataplane/content/mime/mime.h"
#include "dataplane/observe/sink.h"

namespace sekisho::bench {

class CountingSink : public Sink {
 public:
  explicit CountingSink(const FieldMask* wanted) : Sink(wanted) {}
  TxId tx_begin(Direction) override { return 1; }
  void tx_end(TxId, Completeness) override { ++transactions; }
  void anomaly(TxId, const char*, uint64_t) override { ++anomalies; }
  BodyId body_begin(TxId, const BodyMeta&, uint64_t) override { return 1; }
  void body_data(BodyId, Bytes bytes) override { body_bytes += bytes.size(); }
  void body_gap(BodyId, uint64_t) override {}
  void body_end(BodyId, BodyEnd) override {}
  void expect(TxId, const Expectation&) override {}
  void handoff(Direction, uint64_t, HandoffHint) override {}
  uint64_t transactions = 0, anomalies = 0, values = 0, value_bytes = 0, body_bytes = 0;

 private:
  void on_observe(TxId, Field, Bytes value, uint64_t) override {
    ++values;
    value_bytes += value.size();
  }
  void on_observe_number(TxId, Field, uint64_t, uint64_t) override { ++values; }
};

// The same, with the mail decoder behind it: bodies of mails are taken apart, one at a time; their parts are
// counted.
class MailSink final : public CountingSink {
 public:
  explicit MailSink(const FieldMask* wanted) : CountingSink(wanted), parts_(wanted) {
    if (mime_decoder.state_bytes > sizeof state_) std::abort();
  }
  BodyId body_begin(TxId, const BodyMeta& meta, uint64_t) override {
    if (meta.media != BodyMedia::mail_message || !mime_decoder.start(state_, meta, context_)) std::abort();
    offset_ = 0;
    return mail;
  }
  void body_data(BodyId, Bytes bytes) override {
    if (!mime_decoder.data(state_, {1, mail, bytes, offset_}, parts_)) std::abort();
    offset_ += bytes.size();
  }
  void body_end(BodyId, BodyEnd end) override {
    mime_decoder.finish(state_, {1, mail, {}, offset_}, end, parts_);
    body_bytes = parts_.body_bytes;
    anomalies += parts_.anomalies;
  }

 private:
  static constexpr BodyId mail = 1;
  CountingSink parts_;
  CodecMemory memory_{CodecMemorySize{1, 1, size_t{1} << 20}};
  DecoderContext context_{memory_, {}};
  alignas(64) uint8_t state_[mime::state_bytes_max];
  uint64_t offset_ = 0;
};

}  // namespace sekisho::bench
