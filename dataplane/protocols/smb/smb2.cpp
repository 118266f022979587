// SPDX-License-Identifier: Apache-2.0
// SMB 2 and 3 (MS-SMB2): the commands of a message, what they ask for, and how they were answered.
#include <algorithm>

#include "dataplane/protocols/little_endian.h"
#include "dataplane/protocols/ntlm.h"
#include "dataplane/protocols/smb/session.h"
#include "dataplane/protocols/utf16.h"

namespace sekisho::smb {

namespace {

constexpr size_t header_bytes = 64;  // MS-SMB2 2.2.1
namespace at {
constexpr size_t status = 8, command = 12, flags = 16, next = 20, message_id = 24, tree_id = 36,
                 session_id = 40;
}
constexpr uint32_t flag_response = 1, flag_async = 2, flag_related = 4;
constexpr uint32_t status_pending = 0x103;

enum Command : uint16_t {
  negotiate,
  session_setup,
  logoff,
  tree_connect,
  tree_disconnect,
  create,
  close,
  flush,
  read,
  write,
  lock,
  ioctl,
  cancel,
  echo,
  query_directory,
  change_notify,
  query_info,
  set_info,
  oplock_break,
  command_count
};
// Where a request's body has the number of its file (2.2.15 to 2.2.39); 0 = it has none.
constexpr uint8_t file_id_at[command_count] = {0, 0, 0, 0, 0, 0, 8, 8, 16, 16, 8, 8, 0, 0, 8, 8, 24, 16, 8};
constexpr size_t file_id_bytes = 16;

constexpr NtlmFields ntlm_fields{Field::smb_user, Field::smb_domain, Field::smb_host};

struct Part {
  Bytes bytes;  // header and body, as far as they were read
  uint64_t offset = 0;
  uint16_t command = 0;
  uint32_t flags = 0;

  Bytes body() const { return bytes.subspan(header_bytes); }
  uint64_t body_offset() const { return offset + header_bytes; }
  // A number in the body; 0 where it was not read.
  uint16_t u16(size_t place) const {
    return body().size() >= place + 2 ? load_le16(&body()[place]) : uint16_t{0};
  }
  uint32_t u32(size_t place) const { return body().size() >= place + 4 ? load_le32(&body()[place]) : 0; }
};

FileId file_id(const Part& part, size_t place) {
  if (part.body().size() < place + file_id_bytes) return {};
  return {load_le64(&part.body()[place]), load_le64(&part.body()[place + 8])};
}

class Walk {
 public:
  Walk(Session& session, const Message& message, Sink& sink)
      : session_(session), message_(message), sink_(sink) {}

  void run() {
    size_t begin = 0;
    for (unsigned count = 0;; ++count) {
      const Bytes rest = message_.bytes.subspan(begin);
      if (rest.size() < header_bytes) return;
      const uint32_t next = load_le32(&rest[at::next]);
      if (count == commands_max) return sink_.anomaly(no_tx, "smb.long_chain", message_.offset + begin);
      const size_t bytes = next == 0 ? rest.size() : std::min<size_t>(next, rest.size());
      if (bytes < header_bytes) return sink_.anomaly(no_tx, "smb.bad_chain", message_.offset + begin);
      command({rest.first(bytes), message_.offset + begin, load_le16(&rest[at::command]),
               load_le32(&rest[at::flags])});
      if (next == 0 || next >= rest.size()) return;
      begin += next;
    }
  }

 private:
  void command(const Part& part) {
    if (part.command >= command_count || part.command == cancel) return;  // no answer comes (2.2.30)
    if ((part.flags & flag_response) == 0)
      request(part);
    else
      response(part);
  }

  // --- requests

  void request(const Part& part) {
    Outstanding& request = begin(session_, load_le64(&part.bytes[at::message_id]),
                                 static_cast<uint16_t>(smb2_commands + part.command), message_, sink_);
    observe_ids(part, request.tx);
    switch (part.command) {
      case negotiate: negotiate_request(part, request.tx); break;
      case session_setup:
        observe_ntlm(part.body(), part.body_offset(), ntlm_fields, sink_, request.tx);
        observe_ntlm_version(part.body(), part.body_offset(), Field::smb_ntlm_version, sink_, request.tx);
        break;
      case tree_connect: observe_text(part, part.u16(4), part.u16(6), Field::smb_share, request.tx); break;
      case create: create_request(part, request); break;
      case write:
        sink_.observe_number(request.tx, Field::smb_bytes, part.u32(4), part.body_offset() + 4);
        [[fallthrough]];
      default: named_request(part, request); break;
    }
  }

  void observe_ids(const Part& part, TxId tx) {
    const uint64_t session = load_le64(&part.bytes[at::session_id]);
    if (session != 0) sink_.observe_number(tx, Field::smb_session_id, session, part.offset + at::session_id);
    const uint32_t tree = (part.flags & flag_async) != 0 ? 0 : load_le32(&part.bytes[at::tree_id]);
    if (tree != 0) sink_.observe_number(tx, Field::smb_tree_id, tree, part.offset + at::tree_id);
  }

  // 2.2.3.
  void negotiate_request(const Part& part, TxId tx) {
    constexpr size_t guid_at = 12, guid_bytes = 16, dialects_at = 36;
    if (part.body().size() < dialects_at) return;
    sink_.observe(tx, Field::smb_client_guid, part.body().subspan(guid_at, guid_bytes),
                  part.body_offset() + guid_at);
    const size_t count = std::min<size_t>(part.u16(2), dialects_max);
    for (size_t place = dialects_at; place < dialects_at + 2 * count && place + 2 <= part.body().size();
         place += 2) {
      char memory[8];
      TextWriter text(memory);
      text.decimal(part.body()[place + 1]);
      text.character('.');
      text.hex(part.body()[place]);
      sink_.observe(tx, Field::smb_client_dialect, text.bytes(), part.body_offset() + place);
    }
  }

  // 2.2.13. The name waits for the number that the answer gives.
  void create_request(const Part& part, Outstanding& request) {
    constexpr size_t access_at = 24, disposition_at = 36, name_at = 44, name_length_at = 46;
    sink_.observe_number(request.tx, Field::smb_access, part.u32(access_at), part.body_offset() + access_at);
    sink_.observe_number(request.tx, Field::smb_disposition, part.u32(disposition_at),
                         part.body_offset() + disposition_at);
    char memory[name_bytes_max];
    TextWriter name(memory);
    const uint64_t offset = read_text(part, part.u16(name_at), part.u16(name_length_at), name);
    if (!name.empty()) sink_.observe(request.tx, Field::smb_file_name, name.bytes(), offset);
    request.file = name.cut() ? no_file : keep_name(session_, request, name.bytes());
    last_file_ = request.file;
  }

  void named_request(const Part& part, Outstanding& request) {
    const size_t place = file_id_at[part.command];
    if (place == 0) return;
    const FileId id = file_id(part, place);
    if (id == unknown_file && (part.flags & flag_related) != 0) {
      const OpenFile* file = last_file_ == no_file ? nullptr : &session_.files[last_file_];
      if (file != nullptr && file->named)
        sink_.observe(request.tx, Field::smb_file_name, {file->name, file->name_bytes},
                      part.body_offset() + place);
      return;
    }
    observe_file(session_, id, request.tx, part.body_offset() + place, sink_);
    if (part.command == close) close_file(session_, id);
  }

  // --- answers

  void response(const Part& part) {
    const uint32_t status = load_le32(&part.bytes[at::status]);
    if (status == status_pending && (part.flags & flag_async) != 0) return;  // the answer proper comes later
    Outstanding* request = find_request(part);
    const bool asked = request != nullptr;
    if (!asked) {
      request = &begin(session_, load_le64(&part.bytes[at::message_id]),
                       static_cast<uint16_t>(smb2_commands + part.command), message_, sink_);
      observe_ids(part, request->tx);
    }
    sink_.observe_number(request->tx, Field::smb_status, status, part.offset + at::status);
    switch (part.command) {
      case negotiate: negotiate_response(part, request->tx); break;
      case tree_connect:
        if (status == 0 && part.body().size() > 2)
          sink_.observe_number(request->tx, Field::smb_share_type, part.body()[2], part.body_offset() + 2);
        break;
      case create: create_response(part, *request, status); break;
      case read:
        if (status == 0)
          sink_.observe_number(request->tx, Field::smb_bytes, part.u32(4), part.body_offset() + 4);
        break;
      default: break;
    }
    end(session_, *request, asked ? Completeness::complete : Completeness::incomplete, part.offset, sink_);
  }

  // A negotiation that began in SMB1 is answered in SMB2 (MS-SMB2 3.3.5.3.1).
  Outstanding* find_request(const Part& part) {
    Outstanding* request = find(session_, load_le64(&part.bytes[at::message_id]));
    if (request != nullptr || part.command != negotiate) return request;
    constexpr uint16_t smb1_negotiate = 0x72;
    for (Outstanding& other : session_.outstanding)
      if (other.tx != no_tx && other.command == smb1_negotiate) return &other;
    return nullptr;
  }

  // 2.2.4.
  void negotiate_response(const Part& part, TxId tx) {
    constexpr size_t dialect_at = 4, guid_at = 8, guid_bytes = 16;
    if (part.body().size() < guid_at + guid_bytes) return;
    session_.dialect = part.u16(dialect_at);
    sink_.observe(tx, Field::smb_server_guid, part.body().subspan(guid_at, guid_bytes),
                  part.body_offset() + guid_at);
  }

  // 2.2.14.
  void create_response(const Part& part, Outstanding& request, uint32_t status) {
    constexpr size_t id_at = 64;
    if (status == 0 && part.body().size() >= id_at + file_id_bytes)
      name_file(session_, request, file_id(part, id_at));
    else if (status != 0)
      forget_opening(session_, request);
  }

  // --- names: a place from the command's header on, and a length in octets (UTF-16)

  uint64_t read_text(const Part& part, size_t place, size_t length, TextWriter& text) const {
    if (place < header_bytes || place > part.bytes.size()) return part.offset;
    write_utf16_le(part.bytes.subspan(place, std::min(length, part.bytes.size() - place)), text);
    return part.offset + place;
  }
  void observe_text(const Part& part, size_t place, size_t length, Field field, TxId tx) {
    char memory[name_bytes_max];
    TextWriter text(memory);
    const uint64_t offset = read_text(part, place, length, text);
    if (!text.empty()) sink_.observe(tx, field, text.bytes(), offset);
  }

  Session& session_;
  const Message& message_;
  Sink& sink_;
  uint8_t last_file_ = no_file;  // opened by a command before, in this message
};

}  // namespace

void report_smb2(Session& session, const Message& message, Sink& sink) { Walk(session, message, sink).run(); }

}  // namespace sekisho::smb
