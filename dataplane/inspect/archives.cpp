// SPDX-License-Identifier: Apache-2.0
// Archives among the bodies: a file that is one is given to its reader as well, whose members are bodies in turn.
#include "dataplane/content/archive/archive.h"

#include <algorithm>
#include <utility>

#include "dataplane/content/archive/limits.h"
#include "dataplane/inspect/inspector.h"
#include "dataplane/inspect/layer_sink.h"

namespace sekisho {

static_assert(archive::start_bytes <= body_head_bytes);

namespace {

// What somebody downloads, sends or packs. (A mail is taken apart by a decoder of its own.)
bool may_be_archive(const Body& body) {
  constexpr BodyCarrier carriers[] = {BodyCarrier::http_request, BodyCarrier::http_response, BodyCarrier::mail_part,
                                      BodyCarrier::form_part,    BodyCarrier::http_part,     BodyCarrier::ftp_data,
                                      BodyCarrier::archive_member};
  return !body.container && !body.range.partial && std::find(std::begin(carriers), std::end(carriers), body.carrier) != std::end(carriers);
}

// Somebody's program will open it as a zip, wherever in it the archive begins.
bool is_called_zip(const Body& body) {
  constexpr std::string_view endings[] = {".zip", ".jar", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".apk", ".xpi", ".odt", ".ods"};
  constexpr std::string_view types[] = {"application/zip", "application/x-zip-compressed", "application/java-archive"};
  const std::string_view name = as_text(body.name_bytes()), type = as_text(body.type_bytes());
  const auto ends = [&](std::string_view ending) {
    return name.size() > ending.size() && equals_ignore_case(name.substr(name.size() - ending.size()), ending);
  };
  const auto is = [&](std::string_view one) { return equals_ignore_case(type, one); };
  return std::any_of(std::begin(endings), std::end(endings), ends) || std::any_of(std::begin(types), std::end(types), is);
}

}  // namespace

// `bytes` are the decoded content's next, `before` all that came before them while it was not known what the file is.
void Inspector::read_archive(Body& body, Bytes before, Bytes bytes) {
  if (body.archive == Body::Archive::undecided) {
    archive::Choice choice{nullptr, true};
    if (options_.open_archives && may_be_archive(body))
      choice = archive::reader_for(body.head_bytes().first(std::min<size_t>(body.head_size, archive::start_bytes)));
    if (choice.decided && choice.reader == nullptr && options_.open_archives && may_be_archive(body) && is_called_zip(body))
      choice.reader = &archive::zip_behind_reader;
    if (choice.decided) body.archive = Body::Archive::none;
    if (choice.reader == nullptr || !open_archive(body, *choice.reader)) return;
    feed_archive(body, before);
  }
  if (body.archive == Body::Archive::open) feed_archive(body, bytes);
}

bool Inspector::open_archive(Body& body, const Decoder& reader) {
  if (body.depth == archive::depth_max) {
    anomaly(body.tx, "archive.nested_too_deep", body.size);
    return false;
  }
  BlockPool& pool = body_memory_.states_for(reader);
  BodyMeta meta;
  meta.carrier = body.carrier;
  meta.direction = body.direction;
  void* state = pool.take();
  if (state == nullptr || !reader.start(state, meta, decoder_context_)) {
    if (state != nullptr) pool.give(state);
    ++counters_.body_layers;
    gave_up_ = gave_up_ | GaveUp::body;
    return false;
  }
  body.reader = {&reader, state, 0, false};
  body.archive = Body::Archive::open;
  ++counters_.archives;
  return true;
}

void Inspector::feed_archive(Body& body, Bytes bytes) {
  if (bytes.empty()) return;
  if (!body.reader.broken) {
    Body* const outer = std::exchange(opening_, &body);
    LayerSink sink(*this, body, body.layer_count);
    body.reader.broken = !body.reader.decoder->data(body.reader.state, {body.tx, body.id, bytes, body.reader.offset}, sink);
    opening_ = outer;
  }
  body.reader.offset += bytes.size();
}

void Inspector::gap_archive(Body& body, uint64_t missing_bytes) {
  if (body.archive == Body::Archive::undecided) body.archive = Body::Archive::none;  // its beginning is not all there
  if (body.archive != Body::Archive::open) return;
  Body* const outer = std::exchange(opening_, &body);
  LayerSink sink(*this, body, body.layer_count);
  if (!body.reader.broken) body.reader.decoder->gap(body.reader.state, {body.tx, body.id, {}, body.reader.offset}, missing_bytes, sink);
  body.reader.offset += missing_bytes;
  opening_ = outer;
}

void Inspector::finish_archive(Body& body, BodyEnd end) {
  if (body.archive != Body::Archive::open) return;
  Body* const outer = std::exchange(opening_, &body);
  LayerSink sink(*this, body, body.layer_count);
  body.reader.decoder->finish(body.reader.state, {body.tx, body.id, {}, body.reader.offset}, end, sink);
  opening_ = outer;
  body_memory_.states_for(*body.reader.decoder).give(body.reader.state);
  body.archive = Body::Archive::closed;
}

void Inspector::note_archive(Body& member) const {
  if (opening_ == nullptr) return;
  member.holder = opening_;
  member.depth = static_cast<uint8_t>(opening_->depth + 1);
  member.outermost = opening_->outermost != nullptr ? opening_->outermost : opening_;
}

// Layers multiply: what all members of a file have together, in whatever depth, is held against the file itself (DecoderLimits).
// A member that is cut so lacks its rest.
bool Inspector::stops_opening(Body& member, size_t bytes) {
  Body* outermost = member.outermost;
  if (outermost == nullptr) return false;
  if (!outermost->exhausted) {
    outermost->opened_bytes += bytes;
    const DecoderLimits& limits = decoder_context_.limits;
    if (limits.ratio_max == 0 || outermost->opened_bytes <= limits.ratio_free_bytes) return false;
    if ((outermost->opened_bytes - 1) / limits.ratio_max < outermost->size) return false;
    outermost->exhausted = true;
    anomaly(outermost->tx, "content.bomb", outermost->size);
  }
  member.has_gap = true;
  return true;
}

}  // namespace sekisho
