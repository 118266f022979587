// SPDX-License-Identifier: Apache-2.0
// smb: one row per command and its answer.
#include <iterator>

#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint64_t smb2_commands = 256;  // added to the commands of SMB2 and 3 (fields.yaml)
constexpr uint64_t share_pipe = 2;

// MS-SMB2 2.2.1, by number, with the words of EVE.
constexpr std::string_view smb2_names[] = {"NEGOTIATE_PROTOCOL",
                                           "SESSION_SETUP",
                                           "SESSION_LOGOFF",
                                           "TREE_CONNECT",
                                           "TREE_DISCONNECT",
                                           "CREATE",
                                           "CLOSE",
                                           "FLUSH",
                                           "READ",
                                           "WRITE",
                                           "LOCK",
                                           "IOCTL",
                                           "CANCEL",
                                           "KEEPALIVE",
                                           "FIND",
                                           "CHANGE_NOTIFY",
                                           "GET_INFO",
                                           "SET_INFO",
                                           "OPLOCK_BREAK"};
struct Name {
  uint64_t number;
  std::string_view name;
};
// MS-CIFS 2.2.2.1.
constexpr Name smb1_names[] = {{0x00, "CREATE_DIRECTORY"},
                               {0x01, "DELETE_DIRECTORY"},
                               {0x02, "OPEN"},
                               {0x03, "CREATE"},
                               {0x04, "CLOSE"},
                               {0x05, "FLUSH"},
                               {0x06, "DELETE"},
                               {0x07, "RENAME"},
                               {0x08, "QUERY_INFORMATION"},
                               {0x0A, "READ"},
                               {0x0B, "WRITE"},
                               {0x10, "CHECK_DIRECTORY"},
                               {0x24, "LOCKING_ANDX"},
                               {0x25, "TRANS"},
                               {0x2B, "ECHO"},
                               {0x2D, "OPEN_ANDX"},
                               {0x2E, "READ_ANDX"},
                               {0x2F, "WRITE_ANDX"},
                               {0x32, "TRANS2"},
                               {0x34, "FIND_CLOSE2"},
                               {0x70, "TREE_CONNECT"},
                               {0x71, "TREE_DISCONNECT"},
                               {0x72, "NEGOTIATE_PROTOCOL"},
                               {0x73, "SESSION_SETUP_ANDX"},
                               {0x74, "LOGOFF_ANDX"},
                               {0x75, "TREE_CONNECT_ANDX"},
                               {0x80, "QUERY_INFO_DISK"},
                               {0xA0, "NT_TRANS"},
                               {0xA2, "NT_CREATE_ANDX"},
                               {0xA4, "NT_CANCEL"}};
// MS-ERREF 2.3.1: those that answers of file servers carry.
constexpr Name statuses[] = {{0x00000000, "STATUS_SUCCESS"},
                             {0x00000103, "STATUS_PENDING"},
                             {0x0000010B, "STATUS_NOTIFY_CLEANUP"},
                             {0x0000010C, "STATUS_NOTIFY_ENUM_DIR"},
                             {0x80000005, "STATUS_BUFFER_OVERFLOW"},
                             {0x80000006, "STATUS_NO_MORE_FILES"},
                             {0x8000002D, "STATUS_STOPPED_ON_SYMLINK"},
                             {0xC0000001, "STATUS_UNSUCCESSFUL"},
                             {0xC0000002, "STATUS_NOT_IMPLEMENTED"},
                             {0xC0000003, "STATUS_INVALID_INFO_CLASS"},
                             {0xC0000004, "STATUS_INFO_LENGTH_MISMATCH"},
                             {0xC0000008, "STATUS_INVALID_HANDLE"},
                             {0xC000000D, "STATUS_INVALID_PARAMETER"},
                             {0xC000000F, "STATUS_NO_SUCH_FILE"},
                             {0xC0000010, "STATUS_INVALID_DEVICE_REQUEST"},
                             {0xC0000011, "STATUS_END_OF_FILE"},
                             {0xC0000016, "STATUS_MORE_PROCESSING_REQUIRED"},
                             {0xC0000022, "STATUS_ACCESS_DENIED"},
                             {0xC0000023, "STATUS_BUFFER_TOO_SMALL"},
                             {0xC0000033, "STATUS_OBJECT_NAME_INVALID"},
                             {0xC0000034, "STATUS_OBJECT_NAME_NOT_FOUND"},
                             {0xC0000035, "STATUS_OBJECT_NAME_COLLISION"},
                             {0xC000003A, "STATUS_OBJECT_PATH_NOT_FOUND"},
                             {0xC0000043, "STATUS_SHARING_VIOLATION"},
                             {0xC0000054, "STATUS_FILE_LOCK_CONFLICT"},
                             {0xC0000056, "STATUS_DELETE_PENDING"},
                             {0xC000005E, "STATUS_NO_LOGON_SERVERS"},
                             {0xC0000064, "STATUS_NO_SUCH_USER"},
                             {0xC000006A, "STATUS_WRONG_PASSWORD"},
                             {0xC000006D, "STATUS_LOGON_FAILURE"},
                             {0xC000006E, "STATUS_ACCOUNT_RESTRICTION"},
                             {0xC000006F, "STATUS_INVALID_LOGON_HOURS"},
                             {0xC0000070, "STATUS_INVALID_WORKSTATION"},
                             {0xC0000071, "STATUS_PASSWORD_EXPIRED"},
                             {0xC0000072, "STATUS_ACCOUNT_DISABLED"},
                             {0xC000009A, "STATUS_INSUFFICIENT_RESOURCES"},
                             {0xC00000AC, "STATUS_PIPE_NOT_AVAILABLE"},
                             {0xC00000B0, "STATUS_PIPE_DISCONNECTED"},
                             {0xC00000B5, "STATUS_IO_TIMEOUT"},
                             {0xC00000BA, "STATUS_FILE_IS_A_DIRECTORY"},
                             {0xC00000BB, "STATUS_NOT_SUPPORTED"},
                             {0xC00000C9, "STATUS_NETWORK_NAME_DELETED"},
                             {0xC00000CA, "STATUS_NETWORK_ACCESS_DENIED"},
                             {0xC00000CC, "STATUS_BAD_NETWORK_NAME"},
                             {0xC0000101, "STATUS_DIRECTORY_NOT_EMPTY"},
                             {0xC0000103, "STATUS_NOT_A_DIRECTORY"},
                             {0xC0000120, "STATUS_CANCELLED"},
                             {0xC0000128, "STATUS_FILE_CLOSED"},
                             {0xC000015B, "STATUS_LOGON_TYPE_NOT_GRANTED"},
                             {0xC0000193, "STATUS_ACCOUNT_EXPIRED"},
                             {0xC0000203, "STATUS_USER_SESSION_DELETED"},
                             {0xC0000224, "STATUS_PASSWORD_MUST_CHANGE"},
                             {0xC0000225, "STATUS_NOT_FOUND"},
                             {0xC0000234, "STATUS_ACCOUNT_LOCKED_OUT"},
                             {0xC0000257, "STATUS_PATH_NOT_COVERED"},
                             {0xC000035C, "STATUS_NETWORK_SESSION_EXPIRED"}};
// MS-SMB2 2.2.13, with the words of EVE.
constexpr std::string_view dispositions[] = {"FILE_SUPERSEDE", "FILE_OPEN",      "FILE_CREATE",
                                             "FILE_OPEN_IF",   "FILE_OVERWRITE", "FILE_OVERWRITE_IF"};
constexpr std::string_view share_types[] = {"UNKNOWN", "FILE", "PIPE", "PRINT"};

void append_hex_number(std::string& out, uint64_t number) {
  out += "0x";
  bool begun = false;
  for (int shift = 28; shift >= 0; shift -= 4) {
    const auto digit = number >> shift & 15;
    begun |= digit != 0 || shift == 0;
    if (begun) out += "0123456789abcdef"[digit];
  }
}

template <size_t count>
const Name* find_name(uint64_t number, const Name (&names)[count]) {
  for (const Name& entry : names)
    if (entry.number == number) return &entry;
  return nullptr;
}

void put_command(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::smb_command)) return;
  const uint64_t command = fields.number(Field::smb_command);
  row.text("command", built(row, [&](std::string& out) {
             if (command >= smb2_commands && command - smb2_commands < std::size(smb2_names)) {
               out.append("SMB2_COMMAND_").append(smb2_names[command - smb2_commands]);
             } else if (const Name* known = find_name(command, smb1_names); known != nullptr) {
               out.append("SMB1_COMMAND_").append(known->name);
             } else {
               out.append(command >= smb2_commands ? "SMB2_COMMAND_" : "SMB1_COMMAND_");
               append_number(out, command % smb2_commands);
             }
           }));
}

void put_status(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::smb_status)) return;
  const uint64_t status = fields.number(Field::smb_status);
  const std::string_view code = built(row, [&](std::string& out) { append_hex_number(out, status); });
  const Name* known = find_name(status, statuses);
  row.text("status", known != nullptr ? known->name : code);
  row.text("status_code", code);
}

// MS-DTYP 2.3.4.2: the first three groups are numbers, little end first.
void put_guid(Row& row, std::string_view key, const FieldIndex& fields, Field field) {
  const Bytes bytes = fields.bytes(field);
  if (bytes.size() != 16) return;
  row.text(key, built(row, [&](std::string& out) {
             static constexpr uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
             for (size_t i = 0; i < std::size(order); ++i) {
               if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
               append_hex(out, {&bytes[order[i]], 1}, {});
             }
           }));
}

void put_log_in(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::smb_user) && !fields.has(Field::smb_host) && !fields.has(Field::smb_domain)) return;
  row.object("ntlmssp");
  put_text(row, "host", fields, Field::smb_host);
  put_text(row, "domain", fields, Field::smb_domain);
  put_text(row, "user", fields, Field::smb_user);
  put_text(row, "version", fields, Field::smb_ntlm_version);
  row.end();
}

void put_share(const FieldIndex& fields, Row& row) {
  const bool pipe = fields.number(Field::smb_share_type) == share_pipe;
  put_text(row, pipe ? "named_pipe" : "share", fields, Field::smb_share);
  const uint64_t type = fields.number(Field::smb_share_type);
  if (type != 0 && !pipe) row.text("share_type", share_types[type < std::size(share_types) ? type : 0]);
}

void put_systems(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::smb_native_os)) return;
  row.object("request");
  put_text(row, "native_os", fields, Field::smb_native_os);
  put_text(row, "native_lm", fields, Field::smb_native_lm);
  row.end();
}

}  // namespace

void smb_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::smb_command)) return;
  row.object("smb");
  put_text(row, "dialect", fields, Field::smb_dialect);
  put_command(fields, row);
  put_status(fields, row);
  put_number(row, "session_id", fields, Field::smb_session_id);
  put_number(row, "tree_id", fields, Field::smb_tree_id);
  put_list(row, "client_dialects", fields, Field::smb_client_dialect);
  put_log_in(fields, row);
  put_systems(fields, row);
  put_share(fields, row);
  put_text(row, "filename", fields, Field::smb_file_name);
  if (fields.has(Field::smb_disposition) && fields.number(Field::smb_disposition) < std::size(dispositions))
    row.text("disposition", dispositions[fields.number(Field::smb_disposition)]);
  put_guid(row, "client_guid", fields, Field::smb_client_guid);
  put_guid(row, "server_guid", fields, Field::smb_server_guid);
  row.end();
}

}  // namespace sekisho
