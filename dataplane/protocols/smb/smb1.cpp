// SPDX-License-Identifier: Apache-2.0
// SMB 1 (MS-CIFS, MS-SMB): negotiation, log-in, shares and the opening of files.
#include <algorithm>
#include <iterator>

#include "dataplane/protocols/little_endian.h"
#include "dataplane/protocols/ntlm.h"
#include "dataplane/protocols/smb/session.h"
#include "dataplane/protocols/utf16.h"

namespace sekisho::smb {

namespace {

constexpr size_t header_bytes = 32;  // MS-CIFS 2.2.3.1
namespace at {
constexpr size_t command = 4, status = 5, flags = 9, flags2 = 10, tree_id = 24, process_id = 26, user_id = 28,
                 multiplex_id = 30;
}
constexpr uint8_t flag_reply = 0x80;
constexpr uint16_t flag2_unicode = 0x8000;
constexpr uint8_t command_close = 0x04, command_read = 0x2E, command_write = 0x2F, command_negotiate = 0x72,
                  command_session_setup = 0x73, command_tree_connect = 0x75, command_nt_create = 0xA2;
constexpr uint64_t smb1_id = uint64_t{1} << 63;  // keeps the numbers of both versions apart
constexpr uint64_t share_type_disk = 1, share_type_pipe = 2,
                   share_type_print = 3;  // as MS-SMB2 2.2.10 numbers them

constexpr std::string_view dialect_names[] = {"PC NETWORK PROGRAM 1.0",
                                              "PCLAN1.0",
                                              "MICROSOFT NETWORKS 1.03",
                                              "MICROSOFT NETWORKS 3.0",
                                              "LANMAN1.0",
                                              "LM1.2X002",
                                              "DOS LM1.2X002",
                                              "LANMAN2.1",
                                              "DOS LANMAN2.1",
                                              "Windows for Workgroups 3.1a",
                                              "Samba",
                                              "NT LANMAN 1.0",
                                              "NT LM 0.12",
                                              "SMB 2.002",
                                              "SMB 2.???"};

constexpr NtlmFields ntlm_fields{Field::smb_user, Field::smb_domain, Field::smb_host};

// Words and bytes behind the header (MS-CIFS 2.2.3.2, 2.2.3.3).
struct Block {
  Bytes words;
  Bytes bytes;
  size_t words_at = 0, bytes_at = 0;  // in the message

  uint16_t word(size_t place) const {
    return words.size() >= place + 2 ? load_le16(&words[place]) : uint16_t{0};
  }
};

Block read_block(Bytes message) {
  ByteReader reader(message.subspan(header_bytes));
  Block block;
  const size_t words = 2U * reader.u8();
  block.words_at = header_bytes + reader.position();
  block.words = reader.bytes(words);
  reader.skip(2);
  if (reader.failed()) return block;
  block.bytes_at = header_bytes + reader.position();
  const size_t count = load_le16(&message[block.bytes_at - 2]);
  block.bytes =
      reader.bytes(std::min(count, reader.left()));  // a message may have been read in its beginning only
  return block;
}

class Walk {
 public:
  Walk(Session& session, const Message& message, Sink& sink)
      : session_(session),
        message_(message),
        sink_(sink),
        unicode_((load_le16(&message.bytes[at::flags2]) & flag2_unicode) != 0),
        command_(message.bytes[at::command]),
        block_(read_block(message.bytes)) {}

  void run() {
    if ((message_.bytes[at::flags] & flag_reply) == 0)
      request();
    else
      response();
  }

 private:
  uint64_t id() const {
    const Bytes header = message_.bytes;
    return smb1_id | uint64_t{load_le16(&header[at::process_id])} << 16 |
           load_le16(&header[at::multiplex_id]);
  }

  void request() {
    Outstanding& request = begin(session_, id(), command_, message_, sink_);
    observe_ids(request.tx);
    switch (command_) {
      case command_negotiate: negotiate_request(request.tx); break;
      case command_session_setup: session_setup_request(request.tx); break;
      case command_tree_connect: tree_connect_request(request.tx); break;
      case command_nt_create: create_request(request); break;
      case command_read:
      case command_write:
        observe_file(session_, file_id(4), request.tx, message_.offset + block_.words_at, sink_);
        break;
      case command_close: close_request(request); break;
      default: break;
    }
  }

  void observe_ids(TxId tx) {
    const uint16_t user = load_le16(&message_.bytes[at::user_id]),
                   tree = load_le16(&message_.bytes[at::tree_id]);
    if (user != 0) sink_.observe_number(tx, Field::smb_session_id, user, message_.offset + at::user_id);
    if (tree != 0 && tree != UINT16_MAX)
      sink_.observe_number(tx, Field::smb_tree_id, tree, message_.offset + at::tree_id);
  }

  // MS-CIFS 2.2.4.52.1: a format octet and a name for each dialect.
  void negotiate_request(TxId tx) {
    session_.offered_count = 0;
    size_t begin = 0;
    while (begin < block_.bytes.size() && session_.offered_count < dialects_max) {
      const std::string_view rest = as_text(block_.bytes.subspan(begin));
      const std::string_view name = rest.substr(1, rest.find('\0', 1) - 1);
      sink_.observe(tx, Field::smb_client_dialect, as_bytes(name), bytes_offset(begin + 1));
      const auto* known = std::ranges::find(dialect_names, name);
      const bool is_known = known != std::end(dialect_names);
      session_.offered[session_.offered_count++] =
          static_cast<uint8_t>(is_known ? known - dialect_names + 1 : 0);
      begin += name.size() + 2;
    }
  }

  // MS-SMB 2.2.4.6.1 with extended security, MS-CIFS 2.2.4.53.1 without. Passwords are passed.
  void session_setup_request(TxId tx) {
    constexpr size_t extended_words = 24, plain_words = 26, blob_length_at = 14, password_lengths_at = 14;
    size_t place = 0;
    if (block_.words.size() == extended_words) {
      const size_t blob = std::min<size_t>(block_.word(blob_length_at), block_.bytes.size());
      observe_ntlm(block_.bytes.first(blob), bytes_offset(0), ntlm_fields, sink_, tx);
      observe_ntlm_version(block_.bytes.first(blob), bytes_offset(0), Field::smb_ntlm_version, sink_, tx);
      place = blob;
    } else if (block_.words.size() == plain_words) {
      place = size_t{block_.word(password_lengths_at)} + block_.word(password_lengths_at + 2);
      text(place, Field::smb_user, tx);
      text(place, Field::smb_domain, tx);
    } else {
      return;
    }
    text(place, Field::smb_native_os, tx);
    text(place, Field::smb_native_lm, tx);
  }

  // MS-CIFS 2.2.4.55.1.
  void tree_connect_request(TxId tx) {
    constexpr size_t password_length_at = 6;
    size_t place = block_.word(password_length_at);
    text(place, Field::smb_share, tx);
  }

  // MS-CIFS 2.2.4.64.1. The name waits for the number that the answer gives.
  void create_request(Outstanding& request) {
    char memory[name_bytes_max];
    TextWriter name(memory);
    size_t place = 0;
    const uint64_t offset = read_text(place, name);
    if (!name.empty()) sink_.observe(request.tx, Field::smb_file_name, name.bytes(), offset);
    request.file = name.cut() ? no_file : keep_name(session_, request, name.bytes());
  }

  void close_request(const Outstanding& request) {
    const FileId id = file_id(0);
    observe_file(session_, id, request.tx, message_.offset + block_.words_at, sink_);
    close_file(session_, id);
  }

  void response() {
    Outstanding* request = find(session_, id());
    const bool asked = request != nullptr;
    if (!asked) {
      request = &begin(session_, id(), command_, message_, sink_);
      observe_ids(request->tx);
    }
    const uint32_t status = load_le32(&message_.bytes[at::status]);
    sink_.observe_number(request->tx, Field::smb_status, status, message_.offset + at::status);
    if (command_ == command_negotiate && block_.words.size() >= 2) choose_dialect(block_.word(0));
    if (command_ == command_tree_connect && status == 0) observe_service(request->tx);
    if (command_ == command_nt_create) create_response(*request, status);
    end(session_, *request, asked ? Completeness::complete : Completeness::incomplete, message_.offset,
        sink_);
  }

  void choose_dialect(uint16_t index) {
    if (index < session_.offered_count) session_.smb1_dialect = session_.offered[index];
  }

  // MS-CIFS 2.2.4.55.2: the service's name opens the bytes, in ASCII.
  void observe_service(TxId tx) {
    const std::string_view service = as_text(block_.bytes);
    const uint64_t type = service.starts_with("IPC")   ? share_type_pipe
                          : service.starts_with("LPT") ? share_type_print
                                                       : share_type_disk;
    sink_.observe_number(tx, Field::smb_share_type, type, bytes_offset(0));
  }

  void create_response(const Outstanding& request, uint32_t status) {
    constexpr size_t id_at = 5;
    if (status == 0 && block_.words.size() >= id_at + 2)
      name_file(session_, request, file_id(id_at));
    else if (status != 0)
      forget_opening(session_, request);
  }

  FileId file_id(size_t place) const { return {block_.word(place), smb1_id}; }

  // The text at `place` of the bytes, which then stands behind its terminator. UTF-16 stands at even places
  // of the message (MS-CIFS 2.2.1.1).
  uint64_t read_text(size_t& place, TextWriter& out) const {
    if (unicode_ && (block_.bytes_at + place) % 2 != 0) ++place;
    const size_t begin = place;
    if (begin >= block_.bytes.size()) return bytes_offset(begin);
    const Bytes rest = block_.bytes.subspan(begin);
    if (!unicode_) {
      const std::string_view text = as_text(rest).substr(0, as_text(rest).find('\0'));
      out.text(text);
      place += text.size() + 1;
      return bytes_offset(begin);
    }
    size_t length = 0;
    while (length + 2 <= rest.size() && load_le16(&rest[length]) != 0) length += 2;
    write_utf16_le(rest.first(length), out);
    place += length + 2;
    return bytes_offset(begin);
  }
  void text(size_t& place, Field field, TxId tx) {
    char memory[name_bytes_max];
    TextWriter out(memory);
    const uint64_t offset = read_text(place, out);
    if (!out.empty()) sink_.observe(tx, field, out.bytes(), offset);
  }
  uint64_t bytes_offset(size_t place) const { return message_.offset + block_.bytes_at + place; }

  Session& session_;
  const Message& message_;
  Sink& sink_;
  bool unicode_;
  uint8_t command_;
  Block block_;
};

}  // namespace

std::string_view smb1_dialect_name(unsigned place) { return dialect_names[place - 1]; }

void report_smb1(Session& session, const Message& message, Sink& sink) {
  if (message.bytes.size() < header_bytes) return sink.anomaly(no_tx, "smb.short_message", message.offset);
  Walk(session, message, sink).run();
}

}  // namespace sekisho::smb
