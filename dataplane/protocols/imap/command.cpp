// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/imap/command.h"

#include <algorithm>
#include <string_view>

#include "dataplane/protocols/imap/limits.h"

namespace sekisho::imap {

namespace {

struct VerbName {
  std::string_view name;
  Verb verb;
  bool argued;  // needs an argument
};
constexpr VerbName verb_names[] = {
    {"UID", Verb::uid, true},
    {"LOGIN", Verb::login, true},
    {"AUTHENTICATE", Verb::authenticate, true},
    {"STARTTLS", Verb::starttls, false},
    {"COMPRESS", Verb::compress, true},
    {"SELECT", Verb::select, true},
    {"EXAMINE", Verb::select, true},
    {"FETCH", Verb::fetch, true},
    {"APPEND", Verb::append, true},
    {"REPLACE", Verb::replace, true},  // RFC 8508
    {"IDLE", Verb::idle, false},
    {"CLOSE", Verb::closing, false},
    {"UNSELECT", Verb::closing, false},
    {"LOGOUT", Verb::closing, false},
    {"CAPABILITY", Verb::other, false},
    {"NOOP", Verb::other, false},
    {"CHECK", Verb::other, false},
    {"EXPUNGE", Verb::other, false},
    {"NAMESPACE", Verb::other, false},
    {"LIST", Verb::other, true},
    {"LSUB", Verb::other, true},
    {"XLIST", Verb::other, true},
    {"STATUS", Verb::other, true},
    {"CREATE", Verb::other, true},
    {"DELETE", Verb::other, true},
    {"RENAME", Verb::other, true},
    {"SUBSCRIBE", Verb::other, true},
    {"UNSUBSCRIBE", Verb::other, true},
    {"SEARCH", Verb::other, true},
    {"SORT", Verb::other, true},
    {"THREAD", Verb::other, true},
    {"STORE", Verb::other, true},
    {"COPY", Verb::other, true},
    {"MOVE", Verb::other, true},
    {"ENABLE", Verb::other, true},
    {"ID", Verb::other, true},
    {"GETQUOTAROOT", Verb::other, true},
    {"GETMETADATA", Verb::other, true},
    {"NOTIFY", Verb::other, true},
};

// First words of other protocols that a tag could be and never is.
constexpr std::string_view no_tags[] = {"USER", "PASS", "AUTH", "HELP", "HELO", "EHLO",
                                        "LHLO", "ACCT", "SITE", "STAT", "LIST", "RETR"};

// Untagged words that servers begin with.
constexpr std::string_view server_words[] = {
    "OK",     "PREAUTH", "BYE",    "CAPABILITY", "FLAGS",   "LIST",      "LSUB", "SEARCH",
    "STATUS", "FETCH",   "EXISTS", "RECENT",     "EXPUNGE", "NAMESPACE", "ID",   "ENABLED"};

constexpr bool is_alphanumeric(uint8_t c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}
constexpr bool ends_word(uint8_t c) { return c == ' ' || c == '\r' || c == '\n'; }

// Length of the word at the start of `text`; text.size() when it may go on.
size_t word_length(Bytes text) {
  return static_cast<size_t>(std::find_if(text.begin(), text.end(), ends_word) - text.begin());
}

bool is_word_of(Bytes word, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view known) { return equals_ignore_case(as_text(word), known); });
}

bool begins_word_of(Bytes start, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view known) {
    return start.size() <= known.size() && equals_ignore_case(as_text(start), known.substr(0, start.size()));
  });
}

}  // namespace

Verb parse_verb(Bytes name) {
  for (const VerbName& entry : verb_names)
    if (equals_ignore_case(as_text(name), entry.name)) return entry.verb;
  return Verb::unknown;
}

ProbeResult probe_client(Bytes prefix) {
  constexpr size_t tag_longest = 32;
  const size_t tag = word_length(prefix);
  const bool plain =
      std::all_of(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(tag),
                  [](uint8_t c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
  if (!plain || tag > tag_longest) return ProbeResult::not_for_us;
  if (tag == prefix.size()) return ProbeResult::unsure;
  if (tag == 0 || prefix[tag] != ' ' || is_word_of(prefix.first(tag), no_tags))
    return ProbeResult::not_for_us;
  const Bytes rest = prefix.subspan(tag + 1);
  const size_t length = word_length(rest);
  for (const VerbName& entry : verb_names) {
    if (length == rest.size()) {
      if (length <= entry.name.size() && equals_ignore_case(as_text(rest), entry.name.substr(0, length)))
        return ProbeResult::unsure;
    } else if (equals_ignore_case(as_text(rest.first(length)), entry.name)) {
      return entry.argued == (rest[length] == ' ') ? ProbeResult::certain : ProbeResult::not_for_us;
    }
  }
  return ProbeResult::not_for_us;
}

// RFC 9051 7: "* OK ready", and in the middle of a connection "* 12 EXISTS".
ProbeResult probe_server(Bytes prefix) {
  if (prefix.empty()) return ProbeResult::unsure;
  if (prefix[0] != '*') return ProbeResult::not_for_us;
  if (prefix.size() == 1) return ProbeResult::unsure;
  if (prefix[1] != ' ') return ProbeResult::not_for_us;
  Bytes rest = prefix.subspan(2);
  const auto digits = static_cast<size_t>(
      std::find_if(rest.begin(), rest.end(), [](uint8_t c) { return c < '0' || c > '9'; }) - rest.begin());
  if (digits != 0) {
    rest = rest.subspan(digits);
    if (rest.empty()) return ProbeResult::unsure;
    if (rest[0] != ' ') return ProbeResult::not_for_us;
    rest = rest.subspan(1);
  }
  const size_t length = word_length(rest);
  if (length == rest.size())
    return begins_word_of(rest, server_words) ? ProbeResult::unsure : ProbeResult::not_for_us;
  return is_word_of(rest.first(length), server_words) ? ProbeResult::certain : ProbeResult::not_for_us;
}

}  // namespace sekisho::imap
