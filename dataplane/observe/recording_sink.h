// SPDX-License-Identifier: Apache-2.0
// For tests and fuzz targets: a Sink that writes down what it is told.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/observe/sink.h"

namespace sekisho::test {

// What a parser or decoder reported, one line for each report, in order:
//   "begin 1 c2s"  "1 dns.id=4711"  "1 dns.query.name=a.test"  "end 1 complete"  "anomaly 1 dns.name_loop"
//   "body 1 http_response name= type=text/plain complete bytes=HELLO"  (one line, when the body ends)
//   "ambiguous 1 http.ambiguous: host of the first or the last field"
//   "inner 1 any target=db.test port=5432 c2s=HELLO fin s2c= reset"  (one line, when both directions have ended)
//   "handoff c2s 42"   "expect ..."   and last the status, from those that have one
// Binary values and bytes outside printable ASCII are written \xNN. Offsets are kept apart, in `offsets`, by
// line.
struct Recording {
  std::vector<std::string> lines;
  std::vector<uint64_t> offsets;

  bool has(std::string_view line) const;
  size_t count(std::string_view start) const;       // lines that begin so
  std::string value(std::string_view field) const;  // of the first observation of it; "" when absent
  std::string text() const;
};

// Bytes outside printable ASCII, and the backslash, as \xNN.
std::string printable(Bytes bytes);
inline std::string printable(std::string_view text) { return printable(as_bytes(text)); }

// What the two reports differ in first, with `how` in front; "" when they are equal. Offsets count.
std::string first_difference(const Recording& expected, const Recording& got, const std::string& how);

class RecordingSink final : public Sink {
 public:
  RecordingSink(const FieldMask* wanted, bool bodies_wanted, Recording& report)
      : Sink(wanted), bodies_wanted_(bodies_wanted), report_(report) {}

  TxId tx_begin(Direction first) override;
  void tx_end(TxId tx, Completeness completeness) override;
  void anomaly(TxId tx, const char* name, uint64_t offset) override;
  void ambiguous(TxId tx, const char* name, std::string_view readings, uint64_t offset) override;
  BodyId body_begin(TxId tx, const BodyMeta& meta, uint64_t offset) override;
  void body_data(BodyId id, Bytes bytes) override;
  void body_gap(BodyId id, uint64_t missing) override;
  void body_end(BodyId id, BodyEnd end) override;
  void expect(TxId tx, const Expectation& expectation) override;
  void handoff(Direction direction, uint64_t offset, HandoffHint) override;
  InnerId inner_begin(TxId tx, const InnerMeta& meta) override;
  void inner_data(InnerId id, Direction direction, Bytes bytes) override;
  void inner_gap(InnerId id, Direction direction, uint64_t missing) override;
  void inner_end(InnerId id, Direction direction, EndReason reason) override;

  // Where the direction was handed off; ~0 when it was not.
  uint64_t handoff_at(Direction direction) const { return handoff_[index_of(direction)]; }

 private:
  struct Body {
    std::string head;
    std::string bytes;
  };
  struct Inner {
    std::string head;
    std::string bytes[2];
    std::string end[2];
  };

  void on_observe(TxId tx, Field field, Bytes value, uint64_t offset) override;
  void on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) override;
  Body* find(BodyId id);
  Inner* find_inner(InnerId id);
  void add(std::string line, uint64_t offset);

  bool bodies_wanted_;
  Recording& report_;
  TxId last_tx_ = 0;
  BodyId last_body_ = 0;
  std::map<BodyId, Body> bodies_;
  InnerId last_inner_ = 0;
  std::map<InnerId, Inner> inner_;
  uint64_t handoff_[2] = {~uint64_t{0}, ~uint64_t{0}};
};

}  // namespace sekisho::test
