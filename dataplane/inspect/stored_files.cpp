// SPDX-License-Identifier: Apache-2.0
// Files for control's file store: the bytes of those that policy chooses go, piece by piece, into the ring of files; the last record of
// a file says what it is, or that it is not to be kept. Where the ring has no room the file is given up: traffic never waits.
#include "dataplane/inspect/stored_files.h"

#include <algorithm>

#include "dataplane/content/file_type.h"
#include "dataplane/inspect/inspector.h"
#include "dataplane/protocols/protocol.h"

namespace sekisho {

namespace {

static_assert(file_type_bytes <= body_head_bytes);
static_assert(field_specs[static_cast<size_t>(Field::file_content)].max_bytes == stored_piece_bytes_max);

bool among(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view protocol_name(uint8_t app_protocol) {
  return app_protocol != 0 ? protocol_table().protocols[app_protocol - 1]->name : std::string_view{};
}

// What has its own row (body_chain.cpp) and came by itself: members of an archive are in it, parts of a file are not it.
const char* not_a_file(const Body& body, const FlowInspection& inspection) {
  if (body.carrier == BodyCarrier::archive_member) return "member";
  if (inspection.announced_use == ExpectedUse::listing) return "listing";
  return body.range.partial ? "partial" : nullptr;
}

}  // namespace

void Inspector::begin_store(Body& body, const BodyMeta& meta) const {
  const StoredFiles& policy = options_.stored_files;
  if (!policy.enabled) return;
  body.store_reason = not_a_file(body, *current_);
  if (body.store_reason != nullptr) return;
  body.store_reason = "policy";
  if (body.container || !carries_file(meta.carrier) || !policy.directions[index_of(meta.direction)]) return;
  if (!among(policy.protocols, protocol_name(body.app_protocol))) return;
  body.store = Body::Store::undecided;
}

// More is known of what it is.
void Inspector::reconsider_store(Body& body) const {
  if (body.store == Body::Store::over && body.store_bytes == 0) return;
  const char* reason = not_a_file(body, *current_);
  if (reason == nullptr) return;
  body.store_reason = reason;
  body.store = Body::Store::over;
}

void Inspector::refuse_store(Body& body, const char* reason, uint64_t& counter) {
  ++counter;
  body.store_reason = reason;
  body.store = Body::Store::over;
}

// By its type, for which the first bytes are there.
void Inspector::choose_store(Body& body) {
  body.store = Body::Store::over;
  if (!among(options_.stored_files.types, file_type(body.head_bytes()))) return;
  ++counters_.files_chosen;
  body.store = Body::Store::on;
}

// `bytes` are the decoded content's next, `before` all that came before them while nothing was decided.
void Inspector::store(Body& body, Bytes before, Bytes bytes) {
  if (body.store == Body::Store::undecided) {
    if (body.head_size < file_type_bytes && !options_.stored_files.types.empty()) return;
    choose_store(body);
    if (body.store == Body::Store::on) put_bytes(body, before);
  }
  if (body.store == Body::Store::on) put_bytes(body, bytes);
}

void Inspector::put_bytes(Body& body, Bytes bytes) {
  if (body.has_gap) return refuse_store(body, "gap", counters_.files_damaged);
  if (body.store_bytes + bytes.size() > options_.stored_files.bytes_max)
    return refuse_store(body, "too_large", counters_.files_too_large);
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(bytes.size(), stored_piece_bytes_max));
    if (!put_piece(body, piece)) return refuse_store(body, "ring_full", counters_.files_ring_full);
    bytes = bytes.subspan(piece.size());
  }
}

bool Inspector::put_piece(Body& body, Bytes piece) {
  constexpr uint32_t fields = 3;
  if (!output_.begin(RingKind::files, RecordType::file_piece, fields * sizeof(RecordField) + static_cast<uint32_t>(piece.size())))
    return false;
  RecordWriter& writer = output_.writer();
  writer.number(Field::file_id, body.file_id);
  writer.number(Field::file_offset, body.store_bytes);
  writer.bytes(Field::file_content, piece);
  output_.publish();
  body.store_bytes += piece.size();
  return true;
}

// The file is over. A record of its end says so to the store, also of one that is given up.
void Inspector::finish_store(const FlowInspection& inspection, Body& body, BodyEnd end) {
  if (body.store == Body::Store::undecided) {
    choose_store(body);
    if (body.store == Body::Store::on) put_bytes(body, body.head_bytes());
  }
  if (body.store == Body::Store::on) {
    if (end != BodyEnd::complete) refuse_store(body, "truncated", counters_.files_damaged);
    else if (body.has_gap) refuse_store(body, "gap", counters_.files_damaged);
    else if (body.size < options_.stored_files.bytes_min) refuse_store(body, "too_small", counters_.files_too_small);
  }
  const bool whole = body.store == Body::Store::on;
  if (!whole && body.store_bytes == 0) return;
  if (write_file_end(inspection, body, whole)) {
    body.stored = whole;
    counters_.files_stored += whole ? 1 : 0;
  } else if (whole) {
    refuse_store(body, "ring_full", counters_.files_ring_full);
  }
}

// What the store writes beside the file, with the values of its transaction.
bool Inspector::write_file_end(const FlowInspection& inspection, const Body& body, bool whole) {
  const Transaction* transaction = find(body.tx);
  const std::string_view type = file_type(body.head_bytes());
  constexpr uint32_t fields = 8, short_texts = 64;
  const size_t texts = size_t{body.name_size} + body.type_size + type.size() + short_texts;
  const uint32_t values = whole && transaction != nullptr ? transaction->record_bytes() : 0;
  if (!output_.begin(RingKind::files, RecordType::file_piece, fields * sizeof(RecordField) + static_cast<uint32_t>(texts) + values)) return false;
  RecordOutput::describe_flow(output_.writer(), *inspection.flow, flows_.first(*inspection.flow), body.app_protocol, body.tx);
  RecordWriter& writer = output_.writer();
  writer.number(Field::file_id, body.file_id);
  writer.number(Field::file_offset, body.store_bytes);
  writer.text(Field::file_state, whole ? "closed" : "given_up");
  if (whole) {
    if (body.name_size > 0) writer.bytes(Field::file_name, body.name_bytes());
    if (body.type_size > 0) writer.bytes(Field::file_declared_type, body.type_bytes());
    if (!type.empty()) writer.text(Field::file_type, type);
    writer.number(Field::file_direction, static_cast<uint64_t>(body.direction));
    if (transaction != nullptr) transaction->write_fields(writer);
  }
  output_.publish();
  return true;
}

}  // namespace sekisho
