// SPDX-License-Identifier: Apache-2.0
// SSH (RFC 4253): the version of each side and what it offers, up to where the keys are agreed. One
// connection is one transaction.
#include <algorithm>
#include <iterator>
#include <new>

#include "dataplane/protocols/line_reader.h"
#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/ssh/kexinit.h"
#include "dataplane/protocols/ssh/limits.h"

namespace sekisho {

namespace ssh {

namespace {

constexpr std::string_view version_start = "SSH-";
constexpr size_t packet_length_bytes = 4, packet_head_bytes = 5;  // length; and the padding's length

enum class Stage : uint8_t { version, packets, finished };

struct Side {
  Stage stage = Stage::version;
  bool has_version = false;
  bool version_1 = false;  // speaks only that: no KEXINIT comes (RFC 4253 5)
  bool has_kexinit = false;
  uint8_t lines_seen = 0;
  uint8_t packets_seen = 0;
  LineState lines;
};
struct Connection {
  TxId tx = no_tx;
  bool reported = false;
  bool over = false;
  Side sides[2];
};
constexpr size_t connection_bytes = 64;  // README.md states it
static_assert(sizeof(Connection) <= connection_bytes);

struct VersionFields {
  Field protocol, software;
};
constexpr VersionFields version_fields[2] = {{Field::ssh_client_protocol, Field::ssh_client_software},
                                             {Field::ssh_server_protocol, Field::ssh_server_software}};

class Parser {
 public:
  Parser(Connection& connection, const Input& input, Sink& sink)
      : connection_(connection),
        side_(connection.sides[index_of(input.direction)]),
        input_(input),
        sink_(sink) {}

  ParseResult data() {
    size_t need = 0;
    while (!failed_ && at_ < input_.bytes.size() && step(need)) {
    }
    if (failed_) return {ParseStatus::not_this_protocol, 0};
    return {finish_if_over(), at_, need};
  }

  // What is missing may be the version or the algorithms: this side has no more to tell.
  ParseResult lost() {
    side_.stage = Stage::finished;
    return {finish_if_over(), input_.bytes.size(), 0};
  }

 private:
  // One step forward; false where more bytes are needed.
  bool step(size_t& need) {
    need = 0;
    if (side_.lines.skipping) {  // the rest of a line past the bound
      at_ += skip_line(side_.lines, rest());
      return true;
    }
    switch (side_.stage) {
      case Stage::version: return read_line();
      case Stage::packets: return read_packet(need);
      case Stage::finished: at_ = input_.bytes.size(); return false;
    }
    return false;
  }

  bool read_line() {
    const Line line = next_line(side_.lines, rest(), line_bytes_max);
    if (line.consumed == 0) return false;
    const bool is_version = as_text(line.text).starts_with(version_start);
    if (!is_version && !connection_.reported && input_.direction == Direction::client_to_server)
      return !(failed_ = true);
    if (is_version) {
      take_version(line);
    } else if (++side_.lines_seen >= lines_before_version_max) {
      give_side_up("ssh.no_version");
    }
    at_ += line.consumed;
    return true;
  }

  // "SSH-2.0-software comments" (RFC 4253 4.2).
  void take_version(const Line& line) {
    begin();
    if (line.too_long) anomaly("ssh.line_too_long");
    const std::string_view text = as_text(line.text).substr(version_start.size());
    const size_t dash = std::min(text.find('-'), text.size());
    const std::string_view version = text.substr(0, dash),
                           software = text.substr(std::min(dash + 1, text.size()));
    const VersionFields& fields = version_fields[index_of(input_.direction)];
    const uint64_t offset = input_.offset + at_ + version_start.size();
    sink_.observe(connection_.tx, fields.protocol, as_bytes(version), offset);
    sink_.observe(connection_.tx, fields.software, as_bytes(software), offset + version.size() + 1);
    side_.has_version = true;
    side_.version_1 = version.starts_with("1.") && version != "1.99";
    side_.stage = Stage::packets;
    const Side& other = connection_.sides[index_of(opposite(input_.direction))];
    if (side_.version_1 || other.version_1)
      for (Side& side : connection_.sides)
        if (side.has_version) side.stage = Stage::finished;
  }

  bool read_packet(size_t& need) {
    need = packet_head_bytes;
    if (rest().size() < need) return false;
    const uint32_t length = load_be32(rest().data()), padding = rest()[packet_length_bytes];
    if (length > packet_bytes_max || length < padding + 2) {
      give_side_up("ssh.bad_packet");
      return true;
    }
    need = packet_length_bytes + length;
    if (rest().size() < need) return false;
    take_payload(rest().subspan(packet_head_bytes, length - padding - 1));
    at_ += need;
    need = 0;
    return true;
  }

  void take_payload(Bytes payload) {
    if (payload[0] != message_kexinit) {
      if (++side_.packets_seen >= packets_before_kexinit_max) give_side_up("ssh.no_kexinit");
      return;
    }
    const uint64_t offset = input_.offset + at_ + packet_head_bytes + 1;
    side_.has_kexinit = observe_kexinit(payload.subspan(1), input_.direction, offset, sink_, connection_.tx);
    if (!side_.has_kexinit) anomaly("ssh.bad_kexinit");
    side_.stage = Stage::finished;
  }

  void begin() {
    connection_.reported = true;
    if (connection_.tx == no_tx) connection_.tx = sink_.tx_begin(input_.direction);
  }
  void anomaly(const char* name) { sink_.anomaly(connection_.tx, name, input_.offset + at_); }
  void give_side_up(const char* name) {
    anomaly(name);
    connection_.reported = true;
    side_.stage = Stage::finished;
  }

  // Both sides have said what they say in clear.
  ParseStatus finish_if_over() {
    const auto finished = [](const Side& side) { return side.stage == Stage::finished; };
    if (!std::ranges::all_of(connection_.sides, finished)) return ParseStatus::need_more;
    const auto told = [](const Side& side) {
      return side.has_version && (side.has_kexinit || side.version_1);
    };
    const bool any_version_1 = connection_.sides[0].version_1 || connection_.sides[1].version_1;
    const bool both_versions = connection_.sides[0].has_version && connection_.sides[1].has_version;
    const bool complete = both_versions && (any_version_1 || std::ranges::all_of(connection_.sides, told));
    if (connection_.tx != no_tx)
      sink_.tx_end(connection_.tx, complete ? Completeness::complete : Completeness::incomplete);
    connection_.tx = no_tx;
    connection_.over = true;
    return ParseStatus::done;
  }

  Bytes rest() const { return input_.bytes.subspan(at_); }

  Connection& connection_;
  Side& side_;
  const Input& input_;
  Sink& sink_;
  size_t at_ = 0;
  bool failed_ = false;
};

// The version, from either side; a server's may stand behind lines of greeting.
ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  const std::string_view text = as_text(prefix);
  if (text.size() < version_start.size()) {
    const bool may_be = version_start.starts_with(text);
    return may_be ? ProbeResult::unsure : ProbeResult::not_for_us;
  }
  if (text.starts_with(version_start)) {
    if (text.size() == version_start.size()) return ProbeResult::unsure;
    const char digit = text[version_start.size()];
    return digit >= '0' && digit <= '9' ? ProbeResult::certain : ProbeResult::not_for_us;
  }
  const bool greeted = direction == Direction::server_to_client && text.find("\nSSH-") != text.npos;
  return greeted ? ProbeResult::certain : ProbeResult::not_for_us;
}

void init(void* state, Transport) { new (state) Connection; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Connection& connection = *static_cast<Connection*>(state);
  if (connection.over) return {ParseStatus::done, input.bytes.size(), 0};
  Parser parser(connection, input, sink);
  return input.kind == InputKind::data ? parser.data() : parser.lost();
}

}  // namespace

}  // namespace ssh

extern const Protocol ssh_protocol;
const Protocol ssh_protocol = {"ssh",      true,      false,     {22}, sizeof(ssh::Connection),
                               ssh::probe, ssh::init, ssh::parse};

}  // namespace sekisho
