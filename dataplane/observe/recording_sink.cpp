// SPDX-License-Identifier: Apache-2.0
#include "dataplane/observe/recording_sink.h"

#include <algorithm>

namespace sekisho::test {

namespace {

constexpr std::string_view direction_names[] = {"c2s", "s2c"};
constexpr std::string_view carrier_names[] = {
    "http_request",   "http_response", "mail_message",      "mail_part", "form_part",
    "archive_member", "http_query",    "websocket_message", "mail_text", "http_part", "ftp_data"};
constexpr std::string_view encoding_names[] = {"identity", "gzip",     "deflate", "brotli",
                                               "zstd",     "compress", "unknown"};
constexpr std::string_view hint_names[] = {"any", "tls", "http", "http2", "websocket", "smtp"};
constexpr std::string_view reason_names[] = {"fin", "reset", "timeout", "evicted"};
constexpr std::string_view end_names[] = {"complete", "truncated", "aborted"};

}  // namespace

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

std::string first_difference(const Recording& expected, const Recording& got, const std::string& how) {
  for (const std::string& line : got.lines)
    if (line.starts_with("CONTRACT: ")) return how + ": " + line;
  const size_t count = std::max(expected.lines.size(), got.lines.size());
  for (size_t i = 0; i < count; ++i) {
    const std::string a = i < expected.lines.size() ? expected.lines[i] : "(nothing)";
    const std::string b = i < got.lines.size() ? got.lines[i] : "(nothing)";
    if (a != b) return how + ": line " + std::to_string(i) + "\n  whole: " + a + "\n  here:  " + b;
    if (i < expected.offsets.size() && expected.offsets[i] != got.offsets[i])
      return how + ": offset of \"" + a + "\" is " + std::to_string(got.offsets[i]) +
             ", whole: " + std::to_string(expected.offsets[i]);
  }
  return {};
}

bool Recording::has(std::string_view line) const {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

size_t Recording::count(std::string_view start) const {
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(),
                                           [&](const std::string& line) { return line.starts_with(start); }));
}

std::string Recording::value(std::string_view field) const {
  for (const std::string& line : lines) {
    const size_t name = line.find(' ') + 1;
    if (line.compare(name, field.size(), field) == 0 && line[name + field.size()] == '=')
      return line.substr(name + field.size() + 1);
  }
  return {};
}

std::string Recording::text() const {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

TxId RecordingSink::tx_begin(Direction first) {
  add("begin " + std::to_string(++last_tx_) + " " + std::string(direction_names[index_of(first)]), 0);
  return last_tx_;
}
void RecordingSink::tx_end(TxId tx, Completeness completeness) {
  add("end " + std::to_string(tx) + (completeness == Completeness::complete ? " complete" : " incomplete"),
      0);
}
void RecordingSink::anomaly(TxId tx, const char* name, uint64_t offset) {
  add("anomaly " + std::to_string(tx) + " " + name, offset);
}
void RecordingSink::ambiguous(TxId tx, const char* name, std::string_view readings, uint64_t offset) {
  add("ambiguous " + std::to_string(tx) + " " + name + ": " + std::string(readings), offset);
}
BodyId RecordingSink::body_begin(TxId tx, const BodyMeta& meta, uint64_t) {
  if (!bodies_wanted_) return no_body;
  Body& body = bodies_[++last_body_];
  body.head =
      "body " + std::to_string(tx) + " " + std::string(carrier_names[static_cast<size_t>(meta.carrier)]);
  for (const ContentEncoding encoding : meta.encodings)
    if (encoding != ContentEncoding::identity)
      body.head += " " + std::string(encoding_names[static_cast<size_t>(encoding)]);
  body.head += " name=" + printable(meta.file_name) + " type=" + printable(meta.declared_type);
  if (meta.range.partial) {
    const auto number = [](uint64_t value) {
      return value == body_length_unknown ? "?" : std::to_string(value);
    };
    body.head +=
        " range=" + number(meta.range.first) + "-" + number(meta.range.last) + "/" + number(meta.range.total);
  }
  return last_body_;
}
void RecordingSink::body_data(BodyId id, Bytes bytes) {
  if (Body* body = find(id)) body->bytes += printable(bytes);
}
void RecordingSink::body_gap(BodyId id, uint64_t missing) {
  if (Body* body = find(id)) body->bytes += "<gap " + std::to_string(missing) + ">";
}
void RecordingSink::body_end(BodyId id, BodyEnd end) {
  const Body* body = find(id);
  if (body == nullptr) return;
  add(body->head + " " + std::string(end_names[static_cast<size_t>(end)]) + " bytes=" + body->bytes, 0);
  bodies_.erase(id);
}
void RecordingSink::expect(TxId tx, const Expectation& expectation) {
  constexpr const char* use_names[] = {"unknown", "file", "listing", "relay"};
  const auto end = [](const uint8_t (&address)[16], uint16_t port) {
    const bool own = std::all_of(std::begin(address), std::end(address), [](uint8_t byte) { return byte == 0; });
    return (own ? "own" : printable(Bytes(address))) + " " + std::to_string(port);
  };
  std::string line = "expect " + std::to_string(tx) + " " + (expectation.protocol ? expectation.protocol : "?") + " client " +
                     end(expectation.client_address, expectation.client_port) + " server " +
                     end(expectation.server_address, expectation.server_port) + " " +
                     use_names[static_cast<size_t>(expectation.use)];
  for (const Bytes text : {expectation.command, expectation.user, expectation.file_name})
    line += " \"" + printable(text) + "\"";
  if (expectation.file_offset != 0) line += " from " + std::to_string(expectation.file_offset);
  add(line, 0);
}
void RecordingSink::handoff(Direction direction, uint64_t offset, HandoffHint) {
  add("handoff " + std::string(direction_names[index_of(direction)]) + " " + std::to_string(offset), offset);
  handoff_[index_of(direction)] = offset;
}
InnerId RecordingSink::inner_begin(TxId tx, const InnerMeta& meta) {
  Inner& inner = inner_[++last_inner_];
  inner.head = "inner " + std::to_string(tx) + " " + std::string(hint_names[static_cast<size_t>(meta.hint)]) +
               " target=" + printable(meta.target) + " port=" + std::to_string(meta.target_port);
  return last_inner_;
}
void RecordingSink::inner_data(InnerId id, Direction direction, Bytes bytes) {
  if (Inner* inner = find_inner(id)) inner->bytes[index_of(direction)] += printable(bytes);
}
void RecordingSink::inner_gap(InnerId id, Direction direction, uint64_t missing) {
  if (Inner* inner = find_inner(id)) inner->bytes[index_of(direction)] += "<gap " + std::to_string(missing) + ">";
}
void RecordingSink::inner_end(InnerId id, Direction direction, EndReason reason) {
  Inner* inner = find_inner(id);
  if (inner == nullptr || !inner->end[index_of(direction)].empty()) return;
  inner->end[index_of(direction)] = reason_names[static_cast<size_t>(reason)];
  if (inner->end[0].empty() || inner->end[1].empty()) return;
  std::string line = inner->head;
  for (const size_t at : {0U, 1U})
    line += " " + std::string(direction_names[at]) + "=" + inner->bytes[at] + " " + inner->end[at];
  inner_.erase(id);
  add(std::move(line), 0);
}
RecordingSink::Inner* RecordingSink::find_inner(InnerId id) {
  const auto at = inner_.find(id);
  return at == inner_.end() ? nullptr : &at->second;
}
void RecordingSink::on_observe(TxId tx, Field field, Bytes value, uint64_t offset) {
  add(std::to_string(tx) + " " + std::string(field_specs[static_cast<size_t>(field)].name) + "=" +
          printable(value),
      offset);
}
void RecordingSink::on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) {
  add(std::to_string(tx) + " " + std::string(field_specs[static_cast<size_t>(field)].name) + "=" +
          std::to_string(value),
      offset);
}
RecordingSink::Body* RecordingSink::find(BodyId id) {
  const auto at = bodies_.find(id);
  return at == bodies_.end() ? nullptr : &at->second;
}
void RecordingSink::add(std::string line, uint64_t offset) {
  report_.lines.push_back(std::move(line));
  report_.offsets.push_back(offset);
}

}  // namespace sekisho::test
