// SPDX-License-Identifier: Apache-2.0
#include "matchers/image/records.h"

#include <algorithm>
#include <tuple>

#include "matchers/domain/suffixes.h"
#include "matchers/limits.h"
#include "matchers/normalise/host.h"
#include "matchers/normalise/normalise.h"
#include "matchers/normalise/text.h"
#include "matchers/prefix/path_prefixes.h"

namespace sekisho {

namespace {

// The value in quotes, printable and short, for a message.
std::string quoted(std::string_view value) {
  constexpr size_t shown_max = 80;
  std::string out = "\"";
  for (const char c : value.substr(0, shown_max)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (value.size() > shown_max ? "...\"" : "\"");
}

bool is_domain(std::string_view name) {
  if (name.size() > domain_bytes_max || name.find("..") != std::string_view::npos || name.starts_with('.')) return false;
  size_t label = 0;
  for (const char c : name) {
    label = c == '.' ? 0 : label + 1;
    if (label > 63 || static_cast<uint8_t>(c) <= ' ' || c == '/' || c == '@' || c == ':' || c == '*' || c == ',' || c == 0x7f) return false;
  }
  return true;
}

std::string number_text(Kind kind, const NumberRanges& ranges) {
  const uint64_t low = ranges.ranges[0].low, high = ranges.ranges[ranges.count - 1].high;
  const auto shown = [kind](uint64_t key) {
    return kind == Kind::file_size_change ? std::to_string(static_cast<int64_t>(number_key(kind, key))) : std::to_string(key);
  };
  return low == high ? shown(low) : shown(low) + ".." + shown(high);
}

}  // namespace

Records::Records(const CompoundTerms& indicators, std::optional<uint64_t> seed, BuildReport& report)
    : terms_(indicators), indicators_(indicators.list()), report_(report) {
  list_.reserve(indicators_.size());
  values_.reserve(indicators_.size() * 32);
  room_.resize(normalised_bytes_max(indicator_value_bytes_max));
  for (uint32_t i = 0; i < indicators_.size(); ++i) read(i);
  choose_seed(seed);
  sort();
  merge(report);
}

void Records::refuse(uint32_t index, std::string reason) {
  if (index < terms_.first_term()) report_.rejected.push_back({index, std::move(reason)});
  else broken_terms_.emplace(index, std::move(reason));
}

void Records::reject_broken_compounds() {
  if (broken_terms_.empty()) return;
  std::map<uint32_t, std::string> broken;  // compound -> why
  for (const CompoundParts& parts : terms_.compounds())
    for (const uint32_t index : parts.terms)
      if (const auto term = broken_terms_.find(index); term != broken_terms_.end()) broken.emplace(parts.index, "a term: " + term->second);
  std::erase_if(list_, [&](const Record& record) {
    const auto reason = record.place == Place::compound ? broken.find(record.index) : broken.end();
    if (reason == broken.end()) return false;
    reject(record, reason->second);
    return true;
  });
}

void Records::reject(const Record& record, std::string reason) {
  refuse(record.index, quoted(indicator(record).value) + ": " + std::move(reason));
}

void Records::read(uint32_t index) {
  const ListedIndicator& listed = indicators_[index];
  const Indicator& indicator = *listed.indicator;
  Record record{};
  record.index = index;
  record.kind = indicator.kind;
  record.mode = indicator.mode;
  record.action = listed.action;
  record.shadowed = listed.shadowed;
  record.is_term = index >= terms_.first_term();
  record.severity = indicator.severity;
  record.confidence = std::min<uint8_t>(indicator.confidence, 100);
  if (static_cast<uint8_t>(indicator.kind) >= kind_count) return refuse(index, "the kind of " + quoted(indicator.value) + " is unknown");
  if (record.action > Action::block_page || record.shadowed > Action::block_page || indicator.tlp > Tlp::red)
    return refuse(index, quoted(indicator.value) + ": its action or TLP is unknown");
  if (const auto refused = terms_.refused().find(index); refused != terms_.refused().end())
    return refuse(index, quoted(indicator.value) + " (compound): " + refused->second);
  if (const char* reason = read_value(indicator, record))
    return refuse(index, quoted(indicator.value) + " (" + std::string(kind_name(record.kind)) + ", " + std::string(mode_name(record.mode)) +
                             "): " + reason);
  list_.push_back(record);
}

const char* Records::read_value(const Indicator& indicator, Record& record) {
  const Form form = form_of(record.kind);
  if (indicator.value.size() > indicator_value_bytes_max) return "longer than 4096 bytes";
  if (indicator.valid_until_s != 0 && indicator.valid_until_s <= indicator.valid_from_s) return "its validity ends before it begins";
  if (form == Form::keyword && record.mode == MatchMode::exact) record.mode = MatchMode::literal;
  if ((modes_of(form) & mode_bit(record.mode)) == 0) return "this kind has no such match mode";
  if ((pattern_modes & mode_bit(record.mode)) != 0) return read_pattern(indicator.value, record);
  switch (form) {
    case Form::address: return read_address(indicator.value, record);
    case Form::number: return read_number(indicator.value, record);
    case Form::host:
    case Form::mail_host: return read_host(indicator.value, record);
    case Form::terms: record.place = Place::compound; return store(as_bytes(indicator.value), record);
    default: return read_plain(indicator.value, record);
  }
}

// Literals and globs are stored lowered, and with their white space collapsed where the values they meet have it so.
const char* Records::read_pattern(std::string_view text, Record& record) {
  record.place = Place::pattern;
  if (record.mode == MatchMode::glob && text.find_first_not_of("*?") == std::string_view::npos) return "matches every value";
  const bool is_text = form_of(record.kind) == Form::text;
  if (record.mode == MatchMode::regex) return store(as_bytes(text), record);
  if (is_text) {
    const auto value = normalise_pattern_text(as_bytes(text), room_);
    return value ? store(*value, record) : "empty";
  }
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return store(as_bytes(lowered), record);
}

const char* Records::read_address(std::string_view text, Record& record) {
  text = trim(text);
  const auto cidr = parse_cidr(text);
  if (!cidr) return text.find('/') != std::string_view::npos ? "not an address prefix" : "not an address";
  record.mode = text.find('/') != std::string_view::npos ? MatchMode::cidr : MatchMode::exact;
  if (cidr->bits == 128) {
    record.place = Place::table;
    record.mode = MatchMode::exact;
    return store(cidr->base, record);
  }
  record.place = Place::interval;
  uint8_t room[address_text_max + 4];
  const size_t length = format_address(cidr->base, room);
  const std::string canonical = std::string(as_text({room, length})) + "/" + std::to_string(is_v4(cidr->base) ? cidr->bits - 96 : cidr->bits);
  return store(as_bytes(canonical), record);
}

const char* Records::read_number(std::string_view text, Record& record) {
  const auto ranges = parse_number_ranges(record.kind, text);
  if (!ranges) return "not a number or range of this kind";
  record.place = Place::interval;
  const std::string canonical = number_text(record.kind, *ranges);
  record.mode = canonical.find("..") == std::string::npos ? MatchMode::exact : MatchMode::range;
  return store(as_bytes(canonical), record);
}

const char* Records::read_host(std::string_view text, Record& record) {
  text = trim(text);
  if (text.starts_with("*.") || text.starts_with('.')) {
    text.remove_prefix(text.starts_with('*') ? 2 : 1);
    record.mode = MatchMode::subdomains;
  }
  const auto value = normalise(record.kind, as_bytes(text), room_);
  if (!value) return "not a domain";
  if (parse_address(as_text(*value))) return "an address, not a domain";
  if (!is_domain(as_text(*value))) return "not a domain";
  return store(*value, record);
}

const char* Records::read_plain(std::string_view text, Record& record) {
  const auto value = normalise(record.kind, as_bytes(text), room_);
  if (!value) return "not a value of this kind";
  if (record.mode == MatchMode::prefix && boundary_count(*value) > url_boundaries_max) return "more than 64 path boundaries";
  return store(*value, record);
}

const char* Records::store(Bytes value, Record& record) {
  if (value.empty()) return "empty";
  if (value.size() > indicator_value_bytes_max) return "longer than 4096 bytes once normalised";
  if (values_.size() > image_text_bytes_max - indicator_value_bytes_max) return "no room: the values take more than 4 GiB";
  record.value_offset = static_cast<uint32_t>(values_.size());
  record.value_length = static_cast<uint16_t>(value.size());
  values_.insert(values_.end(), value.begin(), value.end());
  return nullptr;
}

// From all values, so that who does not know the list cannot know which values share a line; the same list gives the same seed.
void Records::choose_seed(std::optional<uint64_t> told) {
  const HashKey fixed(0);
  key_seed_ = told.value_or(list_.size());
  if (!told)
    for (const Record& record : list_) key_seed_ += fold_multiply(key_seed_ ^ hash_bytes(fixed, value(record)), 0x9e3779b97f4a7c15);
  const HashKey key(key_seed_);
  for (Record& record : list_) record.hash = hash_bytes(key, value(record));
}

bool Records::same_entry(const Record& a, const Record& b) const {
  const Indicator& x = indicator(a);
  const Indicator& y = indicator(b);
  if (a.is_term != b.is_term || (a.is_term && a.place == Place::pattern)) return false;  // a pattern's entry is not told
  return a.mode == b.mode && x.valid_from_s == y.valid_from_s && x.valid_until_s == y.valid_until_s &&
         std::ranges::equal(value(a), value(b));
}

// By place, kind and hash; only where those are equal by value, mode, validity and the place in the list.
void Records::sort() {
  struct Key {
    uint64_t hash;
    uint32_t group;
    uint32_t at;
  };
  std::vector<Key> keys;
  keys.reserve(list_.size());
  for (uint32_t i = 0; i < list_.size(); ++i)
    keys.push_back({list_[i].hash, static_cast<uint32_t>(list_[i].place) << 8 | static_cast<uint32_t>(list_[i].kind), i});
  std::sort(keys.begin(), keys.end(), [this](const Key& a, const Key& b) {
    if (a.group != b.group) return a.group < b.group;
    if (a.hash != b.hash) return a.hash < b.hash;
    const Record& x = list_[a.at];
    const Record& y = list_[b.at];
    if (const int order = as_text(value(x)).compare(as_text(value(y)))) return order < 0;
    const Indicator& p = indicator(x);
    const Indicator& q = indicator(y);
    return std::tie(x.is_term, x.mode, p.valid_from_s, p.valid_until_s, a.at) < std::tie(y.is_term, y.mode, q.valid_from_s, q.valid_until_s, b.at);
  });
  std::vector<Record> sorted;
  sorted.reserve(list_.size());
  for (const Key& key : keys) sorted.push_back(list_[key.at]);
  list_ = std::move(sorted);
}

void Records::merge(BuildReport& report) {
  report.entry_of.assign(indicators_.size(), no_entry);
  size_t kept = 0;
  unsigned alike = 0;  // entries of the last one's kind and value
  for (size_t i = 0; i < list_.size(); ++i) {
    const Record& next = list_[i];
    Record* last = kept > 0 ? &list_[kept - 1] : nullptr;
    const bool same = last != nullptr && last->hash == next.hash && last->place == next.place && last->kind == next.kind &&
                      same_entry(*last, next);
    const auto entry = static_cast<uint32_t>(same ? kept - 1 : kept);
    report.entry_of[next.index] = next.place >= Place::pattern ? pattern_entry : entry;
    if (!same) {
      const bool same_value = last != nullptr && last->hash == next.hash && last->place == next.place && last->kind == next.kind &&
                              std::ranges::equal(value(*last), value(next));
      alike = same_value && next.place == Place::table ? alike + 1 : 1;
      if (alike > value_entries_max) {
        report.entry_of[next.index] = no_entry;
        reject(next, "stands in the list with " + std::to_string(value_entries_max) + " other validities");
        continue;
      }
      list_[kept++] = next;
      continue;
    }
    if (!next.is_term) ++report.duplicates;
    if (strength(next) > strength(*last)) last->index = next.index;
    last->action = std::max(last->action, next.action);
    last->shadowed = std::max(last->shadowed, next.shadowed);
    last->severity = std::max(last->severity, next.severity);
    last->confidence = std::max(last->confidence, next.confidence);
  }
  list_.resize(kept);
}

// As whoever listed it says, not as merged.
Records::Strength Records::strength(const Record& record) const {
  const ListedIndicator& listed = indicators_[record.index];
  return {listed.action, listed.shadowed, listed.indicator->confidence, listed.indicator->severity};
}

}  // namespace sekisho
