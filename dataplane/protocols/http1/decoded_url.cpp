// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/decoded_url.h"

#include <algorithm>
#include <array>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/limits.h"
#include "dataplane/protocols/http1/oddity.h"

namespace sekisho::http1 {

namespace {

enum class Plus : uint8_t { is_plus, is_space };

// Writes over its own input where `out` is its place: it never grows.
size_t decode_part(std::string_view part, Plus plus, char* out) {
  char* const begin = out;
  for (size_t i = 0; i < part.size(); ++i) {
    if (const int byte = percent_byte(part.substr(i)); byte >= 0) {
      *out++ = static_cast<char>(byte);
      i += 2;
    } else {
      *out++ = part[i] == '+' && plus == Plus::is_space ? ' ' : part[i];
    }
  }
  return static_cast<size_t>(out - begin);
}

bool has_escape(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
    if (percent_byte(text.substr(at)) >= 0) return true;
  return false;
}

}  // namespace

void observe_decoded_url(std::string_view target, TxId tx, uint64_t offset, Sink& sink) {
  if (!sink.wants(Field::http_url_decoded)) return;
  std::string_view text = target.substr(0, target_bytes_max);
  const size_t query = std::min(text.find('?'), text.size());
  if (!has_escape(text) && text.find('+', query) == std::string_view::npos) return;
  std::array<char, target_bytes_max> room;
  const size_t path_bytes = decode_part(text.substr(0, query), Plus::is_plus, room.data());
  text = {room.data(), path_bytes + decode_part(text.substr(query), Plus::is_space, room.data() + path_bytes)};
  sink.observe(tx, Field::http_url_decoded, as_bytes(text), offset);
  for (unsigned decodings = 1; has_escape(text); ++decodings) {
    if (decodings == target_decodings_max) return sink.anomaly(tx, oddity_name(Oddity::url_encoded_again), offset);
    text = {room.data(), decode_part(text, Plus::is_plus, room.data())};
    sink.observe(tx, Field::http_url_decoded, as_bytes(text), offset);
  }
}

}  // namespace sekisho::http1
