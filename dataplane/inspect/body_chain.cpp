// SPDX-License-Identifier: Apache-2.0
// Bodies: through their decoders, layer by layer, to size, type, digests, patterns and a file record.
#include <algorithm>
#include <cstring>
#include <new>

#include "dataplane/content/file_type.h"
#include "dataplane/decode/keyed_hash.h"
#include "dataplane/inspect/inspector.h"
#include "dataplane/inspect/layer_sink.h"

namespace sekisho {

BodyMemory::BodyMemory(uint32_t bodies_max, uint32_t decoders_max, uint32_t streams_max, size_t stream_bytes,
                       const CodecMemorySize& codec_size)
    : bodies(sizeof(Body), bodies_max),
      decoder_states(decoder_state_bytes_max, decoders_max),
      large_decoder_states(large_decoder_state_bytes_max, decoders_max / large_decoders_share),
      pattern_streams(stream_bytes, streams_max),
      codecs(codec_size) {}

namespace {

uint16_t keep(uint8_t* to, size_t most, Bytes from) {
  const size_t size = std::min(most, from.size());
  if (size > 0) std::memcpy(to, from.data(), size);
  return static_cast<uint16_t>(size);
}

// Of a multipart message all bytes are searched for patterns; its parts are not searched again.
bool looked_through_already(BodyCarrier carrier) {
  return carrier == BodyCarrier::form_part || carrier == BodyCarrier::http_part;
}

// What is fetched by whom: of a file that comes in ranges.
uint64_t name_of(const FiveTuple& tuple, Bytes host, Bytes url) {
  constexpr uint64_t no_secret[2] = {};
  uint64_t name = siphash<1, 3>(no_secret, tuple.source);
  for (const Bytes part : {Bytes(tuple.destination), host, url}) {
    const uint64_t key[2] = {name, 0};
    name = siphash<1, 3>(key, part);
  }
  return name;
}

DecoderInput input_of(const Body& body, const Body::Layer& layer, Bytes bytes) {
  return {body.tx, body.id, bytes, layer.offset};
}

}  // namespace

bool Inspector::add_layer(Body& body, const Decoder* decoder, const BodyMeta& meta) {
  if (decoder == nullptr) {  // nothing of ours decodes it
    ++counters_.body_layers;
    return false;
  }
  BlockPool& pool = body_memory_.states_for(*decoder);
  void* state = decoder->state_bytes <= pool.block_bytes() ? pool.take() : nullptr;
  if (state == nullptr || !decoder->start(state, meta, decoder_context_)) {
    if (state != nullptr) pool.give(state);
    ++counters_.body_layers;
    gave_up_ = gave_up_ | GaveUp::body;
    return false;
  }
  body.layers[body.layer_count++] = {decoder, state, 0, false};
  return true;
}

BodyId Inspector::body_begin(TxId tx, const BodyMeta& meta, uint64_t) {
  FlowInspection& inspection = *current_;
  void* block = inspection.open_bodies < flow_bodies_max ? body_memory_.bodies.take() : nullptr;
  if (block == nullptr) {
    ++counters_.body_refused;
    gave_up_ = gave_up_ | GaveUp::body;
    return no_body;
  }
  auto* body = new (block) Body;
  body->id = ++inspection.last_body;
  body->tx = tx;
  note_protocol();
  body->app_protocol = speaking_->app_protocol;
  body->file_id = ++next_file_;
  body->carrier = meta.carrier;
  body->direction = meta.direction;
  body->end_unknown = meta.declared_bytes == body_length_unknown;
  if (meta.carrier == BodyCarrier::archive_member) note_archive(*body);
  const bool announced = meta.carrier == BodyCarrier::ftp_data;  // what it is, was said elsewhere
  const Bytes name = announced ? announced_name(inspection) : meta.file_name;
  body->name_size = keep(body->name, sizeof body->name, name);
  body->type_size = keep(body->type, sizeof body->type, meta.declared_type);
  body->range = announced ? announced_range(inspection) : meta.range;
  // The sender applied the encodings first to last, so they come off last to first; under one that stays on nothing is what it says.
  bool bare = true;
  for (unsigned i = body_encodings_max; bare && i-- > 0;)
    if (meta.encodings[i] != ContentEncoding::identity) bare = add_layer(*body, decoder_for(meta.encodings[i]), meta);
  if (const Decoder* decoder = bare ? decoder_for(meta.media) : nullptr)
    body->container = add_layer(*body, decoder, meta) && meta.media == BodyMedia::mail_message;
  if (!body->container) body->hash = FileHash(file_hashes_);
  if (body->range.partial) begin_assembly(*body);
  body->of_lines = meta.lines && !body->container;
  if (body->of_lines) body->line_readings = LineReadings(file_hashes_);
  if (!looked_through_already(meta.carrier)) open_patterns(*body);
  begin_store(*body, meta);
  body->next = inspection.bodies;
  inspection.bodies = body;
  ++inspection.open_bodies;
  ++counters_.bodies;
  if (body->name_size > 0) look_up(find(tx), Field::file_name, body->name_bytes(), 0);
  return body->id;
}

Body* Inspector::find_body(BodyId id) const {
  for (Body* body = current_->bodies; body != nullptr; body = body->next)
    if (body->id == id) return body;
  return nullptr;
}

void Inspector::body_data(BodyId id, Bytes bytes) {
  if (Body* body = find_body(id)) feed_layer(*body, 0, bytes);
}

void Inspector::feed_layer(Body& body, unsigned layer_index, Bytes bytes) {
  if (bytes.empty() || stops_opening(body, 0)) return;
  if (layer_index == body.layer_count) {
    digest(body, bytes);
    return;
  }
  Body::Layer& layer = body.layers[layer_index];
  if (!layer.broken) {
    LayerSink sink(*this, body, layer_index + 1);
    layer.broken = !layer.decoder->data(layer.state, input_of(body, layer, bytes), sink);
  }
  layer.offset += bytes.size();
}

// The decoded end of the chain.
void Inspector::digest(Body& body, Bytes bytes) {
  if (stops_opening(body, bytes.size())) return;
  const size_t before = body.head_size;
  if (body.head_size < sizeof body.head)
    body.head_size += keep(body.head + body.head_size, sizeof body.head - body.head_size, bytes);
  body.size += bytes.size();
  body.touched = true;
  if (body.of_lines) {
    body.line_readings.update(bytes, body.hash);
  } else if (!body.container) {
    body.hash.update(bytes);
  }
  if (body.assembles) {
    const auto known = static_cast<size_t>(std::min<uint64_t>(body.assembled_before, bytes.size()));
    body.assembled_before -= known;
    body.assembled.update(bytes.subspan(known));
  }
  scan_patterns(body, bytes);
  if (body.store != Body::Store::over) store(body, body.head_bytes().first(before), bytes);
  if (body.archive != Body::Archive::none) read_archive(body, body.head_bytes().first(before), bytes);
}

void Inspector::body_gap(BodyId id, uint64_t missing_bytes) {
  if (Body* body = find_body(id)) gap_layer(*body, 0, missing_bytes);
}

void Inspector::gap_layer(Body& body, unsigned layer_index, uint64_t missing_bytes) {
  body.has_gap = true;
  if (layer_index == body.layer_count) {
    body.size += missing_bytes;
    gap_archive(body, missing_bytes);
    return;
  }
  Body::Layer& layer = body.layers[layer_index];
  LayerSink sink(*this, body, layer_index + 1);
  if (!layer.broken) layer.decoder->gap(layer.state, input_of(body, layer, {}), missing_bytes, sink);
  layer.offset += missing_bytes;
}

void Inspector::body_end(BodyId id, BodyEnd end) {
  if (Body* body = find_body(id)) finish_body(*current_, body, end);
}

void Inspector::finish_body(FlowInspection& inspection, Body* body, BodyEnd end) {
  for (unsigned i = 0; i < body->layer_count; ++i) {
    Body::Layer& layer = body->layers[i];
    LayerSink sink(*this, *body, i + 1);
    layer.decoder->finish(layer.state, input_of(*body, layer, {}), end, sink);
    body_memory_.states_for(*layer.decoder).give(layer.state);
  }
  close_patterns(*body);
  finish_archive(*body, end);
  if (!body->container) {
    judge(*body);
    Transaction* transaction = find(body->tx);
    look_up_number(transaction, Field::file_size, body->size, 0);
    const std::string_view type = file_type(body->head_bytes());
    if (!type.empty()) look_up(transaction, Field::file_type, as_bytes(type), 0);
    if (!look_ups_.empty()) look_up_now();  // the record says whether the file was stopped
    const bool is_file = carries_file(body->carrier) && inspection.announced_use != ExpectedUse::listing &&
                         (body->size > 0 || body->name_size > 0);
    if (body->store != Body::Store::over || body->store_bytes != 0) finish_store(inspection, *body, end);
    if (is_file) write_file(inspection, *body, end);
    if (body->assembles) end_assembly(inspection, *body, end);
  }
  Body** link = &inspection.bodies;
  while (*link != body) link = &(*link)->next;
  *link = body->next;
  --inspection.open_bodies;
  body_memory_.bodies.give(body);
}

// Looks up the digests of what has come so far: at the end, and at each segment's end where the end is not known in advance (a
// delayed terminator would otherwise hand the whole file over).
void Inspector::judge(Body& body) {
  body.touched = false;
  if (body.has_gap || body.size == 0) return;
  if (!looks_at_digests_) return;
  std::array<FileHash, LineReadings::readings_max> readings;
  readings[0] = body.hash;
  const size_t count = body.of_lines ? body.line_readings.readings(body.hash, readings) : 1;
  for (size_t i = 0; i < count; ++i) look_up_digests(body, readings[i].peek());
  if (body.assembles && body.assembled_before == 0 && body.range.first + body.size == body.range.total)
    look_up_digests(body, body.assembled.peek());
}

// Only of what is downloaded as it is: under a Content-Encoding the range is the encoded file's.
void Inspector::begin_assembly(Body& body) {
  const ByteRange& range = body.range;
  const Transaction* transaction = find(body.tx);
  if (range.first == body_length_unknown || range.total == body_length_unknown || body.layer_count != 0 ||
      body.carrier != BodyCarrier::http_response || transaction == nullptr)
    return;
  const Bytes url = transaction->first_value(Field::http_url);
  if (url.empty()) return;
  body.whole = {name_of(current_->flow->tuple, transaction->first_value(Field::http_host), url), range.total};
  const RangeAssembly::Beginning before = range.first != 0 ? ranges_.up_to(body.whole, range.first) : RangeAssembly::Beginning{};
  body.assembles = range.first == 0 || before.hash != nullptr;
  body.assembled = before.hash != nullptr ? *before.hash : FileHash(file_hashes_);
  body.assembled_before = before.hash != nullptr ? before.bytes - range.first : 0;
}

// The last range makes a file of its own, beside the part that it is.
void Inspector::end_assembly(const FlowInspection& inspection, Body& body, BodyEnd end) {
  const uint64_t next = body.range.first + body.size;
  if (body.has_gap || end != BodyEnd::complete || body.size == 0 || body.assembled_before != 0) return;
  if (next < body.range.total) return ranges_.keep(body.whole, next, body.assembled);
  if (next != body.range.total) return;
  body.file_id = ++next_file_;
  body.hash = body.assembled;
  body.size = next;
  body.head_size = 0;  // the part's
  body.range = {};
  write_file(inspection, body, end);
}

void Inspector::look_up_digests(const Body& body, const FileDigests& digests) {
  Transaction* transaction = find(body.tx);
  if (has(digests.kinds, HashKinds::md5)) look_up(transaction, Field::file_md5, digests.md5, body.size);
  if (has(digests.kinds, HashKinds::sha1)) look_up(transaction, Field::file_sha1, digests.sha1, body.size);
  if (has(digests.kinds, HashKinds::sha256)) look_up(transaction, Field::file_sha256, digests.sha256, body.size);
}

void Inspector::end_segment(FlowInspection& inspection) {
  if (!options_.judge_open_bodies) return;
  for (Body* body = inspection.bodies; body != nullptr; body = body->next)
    if (body->touched && body->end_unknown && !body->container) judge(*body);
}

// --- patterns over the decoded bytes

void Inspector::open_patterns(Body& body) {
  const Image* image = look_ups_.image();
  if (image == nullptr || (image->pattern_kinds() & kind_bit(Kind::keyword)) == 0) return;
  BlockPool& pool = body_memory_.pattern_streams;
  auto* state = static_cast<uint8_t*>(image->stream_state_bytes() <= pool.block_bytes() ? pool.take() : nullptr);
  if (state == nullptr || !image->stream_open({state, pool.block_bytes()})) {
    if (state != nullptr) pool.give(state);
    ++counters_.body_unscanned;
    gave_up_ = gave_up_ | GaveUp::body;
    return;
  }
  body.pattern_stream = state;
  body.pattern_generation = image->pattern_generation();
}

void Inspector::scan_patterns(Body& body, Bytes bytes) {
  if (body.pattern_stream == nullptr) return;
  if (body.pattern_generation != look_ups_.image()->pattern_generation()) {  // other patterns: go on with them from here
    body_memory_.pattern_streams.give(body.pattern_stream);
    body.pattern_stream = nullptr;
    ++counters_.streams_restarted;
    open_patterns(body);
    if (body.pattern_stream == nullptr) return;
  }
  Hit hits[scan_hits_max];
  const std::span<uint8_t> state(static_cast<uint8_t*>(body.pattern_stream), body_memory_.pattern_streams.block_bytes());
  const size_t count = look_ups_.image()->stream_scan(state, bytes, 0, static_cast<int64_t>(clock_.wall_ns / 1'000'000'000),
                                                      *look_ups_.scratch(), hits, counters_.scan_hits_dropped);
  if (count > 0 && !look_ups_.empty()) look_up_now();  // what was seen before is told before
  for (size_t i = 0; i < count; ++i) {
    const IndicatorEntry entry = look_ups_.image()->indicator(hits[i].indicator);
    const std::string_view value = look_ups_.image()->text(entry.value_offset, entry.value_length);
    on_hit(observation(find(body.tx), Field::http_body, body.size), hits[i].indicator, as_bytes(value));
  }
}

void Inspector::close_patterns(Body& body) {
  if (body.pattern_stream == nullptr) return;
  const std::span<uint8_t> state(static_cast<uint8_t*>(body.pattern_stream), body_memory_.pattern_streams.block_bytes());
  if (body.pattern_generation == look_ups_.image()->pattern_generation()) look_ups_.image()->stream_close(state, *look_ups_.scratch());
  body_memory_.pattern_streams.give(body.pattern_stream);
  body.pattern_stream = nullptr;
}

}  // namespace sekisho
