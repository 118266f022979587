// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/sasl.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "dataplane/content/base64.h"
#include "dataplane/protocols/limits.h"

namespace sekisho {

namespace {

// RFC 4616: authzid NUL authcid NUL passwd; the user is the authcid.
std::string_view plain_user(std::string_view text) {
  const size_t first = text.find('\0');
  if (first == text.npos) return {};
  const size_t second = text.find('\0', first + 1);
  return second == text.npos ? std::string_view{} : text.substr(first + 1, second - first - 1);
}
std::string_view whole(std::string_view text) { return text; }
// RFC 2195: user SP digest.
std::string_view before_last_space(std::string_view text) {
  const size_t space = text.rfind(' ');
  return space == text.npos ? std::string_view{} : text.substr(0, space);
}
// XOAUTH2 "user=NAME^Aauth=..."; OAUTHBEARER (RFC 7628 3.1) "n,a=NAME,^A...".
std::string_view oauth_user(std::string_view text) {
  for (const std::string_view key : {std::string_view("user="), std::string_view("n,a=")}) {
    if (!text.starts_with(key)) continue;
    text.remove_prefix(key.size());
    return text.substr(0, text.find_first_of(std::string_view("\x01,", 2)));
  }
  return {};
}

// RFC 5802 7: "n,,n=NAME,r=..." (behind the binding flag and an authorisation name).
std::string_view scram_user(std::string_view text) {
  const size_t key = text.find(",n=");
  if (key == text.npos) return {};
  text.remove_prefix(key + 3);
  return text.substr(0, text.find(','));
}
// RFC 2831 2.1.2: username="NAME",...
std::string_view digest_user(std::string_view text) {
  constexpr std::string_view key = "username=\"";
  const size_t at = text.find(key);
  if (at == text.npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find('"'));
}

struct MechanismEntry {
  std::string_view name;
  Mechanism mechanism;
  unsigned lines;
  std::string_view (*user)(std::string_view text);  // applied to client line 0
};
constexpr MechanismEntry mechanisms[] = {
    {"PLAIN", Mechanism::plain, 1, plain_user},
    {"LOGIN", Mechanism::login, 2, whole},
    {"CRAM-MD5", Mechanism::cram_md5, 1, before_last_space},
    {"DIGEST-MD5", Mechanism::digest_md5, 0, digest_user},
    {"SCRAM-SHA-1", Mechanism::scram, 0, scram_user},
    {"SCRAM-SHA-1-PLUS", Mechanism::scram, 0, scram_user},
    {"SCRAM-SHA-256", Mechanism::scram, 0, scram_user},
    {"SCRAM-SHA-256-PLUS", Mechanism::scram, 0, scram_user},
    {"XOAUTH2", Mechanism::xoauth2, 1, oauth_user},
    {"OAUTHBEARER", Mechanism::xoauth2, 1, oauth_user},
};

const MechanismEntry* find(Mechanism mechanism) {
  const auto at = std::find_if(std::begin(mechanisms), std::end(mechanisms),
                               [&](const MechanismEntry& entry) { return entry.mechanism == mechanism; });
  return at == std::end(mechanisms) ? nullptr : at;
}

}  // namespace

Mechanism parse_mechanism(Bytes name) {
  for (const MechanismEntry& entry : mechanisms)
    if (equals_ignore_case(as_text(name), entry.name)) return entry.mechanism;
  return Mechanism::other;
}

size_t credential_user(Mechanism mechanism, unsigned line, Bytes text, std::span<uint8_t> out) {
  const MechanismEntry* entry = find(mechanism);
  if (entry == nullptr || line != 0) return 0;
  text = text.first(std::min(text.size(), sasl_line_bytes_max));  // the name is at the front; tokens behind it may be long
  uint8_t decoded[base64_decoded_max(sasl_line_bytes_max) + 2];
  Base64State state;
  size_t length = base64_decode(state, text, decoded);
  length += base64_finish(state, std::span(decoded).subspan(length));
  const std::string_view user = entry->user(as_text({decoded, length}));
  const size_t kept = std::min(user.size(), out.size());
  if (kept != 0) std::memcpy(out.data(), user.data(), kept);
  explicit_bzero(decoded, sizeof decoded);  // the password does not stay on the stack
  return kept;
}

unsigned credential_lines(Mechanism mechanism) {
  const MechanismEntry* entry = find(mechanism);
  return entry == nullptr ? 0 : entry->lines;
}

}  // namespace sekisho
