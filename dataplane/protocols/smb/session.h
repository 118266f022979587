// SPDX-License-Identifier: Apache-2.0
// What is known of one SMB connection. Each command is a transaction, open until its answer is there.
#pragma once

#include <cstdint>

#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/smb/limits.h"

namespace sekisho::smb {

inline constexpr uint16_t smb2_commands = 256;  // added to the commands of SMB2 and 3 where they are observed
inline constexpr uint8_t no_file = 0xFF;

// A file's number: 16 octets of SMB2, two of SMB1.
struct FileId {
  uint64_t low = 0, high = 0;
  bool operator==(const FileId&) const = default;
};
inline constexpr FileId unknown_file{~uint64_t{0},
                                     ~uint64_t{0}};  // "of the command before", MS-SMB2 3.2.4.1.4

struct OpenFile {
  FileId id;
  bool named = false;
  bool has_id = false;
  uint16_t name_bytes = 0;
  uint8_t name[kept_name_bytes_max];
};

struct Outstanding {
  uint64_t id = 0;
  TxId tx = no_tx;  // no_tx: the place is free
  uint16_t command = 0;
  uint8_t file = no_file;  // its place among the files, while it is being opened
};

struct Side {
  uint32_t skip_bytes = 0;  // of a message whose beginning was read
  bool lost = false;        // where messages begin
};

struct Session {
  bool reported = false;
  bool encryption_told = false;
  uint16_t dialect = 0;      // of SMB2 and 3; 0 = not known
  uint8_t smb1_dialect = 0;  // place in smb1.cpp's table, from 1
  uint8_t offered_count = 0;
  uint8_t offered[dialects_max];  // of SMB1: places in that table
  uint8_t next_place = 0;         // among outstanding: the one that is given up next
  uint8_t next_file = 0;
  Side sides[2];
  Outstanding outstanding[outstanding_max];
  OpenFile files[files_max];
};
inline constexpr size_t session_bytes = 2000;  // README.md states it
static_assert(sizeof(Session) <= session_bytes);

// One message of a connection: `bytes` are its beginning, without the length before it.
struct Message {
  Bytes bytes;
  uint64_t offset = 0;  // of bytes[0] in its direction's stream
  Direction direction = Direction::client_to_server;
};

// smb1.cpp, smb2.cpp: report the commands in the message.
void report_smb1(Session& session, const Message& message, Sink& sink);
void report_smb2(Session& session, const Message& message, Sink& sink);
std::string_view smb1_dialect_name(unsigned place);  // from 1

// session.cpp: transactions.
Outstanding* find(Session& session, uint64_t id);
// A request's; opens its transaction and observes the command.
Outstanding& begin(Session& session, uint64_t id, uint16_t command, const Message& message, Sink& sink);
// Observes the dialect in force and ends.
void end(Session& session, Outstanding& request, Completeness completeness, uint64_t offset, Sink& sink);
void end_all(Session& session, uint64_t offset, Sink& sink);

// session.cpp: names of open files. A place may be forgotten for a newer one at any time.
// For the command that opens it; until its answer gives the file's number, its own stands there.
uint8_t keep_name(Session& session, const Outstanding& request, Bytes name);
// The answer's: the number, or that there is no such file.
void name_file(Session& session, const Outstanding& request, const FileId& id);
void forget_opening(Session& session, const Outstanding& request);
void close_file(Session& session, const FileId& id);
// Observes the name of the file, where it is known.
void observe_file(Session& session, const FileId& id, TxId tx, uint64_t offset, Sink& sink);

}  // namespace sekisho::smb
