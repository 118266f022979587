// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/smtp/command.h"

#include <algorithm>

#include "dataplane/protocols/smtp/limits.h"

namespace sekisho::smtp {

namespace {

struct VerbName {
  std::string_view name;
  Verb verb;
  bool smtp_only;  // no other protocol of our list has it: enough to recognise SMTP
};
constexpr VerbName verb_names[] = {
    {"HELO", Verb::helo, true},
    {"EHLO", Verb::helo, true},
    {"LHLO", Verb::helo, true},
    {"MAIL FROM:", Verb::mail, true},
    {"RCPT TO:", Verb::rcpt, true},
    {"DATA", Verb::data, false},
    {"BDAT", Verb::bdat, true},
    {"RSET", Verb::rset, false},
    {"QUIT", Verb::quit, false},
    {"AUTH", Verb::auth, false},
    {"STARTTLS", Verb::starttls, false},
    {"X-ANONYMOUSTLS", Verb::starttls, true},  // [MS-OXSMTP]: STARTTLS between Exchange servers
    {"NOOP", Verb::other, false},
    {"HELP", Verb::other, false},
    {"VRFY", Verb::other, true},
    {"EXPN", Verb::other, true},
    {"ETRN", Verb::other, true},
    {"TURN", Verb::other, true},
    {"XCLIENT", Verb::other, true},
    {"XFORWARD", Verb::other, true},
    {"BURL", Verb::other, true},
};

constexpr bool is_white(uint8_t c) { return c == ' ' || c == '\t'; }

// Matches `name` at the start of `line` (case does not count; a run of white space in the line is one space of the name, and
// white space is allowed before a colon) and returns the bytes it took, 0 when it is not there.
size_t match_name(Bytes line, std::string_view name) {
  size_t at = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ' ' || name[i] == ':') {
      const size_t white = at;
      while (at < line.size() && is_white(line[at])) ++at;
      if (name[i] == ' ') {
        if (at == white) return 0;
        continue;
      }
    }
    if (at == line.size() || ascii_lower(line[at]) != ascii_lower(static_cast<uint8_t>(name[i]))) return 0;
    ++at;
  }
  const bool ends = name.back() == ':' || at == line.size() || is_white(line[at]);
  return ends ? at : 0;
}

// The length of the path at the start of `text`: to the closing bracket, past quoted strings (RFC 5321 4.1.2), or to white
// space when there is no bracket.
size_t path_length(Bytes text) {
  const bool bracketed = !text.empty() && text[0] == '<';
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && (bracketed ? text[i] == '>' : is_white(text[i]))) {
      return i + (bracketed ? 1 : 0);
    }
  }
  return text.size();
}

}  // namespace

Bytes trim(Bytes text) {
  while (!text.empty() && is_white(text.front())) text = text.subspan(1);
  while (!text.empty() && is_white(text.back())) text = text.first(text.size() - 1);
  return text;
}

Bytes first_word(Bytes text, Bytes& rest) {
  const auto end = std::find_if(text.begin(), text.end(), is_white);
  const auto length = static_cast<size_t>(end - text.begin());
  rest = trim(text.subspan(length));
  return text.first(length);
}

Command parse_command(Bytes line) {
  line = trim(line);
  for (const VerbName& entry : verb_names)
    if (const size_t length = match_name(line, entry.name)) return {entry.verb, trim(line.subspan(length))};
  return {Verb::unknown, line};
}

Path parse_path(Bytes argument) {
  const size_t length = path_length(argument);
  Path path{argument.first(length), trim(argument.subspan(length))};
  if (as_text(path.address) == "<>") return path;
  if (!path.address.empty() && path.address.front() == '<') path.address = path.address.subspan(1);
  if (!path.address.empty() && path.address.back() == '>')
    path.address = path.address.first(path.address.size() - 1);
  path.address = trim(path.address);
  // RFC 5321 F.2: "@relay,@relay:" before the address is to be ignored.
  if (!path.address.empty() && path.address.front() == '@') {
    const auto colon = std::find(path.address.begin(), path.address.end(), uint8_t{':'});
    if (colon != path.address.end())
      path.address = path.address.subspan(static_cast<size_t>(colon - path.address.begin()) + 1);
  }
  return path;
}

namespace {

// All of `digits`, one to 18 of them: fits in 63 bits.
bool parse_number(Bytes digits, uint64_t& value) {
  if (digits.empty() || digits.size() > bdat_digits_max) return false;
  uint64_t sum = 0;
  for (const uint8_t c : digits) {
    if (c < '0' || c > '9') return false;
    sum = sum * 10 + (c - '0');
  }
  value = sum;
  return true;
}

}  // namespace

bool number_parameter(Bytes parameters, std::string_view name, uint64_t& value) {
  while (!parameters.empty()) {
    const Bytes word = first_word(parameters, parameters);
    if (word.size() > name.size() && word[name.size()] == '=' &&
        equals_ignore_case(as_text(word.first(name.size())), name))
      return parse_number(word.subspan(name.size() + 1), value);
  }
  return false;
}

bool parse_chunk(Bytes argument, Chunk& chunk) {
  Bytes rest;
  const Bytes digits = first_word(argument, rest);
  chunk.last = equals_ignore_case(as_text(rest), "LAST");
  return parse_number(digits, chunk.size) && (rest.empty() || chunk.last);
}

VerbMatch match_verb(Bytes prefix) {
  VerbMatch best = VerbMatch::none;
  for (const VerbName& entry : verb_names) {
    // The blank of "MAIL FROM:" is one blank here: enough to recognise what clients send.
    const size_t compared = std::min(prefix.size(), entry.name.size());
    if (!equals_ignore_case(as_text(prefix.first(compared)), entry.name.substr(0, compared))) continue;
    if (prefix.size() <= entry.name.size() && entry.name.back() != ':') {
      best = std::max(best, VerbMatch::partial);
    } else if (compared < entry.name.size()) {
      best = std::max(best, VerbMatch::partial);
    } else if (entry.name.back() == ':' || is_white(prefix[compared]) || prefix[compared] == '\r' ||
               prefix[compared] == '\n') {
      best = std::max(best, entry.smtp_only ? VerbMatch::ours : VerbMatch::shared);
    }
  }
  return best;
}

}  // namespace sekisho::smtp
