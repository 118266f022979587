// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/pop3/command.h"

#include <algorithm>
#include <string_view>

namespace sekisho::pop3 {

namespace {

struct VerbName {
  std::string_view name;
  Verb verb;
  Answer bare;     // what a positive reply carries when the command has no argument
  Answer argued;   // and when it has one
  bool pop3_only;  // no other protocol of lines has it
};
constexpr VerbName verb_names[] = {
    {"USER", Verb::user, Answer::nothing, Answer::nothing, false},
    {"PASS", Verb::pass, Answer::nothing, Answer::nothing, false},
    {"APOP", Verb::apop, Answer::nothing, Answer::nothing, true},
    {"AUTH", Verb::auth, Answer::listing, Answer::nothing,
     false},  // RFC 5034 4, and the list that old servers give
    {"STLS", Verb::stls, Answer::nothing, Answer::nothing, true},
    {"QUIT", Verb::quit, Answer::nothing, Answer::nothing, false},
    {"RETR", Verb::retr, Answer::mail, Answer::mail, false},
    {"TOP", Verb::top, Answer::mail, Answer::mail, true},
    {"CAPA", Verb::other, Answer::listing, Answer::listing, true},
    {"LIST", Verb::other, Answer::listing, Answer::nothing, false},
    {"UIDL", Verb::other, Answer::listing, Answer::nothing, true},
    {"LANG", Verb::other, Answer::listing, Answer::nothing, false},  // RFC 6856 3.2
    {"STAT", Verb::other, Answer::nothing, Answer::nothing, false},
    {"DELE", Verb::other, Answer::nothing, Answer::nothing, false},
    {"NOOP", Verb::other, Answer::nothing, Answer::nothing, false},
    {"RSET", Verb::other, Answer::nothing, Answer::nothing, false},
    {"UTF8", Verb::other, Answer::nothing, Answer::nothing, false},
    {"LAST", Verb::other, Answer::nothing, Answer::nothing, false},  // RFC 1225
};

constexpr bool is_white(uint8_t c) { return c == ' ' || c == '\t'; }

Bytes trim(Bytes text) {
  while (!text.empty() && is_white(text.front())) text = text.subspan(1);
  while (!text.empty() && is_white(text.back())) text = text.first(text.size() - 1);
  return text;
}

}  // namespace

Bytes first_word(Bytes text, Bytes& rest) {
  const auto end = std::find_if(text.begin(), text.end(), is_white);
  const auto length = static_cast<size_t>(end - text.begin());
  rest = trim(text.subspan(length));
  return text.first(length);
}

Command parse_command(Bytes line) {
  Command command;
  command.name = first_word(trim(line), command.argument);
  for (const VerbName& entry : verb_names) {
    if (!equals_ignore_case(as_text(command.name), entry.name)) continue;
    command.verb = entry.verb;
    command.answer = command.argument.empty() ? entry.bare : entry.argued;
  }
  return command;
}

VerbMatch match_verb(Bytes prefix) {
  VerbMatch best = VerbMatch::none;
  for (const VerbName& entry : verb_names) {
    const size_t compared = std::min(prefix.size(), entry.name.size());
    if (!equals_ignore_case(as_text(prefix.first(compared)), entry.name.substr(0, compared))) continue;
    if (prefix.size() <= entry.name.size()) {
      best = std::max(best, VerbMatch::partial);
    } else if (is_white(prefix[compared]) || prefix[compared] == '\r' || prefix[compared] == '\n') {
      best = std::max(best, entry.pop3_only ? VerbMatch::ours : VerbMatch::shared);
    }
  }
  return best;
}

}  // namespace sekisho::pop3
