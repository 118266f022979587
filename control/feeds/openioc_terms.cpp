// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/openioc_terms.h"

#include <algorithm>

#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

// THE LIST: a search is a row here. Those of host logs are met in the logs that control is given.
struct Search {
  std::string_view name;
  Kind kind;
};
constexpr Search searches[] = {{"fileitem/md5sum", Kind::md5},
                               {"fileitem/sha1sum", Kind::sha1},
                               {"fileitem/sha256sum", Kind::sha256},
                               {"fileitem/filename", Kind::file_name},
                               {"fileitem/sizeinbytes", Kind::file_size},
                               {"fileitem/fullpath", Kind::path},
                               {"fileitem/filepath", Kind::path},
                               {"filedownloadhistoryitem/filename", Kind::file_name},
                               {"filedownloadhistoryitem/sourceurl", Kind::url},
                               {"urlhistoryitem/url", Kind::url},
                               {"urlhistoryitem/hostname", Kind::domain},
                               {"network/dns", Kind::domain},
                               {"network/uri", Kind::url},
                               {"network/http_referr", Kind::referer},
                               {"network/useragent", Kind::user_agent},
                               {"dnsentryitem/host", Kind::domain},
                               {"dnsentryitem/recordname", Kind::domain},
                               {"dnsentryitem/recorddata/host", Kind::domain},
                               {"dnsentryitem/recorddata/ipv4address", Kind::address},
                               {"portitem/remoteip", Kind::address},
                               {"portitem/remoteport", Kind::port},
                               {"routeentryitem/destination", Kind::address},
                               {"email/subject", Kind::subject},
                               {"email/from", Kind::mail_address},
                               {"email/attachmentname", Kind::file_name},
                               {"email/attachment/name", Kind::file_name},
                               {"processitem/name", Kind::process},
                               {"processitem/path", Kind::path},
                               {"registryitem/keypath", Kind::registry_key},
                               {"registryitem/path", Kind::registry_key},
                               {"registryitem/valuename", Kind::registry_value},
                               {"useritem/username", Kind::account}};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}/-").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

bool has_mode(Kind kind, MatchMode mode) { return (modes_of(form_of(kind)) & mode_bit(mode)) != 0; }

// Numbers beyond another one, as a range; 2^63 is beyond all.
std::string range_of(std::string_view condition, std::string_view content) {
  const std::string number(content);
  if (number.empty() || number.size() > 18 || number.find_first_not_of("0123456789") != std::string::npos) return {};
  const uint64_t value = std::stoull(number);
  if (condition == "greater-than") return std::to_string(value + 1) + "..9223372036854775807";
  return value == 0 ? std::string() : "0.." + std::to_string(value - 1);
}

std::string by_condition(std::string_view condition, const OpeniocItem& item, Term& out) {
  const std::string_view content = item.content;
  const auto refuse = [&](const char* why) { return shown(content) + " " + why; };
  if (condition == "greater-than" || condition == "less-than") {
    out.mode = MatchMode::range;
    out.value = range_of(condition, content);
    return out.value.empty() || !has_mode(out.kind, out.mode) ? refuse("cannot be compared by size") : std::string();
  }
  if (condition == "is") {
    std::string_view value = content;
    out.mode = out.kind == Kind::address ? take_mode(out.kind, value) : MatchMode::exact;
    out.value = value;
    return {};
  }
  const bool is_part = condition == "contains" || condition == "starts-with" || condition == "ends-with";
  if (!is_part && condition != "matches") return "the condition " + shown(item.condition) + " is unknown";
  out.mode = condition == "contains" ? MatchMode::literal : MatchMode::regex;
  if (!has_mode(out.kind, out.mode)) return refuse("is a part of a value that can only be met whole");
  if (is_part && content.size() < rule_text_bytes_min) return refuse("is a part so short that it is met everywhere");
  out.value = condition == "starts-with" ? "^" + escaped(content) : condition == "ends-with" ? escaped(content) + "$" : std::string(content);
  return {};
}

}  // namespace

std::string openioc_term(const OpeniocItem& item, Term& out) {
  const std::string search = lowered(item.search);
  const auto known = std::find_if(std::begin(searches), std::end(searches), [&](const Search& row) { return row.name == search; });
  if (known == std::end(searches)) return "the search " + shown(item.search) + " has no indicator kind";
  if (item.content.empty()) return "the search " + shown(item.search) + " has no content";
  out = {known->kind, MatchMode::exact, {}, item.negated};
  std::string condition = lowered(item.condition);
  if (condition == "isnot" || condition == "containsnot") {  // OpenIOC 1.0
    out.negated = !out.negated;
    condition.resize(condition.size() - 3);
  }
  return by_condition(condition, item, out);
}

}  // namespace sekisho
