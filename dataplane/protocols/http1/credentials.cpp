// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/credentials.h"

#include <array>

#include "dataplane/content/base64.h"
#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/limits.h"

namespace sekisho::http1 {

namespace {

void observe_basic_user(std::string_view credentials, uint64_t offset, TxId tx, Field field, Sink& sink) {
  if (credentials.size() > credentials_bytes_max) return;
  std::array<uint8_t, base64_decoded_max(credentials_bytes_max) + 2> decoded;
  Base64State state;
  size_t size = base64_decode(state, as_bytes(credentials), decoded);
  size += base64_finish(state, std::span(decoded).subspan(size));
  const std::string_view pair = as_text(Bytes(decoded).first(size));
  const size_t colon = pair.find(':');
  if (colon != std::string_view::npos) sink.observe(tx, field, as_bytes(pair.substr(0, colon)), offset);
}

// Observes the values of `name="value"`. `name` with its equals sign and quote.
enum class Which : uint8_t { first, all };
void observe_quoted(std::string_view text, std::string_view name, Which which, uint64_t offset, TxId tx,
                    Field field, Sink& sink) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (!starts_with_ignore_case(text.substr(at), name)) continue;
    if (at != 0 && token_characters[static_cast<uint8_t>(text[at - 1])]) continue;
    at += name.size();
    const std::string_view rest = text.substr(at);
    const size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return;
    sink.observe(tx, field, as_bytes(rest.substr(0, quote)), offset + at);
    if (which == Which::first) return;
    at += quote;
  }
}

}  // namespace

void read_credentials(std::string_view value, uint64_t offset, TxId tx, CredentialFields fields, Sink& sink) {
  size_t end = 0;
  while (end < value.size() && token_characters[static_cast<uint8_t>(value[end])]) ++end;
  const std::string_view scheme = value.substr(0, end);
  if (!scheme.empty()) sink.observe(tx, fields.scheme, as_bytes(scheme), offset);
  const std::string_view credentials = trim_loosely(value.substr(end));
  const uint64_t at = offset + static_cast<uint64_t>(credentials.data() - value.data());
  if (equals_ignore_case(scheme, "basic")) {
    if (sink.wants(fields.user)) observe_basic_user(credentials, at, tx, fields.user, sink);
    return;
  }
  if (equals_ignore_case(scheme, "digest"))
    observe_quoted(credentials, "username=\"", Which::first, at, tx, fields.user, sink);
  observe_quoted(credentials, "realm=\"", Which::first, at, tx, Field::http_auth_realm, sink);
}

void read_challenges(std::string_view value, uint64_t offset, TxId tx, Sink& sink) {
  if (sink.wants(Field::http_auth_realm))
    observe_quoted(value, "realm=\"", Which::all, offset, tx, Field::http_auth_realm, sink);
}

}  // namespace sekisho::http1
