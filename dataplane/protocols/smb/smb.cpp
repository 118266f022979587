// SPDX-License-Identifier: Apache-2.0
// SMB over streams: messages behind a length of their own (MS-SMB2 2.1), or in NetBIOS sessions (RFC
// 1002 4.3).
#include <algorithm>
#include <new>

#include "dataplane/protocols/smb/session.h"

namespace sekisho {

namespace smb {

namespace {

constexpr size_t frame_bytes = 4, mark_bytes = 4;
constexpr std::string_view mark_tail = "SMB";
constexpr uint8_t mark_smb1 = 0xFF, mark_smb2 = 0xFE, mark_encrypted = 0xFD, mark_compressed = 0xFC;

// RFC 1002 4.3.1.
namespace frame {
constexpr uint8_t message = 0x00, session_request = 0x81, positive_response = 0x82, keep_alive = 0x85;
}

bool is_mark(Bytes bytes) {
  return bytes.size() >= mark_bytes && bytes[0] >= mark_compressed &&
         as_text(bytes.subspan(1, 3)) == mark_tail;
}
bool is_frame_type(uint8_t type) {
  return type == frame::message || (type >= frame::session_request && type <= frame::keep_alive);
}

class Parser {
 public:
  Parser(Session& session, const Input& input, Sink& sink)
      : session_(session), side_(session.sides[index_of(input.direction)]), input_(input), sink_(sink) {}

  ParseResult data() {
    while (!failed_ && step()) {
    }
    if (failed_) return {ParseStatus::not_this_protocol, 0};
    return {ParseStatus::need_more, at_, need_};
  }

  ParseResult gap() {
    if (input_.gap_bytes <= side_.skip_bytes) {  // file content
      side_.skip_bytes -= static_cast<uint32_t>(input_.gap_bytes);
    } else {
      side_ = {0, true};
    }
    return {ParseStatus::need_more, input_.bytes.size()};
  }

  ParseResult end() {
    const bool may_be_answered =
        input_.direction == Direction::client_to_server && input_.end == EndReason::fin;
    if (!may_be_answered) end_all(session_, input_.offset + input_.bytes.size(), sink_);
    return {ParseStatus::need_more, input_.bytes.size()};
  }

 private:
  // One frame; false where more bytes are needed.
  bool step() {
    need_ = 0;
    if (side_.lost) return find_message();
    const size_t skipped = std::min<size_t>(side_.skip_bytes, rest().size());
    side_.skip_bytes -= static_cast<uint32_t>(skipped);
    at_ += skipped;
    need_ = frame_bytes;
    if (rest().size() < need_) return false;
    const uint32_t length = load_be24(&rest()[1]);
    if (!is_frame_type(rest()[0])) return leave();
    const bool is_message = rest()[0] == frame::message && length != 0;
    if (is_message && rest().size() < frame_bytes + std::min<size_t>(length, mark_bytes)) {
      need_ = frame_bytes + std::min<size_t>(length, mark_bytes);
      return false;
    }
    if (is_message && !is_mark(rest().subspan(frame_bytes))) return leave();
    const size_t read = is_message ? std::min<size_t>(length, message_bytes_max) : 0;
    need_ = frame_bytes + read;
    if (rest().size() < need_) return false;
    if (is_message) take(rest().subspan(frame_bytes, read));
    at_ += need_;
    side_.skip_bytes = length - static_cast<uint32_t>(read);
    return true;
  }

  // Behind a hole: the next message that stands where its length says one begins.
  bool find_message() {
    for (size_t begin = 0;; ++begin) {
      begin = as_text(rest()).find(mark_tail, begin);
      if (begin == std::string_view::npos) break;
      const size_t place = begin - 1 - frame_bytes;  // of the frame
      if (begin < frame_bytes + 1 || rest()[place] != frame::message || !is_mark(rest().subspan(begin - 1)))
        continue;
      at_ += place;
      side_.lost = false;
      return true;
    }
    constexpr size_t kept = frame_bytes + mark_bytes - 1;
    at_ += rest().size() - std::min(rest().size(), kept);
    need_ = rest().size() + 1;
    return false;
  }

  bool leave() {
    if (!session_.reported) return !(failed_ = true);
    sink_.anomaly(no_tx, "smb.bad_frame", input_.offset + at_);
    side_ = {0, true};
    at_ += 1;
    return true;
  }

  void take(Bytes bytes) {
    const Message message{bytes, input_.offset + at_ + frame_bytes, input_.direction};
    switch (bytes[0]) {
      case mark_smb1: return report_smb1(session_, message, sink_);
      case mark_smb2: return report_smb2(session_, message, sink_);
      case mark_encrypted: return tell_encryption(message);
      default: return;  // compressed: file content (MS-SMB2 2.2.42)
    }
  }

  // MS-SMB2 2.2.41. Some shares may be encrypted and others not: reading goes on with what is not.
  void tell_encryption(const Message& message) {
    if (session_.encryption_told) return;
    session_.encryption_told = session_.reported = true;
    const TxId tx = sink_.tx_begin(message.direction);
    sink_.observe_number(tx, Field::smb_encrypted, 1, message.offset);
    sink_.tx_end(tx, Completeness::complete);
  }

  Bytes rest() const { return input_.bytes.subspan(at_); }

  Session& session_;
  Side& side_;
  const Input& input_;
  Sink& sink_;
  size_t at_ = 0;
  size_t need_ = 0;
  bool failed_ = false;
};

// A session request names both ends in NetBIOS' spelling, 32 letters from A to P (RFC 1002 4.3.2).
ProbeResult probe_session_request(Bytes prefix) {
  constexpr size_t name_bytes = 32, name_at = frame_bytes + 1;
  if (prefix.size() > frame_bytes && prefix[frame_bytes] != name_bytes) return ProbeResult::not_for_us;
  const Bytes name = prefix.subspan(std::min(prefix.size(), name_at));
  const auto is_letter = [](uint8_t c) { return c >= 'A' && c <= 'P'; };
  if (!std::ranges::all_of(name.first(std::min(name.size(), name_bytes)), is_letter))
    return ProbeResult::not_for_us;
  return name.size() >= name_bytes ? ProbeResult::certain : ProbeResult::unsure;
}

ProbeResult probe(Bytes prefix, Direction direction, Transport) {
  if (prefix.empty()) return ProbeResult::unsure;
  if (prefix[0] == frame::session_request && direction == Direction::client_to_server)
    return probe_session_request(prefix);
  if (prefix[0] == frame::positive_response && direction == Direction::server_to_client)
    return prefix.size() < frame_bytes || load_be24(&prefix[1]) == 0 ? ProbeResult::unsure
                                                                     : ProbeResult::not_for_us;
  if (prefix[0] != frame::message) return ProbeResult::not_for_us;
  if (prefix.size() >= frame_bytes + mark_bytes)
    return is_mark(prefix.subspan(frame_bytes)) ? ProbeResult::certain : ProbeResult::not_for_us;
  return prefix.size() <= frame_bytes || prefix[frame_bytes] >= mark_compressed ? ProbeResult::unsure
                                                                                : ProbeResult::not_for_us;
}

void init(void* state, Transport) { new (state) Session; }

ParseResult parse(void* state, const Input& input, Sink& sink) {
  Parser parser(*static_cast<Session*>(state), input, sink);
  switch (input.kind) {
    case InputKind::gap: return parser.gap();
    case InputKind::end: return parser.end();
    default: return parser.data();
  }
}

}  // namespace

}  // namespace smb

extern const Protocol smb_protocol;
const Protocol smb_protocol = {"smb",      true,      false,     {445, 139}, sizeof(smb::Session),
                               smb::probe, smb::init, smb::parse};

}  // namespace sekisho
