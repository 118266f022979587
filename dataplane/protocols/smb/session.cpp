// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/smb/session.h"

#include <algorithm>
#include <cstring>

#include "dataplane/protocols/text_writer.h"

namespace sekisho::smb {

namespace {

// "2.02", "3.11" (MS-SMB2 2.2.4).
void observe_dialect(const Session& session, TxId tx, uint64_t offset, Sink& sink) {
  char memory[8];
  TextWriter text(memory);
  if (session.dialect != 0) {
    text.decimal(session.dialect >> 8);
    text.character('.');
    text.hex(static_cast<uint8_t>(session.dialect & 0xFF));
  } else if (session.smb1_dialect != 0) {
    return sink.observe(tx, Field::smb_dialect, as_bytes(smb1_dialect_name(session.smb1_dialect)), offset);
  }
  if (!text.empty()) sink.observe(tx, Field::smb_dialect, text.bytes(), offset);
}

Outstanding& free_place(Session& session, uint64_t offset, Sink& sink) {
  for (Outstanding& request : session.outstanding)
    if (request.tx == no_tx) return request;
  Outstanding& oldest = session.outstanding[session.next_place];
  session.next_place = static_cast<uint8_t>((session.next_place + 1) % outstanding_max);
  sink.anomaly(oldest.tx, "smb.requests_full", offset);
  end(session, oldest, Completeness::incomplete, offset, sink);
  return oldest;
}

// The place may have been given to a newer file since.
OpenFile* opening(Session& session, const Outstanding& request) {
  if (request.file == no_file) return nullptr;
  OpenFile& file = session.files[request.file];
  return file.named && !file.has_id && file.id.low == request.id ? &file : nullptr;
}

}  // namespace

Outstanding* find(Session& session, uint64_t id) {
  for (Outstanding& request : session.outstanding)
    if (request.tx != no_tx && request.id == id) return &request;
  return nullptr;
}

Outstanding& begin(Session& session, uint64_t id, uint16_t command, const Message& message, Sink& sink) {
  session.reported = true;
  if (Outstanding* same = find(session, id); same != nullptr)
    end(session, *same, Completeness::incomplete, message.offset, sink);
  Outstanding& request = free_place(session, message.offset, sink);
  request = {id, sink.tx_begin(message.direction), command, no_file};
  sink.observe_number(request.tx, Field::smb_command, command, message.offset);
  return request;
}

void end(Session& session, Outstanding& request, Completeness completeness, uint64_t offset, Sink& sink) {
  observe_dialect(session, request.tx, offset, sink);
  sink.tx_end(request.tx, completeness);
  request.tx = no_tx;
}

void end_all(Session& session, uint64_t offset, Sink& sink) {
  for (Outstanding& request : session.outstanding)
    if (request.tx != no_tx) end(session, request, Completeness::incomplete, offset, sink);
}

uint8_t keep_name(Session& session, const Outstanding& request, Bytes name) {
  if (name.empty() || name.size() > kept_name_bytes_max) return no_file;
  const auto unnamed = [](const OpenFile& file) { return !file.named; };
  auto* place = std::ranges::find_if(session.files, unnamed);
  if (place == std::end(session.files)) {
    place = &session.files[session.next_file];
    session.next_file = static_cast<uint8_t>((session.next_file + 1) % files_max);
  }
  place->id = {request.id, 0};
  place->named = true;
  place->has_id = false;
  place->name_bytes = static_cast<uint16_t>(name.size());
  std::memcpy(place->name, name.data(), name.size());
  return static_cast<uint8_t>(place - std::begin(session.files));
}

void name_file(Session& session, const Outstanding& request, const FileId& id) {
  OpenFile* file = opening(session, request);
  if (file == nullptr) return;
  file->id = id;
  file->has_id = true;
}

void forget_opening(Session& session, const Outstanding& request) {
  if (OpenFile* file = opening(session, request); file != nullptr) file->named = false;
}

void close_file(Session& session, const FileId& id) {
  for (OpenFile& file : session.files)
    if (file.has_id && file.id == id) file.named = false;
}

void observe_file(Session& session, const FileId& id, TxId tx, uint64_t offset, Sink& sink) {
  for (const OpenFile& file : session.files)
    if (file.named && file.has_id && file.id == id)
      return sink.observe(tx, Field::smb_file_name, {file.name, file.name_bytes}, offset);
}

}  // namespace sekisho::smb
