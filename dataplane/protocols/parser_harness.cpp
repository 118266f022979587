// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/parser_harness.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "dataplane/protocols/limits.h"

namespace sekisho::test {

namespace {

constexpr std::string_view direction_names[] = {"c2s", "s2c"};
constexpr std::string_view carrier_names[] = {"http_request", "http_response", "mail_message",
                                              "mail_part",    "form_part",     "archive_member"};
constexpr std::string_view encoding_names[] = {"identity", "gzip", "deflate", "brotli", "zstd", "compress", "unknown"};
constexpr std::string_view end_names[] = {"complete", "truncated", "aborted"};
constexpr std::string_view status_names[] = {"need_more", "done", "not_this_protocol", "malformed"};

std::string printable(Bytes bytes) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (const uint8_t byte : bytes) {
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      out += static_cast<char>(byte);
    } else {
      out += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

class RecordingSink final : public Sink {
 public:
  RecordingSink(const FieldMask* wanted, bool bodies_wanted, Report& report)
      : Sink(wanted), bodies_wanted_(bodies_wanted), report_(report) {}

  TxId tx_begin(Direction first) override {
    add("begin " + std::to_string(++last_tx_) + " " + std::string(direction_names[index_of(first)]), 0);
    return last_tx_;
  }
  void tx_end(TxId tx, Completeness completeness) override {
    add("end " + std::to_string(tx) + (completeness == Completeness::complete ? " complete" : " incomplete"), 0);
  }
  void anomaly(TxId tx, const char* name, uint64_t offset) override {
    add("anomaly " + std::to_string(tx) + " " + name, offset);
  }
  BodyId body_begin(TxId tx, const BodyMeta& meta, uint64_t) override {
    if (!bodies_wanted_) return no_body;
    Body& body = bodies_[++last_body_];
    body.head = "body " + std::to_string(tx) + " " + std::string(carrier_names[static_cast<size_t>(meta.carrier)]);
    for (const ContentEncoding encoding : meta.encodings)
      if (encoding != ContentEncoding::identity)
        body.head += " " + std::string(encoding_names[static_cast<size_t>(encoding)]);
    body.head += " name=" + printable(meta.file_name) + " type=" + printable(meta.declared_type);
    return last_body_;
  }
  void body_data(BodyId id, Bytes bytes) override {
    if (Body* body = find(id)) body->bytes += printable(bytes);
  }
  void body_gap(BodyId id, uint64_t missing) override {
    if (Body* body = find(id)) body->bytes += "<gap " + std::to_string(missing) + ">";
  }
  void body_end(BodyId id, BodyEnd end) override {
    const Body* body = find(id);
    if (body == nullptr) return;
    add(body->head + " " + std::string(end_names[static_cast<size_t>(end)]) + " bytes=" + body->bytes, 0);
    bodies_.erase(id);
  }
  void expect(TxId tx, const Expectation& expectation) override {
    add("expect " + std::to_string(tx) + " " + (expectation.protocol ? expectation.protocol : "?") + " " +
            std::to_string(expectation.server_port), 0);
  }
  void handoff(Direction direction, uint64_t offset, HandoffHint) override {
    add("handoff " + std::string(direction_names[index_of(direction)]) + " " + std::to_string(offset), offset);
    handoff_[index_of(direction)] = offset;
  }

  uint64_t handoff_at(Direction direction) const { return handoff_[index_of(direction)]; }

 private:
  struct Body {
    std::string head;
    std::string bytes;
  };

  void on_observe(TxId tx, Field field, Bytes value, uint64_t offset) override {
    add(std::to_string(tx) + " " + std::string(field_specs[static_cast<size_t>(field)].name) + "=" + printable(value),
        offset);
  }
  void on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) override {
    add(std::to_string(tx) + " " + std::string(field_specs[static_cast<size_t>(field)].name) + "=" +
            std::to_string(value), offset);
  }
  Body* find(BodyId id) {
    const auto at = bodies_.find(id);
    return at == bodies_.end() ? nullptr : &at->second;
  }
  void add(std::string line, uint64_t offset) {
    report_.lines.push_back(std::move(line));
    report_.offsets.push_back(offset);
  }

  bool bodies_wanted_;
  Report& report_;
  TxId last_tx_ = 0;
  BodyId last_body_ = 0;
  std::map<BodyId, Body> bodies_;
  uint64_t handoff_[2] = {~uint64_t{0}, ~uint64_t{0}};
};

// One direction of the stream as the core keeps it: bytes not yet consumed, and how many the parser waits for.
struct Carry {
  std::string bytes;
  uint64_t offset = 0;
  size_t need = 0;
};

class Driver {
 public:
  Driver(const Protocol& protocol, const HarnessOptions& options, Report& report)
      : protocol_(protocol), transport_(options.transport), report_(report),
        sink_(&options.wanted, options.bodies_wanted, report),
        state_(static_cast<uint8_t*>(std::aligned_alloc(64, (protocol.state_bytes + 63) / 64 * 64)), &std::free) {
    protocol_.init(state_.get(), transport_);
  }

  void feed(const Turn& turn) {
    if (report_.status != ParseStatus::need_more) return;
    Carry& carry = carry_[index_of(turn.direction)];
    if (turn.kind == InputKind::datagram || transport_ == Transport::datagram) {
      parse(turn, InputKind::datagram, turn.bytes);
      return;
    }
    switch (turn.kind) {
      case InputKind::data:
        carry.bytes += turn.bytes;
        drain(turn.direction);
        return;
      case InputKind::gap: {  // what waited for more bytes will not get them
        parse(turn, InputKind::gap, carry.bytes);
        carry.offset += carry.bytes.size() + turn.gap_bytes;
        carry.bytes.clear();
        carry.need = 0;
        return;
      }
      default:
        parse(turn, turn.kind, carry.bytes);
        carry.bytes.clear();
    }
  }

 private:
  void drain(Direction direction) {
    Carry& carry = carry_[index_of(direction)];
    Turn turn;
    turn.direction = direction;
    while (report_.status == ParseStatus::need_more && !carry.bytes.empty() && carry.bytes.size() >= carry.need) {
      if (carry.offset >= sink_.handoff_at(direction)) return;  // another protocol's bytes
      const size_t most = std::min<uint64_t>(carry.bytes.size(), sink_.handoff_at(direction) - carry.offset);
      const ParseResult result = parse(turn, InputKind::data, std::string_view(carry.bytes).substr(0, most));
      carry.bytes.erase(0, result.consumed);
      carry.offset += result.consumed;
      carry.need = result.need;
      if (result.wake_other) {
        carry_[index_of(opposite(direction))].need = 0;
        drain(opposite(direction));
      }
      if (carry.bytes.size() > carry_bytes_max && carry.offset < sink_.handoff_at(direction))
        fail("left more than carry_bytes_max unconsumed");
      if (result.consumed == 0) return;
    }
  }

  ParseResult parse(const Turn& turn, InputKind kind, std::string_view bytes) {
    // Exactly as large as the input, on the heap: ASan sees a read past it.
    const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), copy.get());
    const Input input{turn.direction, kind, turn.end, {copy.get(), bytes.size()},
                      carry_[index_of(turn.direction)].offset, turn.gap_bytes};
    const ParseResult result = protocol_.parse(state_.get(), input, sink_);
    if (result.consumed > bytes.size()) fail("consumed more than it was given");
    report_.status = result.status;
    return result;
  }

  void fail(const std::string& why) {
    report_.lines.push_back("CONTRACT: " + why);
    report_.offsets.push_back(0);
  }

  const Protocol& protocol_;
  Transport transport_;
  Report& report_;
  RecordingSink sink_;
  std::unique_ptr<uint8_t, decltype(&std::free)> state_;
  Carry carry_[2];
};

std::string first_difference(const Report& expected, const Report& got, const std::string& how) {
  for (const std::string& line : got.lines)
    if (line.starts_with("CONTRACT: ")) return how + ": " + line;
  const size_t count = std::max(expected.lines.size(), got.lines.size());
  for (size_t i = 0; i < count; ++i) {
    const std::string a = i < expected.lines.size() ? expected.lines[i] : "(nothing)";
    const std::string b = i < got.lines.size() ? got.lines[i] : "(nothing)";
    if (a != b) return how + ": line " + std::to_string(i) + "\n  whole: " + a + "\n  here:  " + b;
    if (i < expected.offsets.size() && expected.offsets[i] != got.offsets[i])
      return how + ": offset of \"" + a + "\" is " + std::to_string(got.offsets[i]) + ", whole: " +
             std::to_string(expected.offsets[i]);
  }
  return {};
}

Conversation split_turn(const Conversation& conversation, size_t turn, size_t at) {
  Conversation out = conversation;
  Turn rest = out[turn];
  rest.bytes.erase(0, at);
  out[turn].bytes.resize(at);
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(turn) + 1, rest);
  return out;
}

Conversation byte_by_byte(const Conversation& conversation) {
  Conversation out;
  for (const Turn& turn : conversation) {
    if (turn.kind != InputKind::data) out.push_back(turn);
    for (const char byte : turn.bytes) {
      Turn piece = turn;
      piece.bytes.assign(1, byte);
      out.push_back(piece);
    }
  }
  return out;
}

}  // namespace

bool Report::has(std::string_view line) const { return std::find(lines.begin(), lines.end(), line) != lines.end(); }

size_t Report::count(std::string_view start) const {
  return static_cast<size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with(start); }));
}

std::string Report::value(std::string_view field) const {
  for (const std::string& line : lines) {
    const size_t name = line.find(' ') + 1;
    if (line.compare(name, field.size(), field) == 0 && line[name + field.size()] == '=')
      return line.substr(name + field.size() + 1);
  }
  return {};
}

std::string Report::text() const {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

Report run(const Protocol& protocol, const Conversation& conversation, const HarnessOptions& options) {
  Report report;
  Driver driver(protocol, options, report);
  for (const Turn& turn : conversation) driver.feed(turn);
  report.lines.push_back("status " + std::string(status_names[static_cast<size_t>(report.status)]));
  report.offsets.push_back(0);
  return report;
}

std::string check_split_and_cut(const Protocol& protocol, const Conversation& conversation,
                                const HarnessOptions& options) {
  const Report whole = run(protocol, conversation, options);
  for (size_t turn = 0; turn < conversation.size(); ++turn) {
    for (size_t at = 1; at < conversation[turn].bytes.size(); ++at) {
      const std::string how = "turn " + std::to_string(turn) + " split at " + std::to_string(at);
      std::string difference = first_difference(whole, run(protocol, split_turn(conversation, turn, at), options), how);
      if (!difference.empty()) return difference;
    }
  }
  std::string difference = first_difference(whole, run(protocol, byte_by_byte(conversation), options), "byte by byte");
  if (!difference.empty()) return difference;
  for (size_t turn = 0; turn < conversation.size(); ++turn) {
    for (size_t at = 0; at < conversation[turn].bytes.size(); ++at) {
      Conversation cut(conversation.begin(), conversation.begin() + static_cast<std::ptrdiff_t>(turn) + 1);
      cut[turn].bytes.resize(at);
      cut.push_back(end(Direction::client_to_server, EndReason::reset));
      cut.push_back(end(Direction::server_to_client, EndReason::reset));
      const Report report = run(protocol, cut, options);
      for (const std::string& line : report.lines)
        if (line.starts_with("CONTRACT: ")) return "cut at " + std::to_string(at) + ": " + line;
    }
  }
  return {};
}

}  // namespace sekisho::test
