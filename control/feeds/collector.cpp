// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/collector.h"

#include <algorithm>
#include <charconv>

#include "control/catalogue/catalogue.h"
#include "control/feeds/large_pages.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"
#include "control/feeds/timestamp.h"
#include "control/feeds/tlp_text.h"
#include "matchers/base/bytes.h"

namespace sekisho {

namespace {

bool read_number(std::string_view text, unsigned least, unsigned most, uint8_t& out) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return false;
  out = static_cast<uint8_t>(value);
  return true;
}

// One optional cell: empty leaves the default. False = the text is not of its type.
using ReadCell = bool (*)(std::string_view text, FeedRow& row);

bool read_severity(std::string_view text, FeedRow& row) {
  if (read_number(text, 1, 4, row.indicator.severity)) return true;
  const std::string word = lowered(text);
  const auto& names = Spelling<Severity>::names;
  const auto at = std::find(std::begin(names), std::end(names), word);
  if (at == std::end(names)) return false;
  row.indicator.severity = static_cast<uint8_t>(at - std::begin(names) + 1);
  return true;
}
bool read_confidence(std::string_view text, FeedRow& row) { return read_number(text, 0, 100, row.indicator.confidence); }
bool read_tlp(std::string_view text, FeedRow& row) {
  const auto tlp = tlp_in_text(text);
  if (tlp) row.indicator.tlp = *tlp;
  return tlp.has_value();
}
bool read_time(std::string_view text, int64_t& out) {
  const auto time_s = parse_time_s(text);
  if (time_s) out = *time_s;
  return time_s.has_value();
}
bool read_valid_from(std::string_view text, FeedRow& row) { return read_time(text, row.indicator.valid_from_s); }
bool read_valid_until(std::string_view text, FeedRow& row) { return read_time(text, row.indicator.valid_until_s); }
bool read_phase(std::string_view text, FeedRow& row) {
  for (uint8_t i = 1; i < sub_phase_count; ++i) {
    if (sub_phases[i].name != text) continue;
    row.indicator.phase_hint = i;
    return true;
  }
  return false;
}
bool read_route(std::string_view text, FeedRow& row) { return read_number(text, 1, route_count, row.indicator.route_hint); }
bool read_action(std::string_view text, FeedRow& row) {
  Action action;
  if (!action_from_name(text, action)) return false;
  row.asked = action;
  return true;
}

// Copies what the cell means from a row that has read it.
template <auto member>
void copy_indicator(const FeedRow& from, FeedRow& to) {
  to.indicator.*member = from.indicator.*member;
}
void copy_asked(const FeedRow& from, FeedRow& to) { to.asked = from.asked; }

struct OptionalCell {
  std::string_view FeedLine::* cell;
  ReadCell read;
  void (*copy)(const FeedRow& from, FeedRow& to);
  const char* wrong;
};
constexpr OptionalCell optional_cells[] = {
    {&FeedLine::severity, read_severity, copy_indicator<&Indicator::severity>, "is not a severity: 1 to 4, low, medium, high, critical"},
    {&FeedLine::confidence, read_confidence, copy_indicator<&Indicator::confidence>, "is not a confidence: 0 to 100"},
    {&FeedLine::tlp, read_tlp, copy_indicator<&Indicator::tlp>, "is not a traffic light: clear, green, amber, amber+strict, red"},
    {&FeedLine::valid_from, read_valid_from, copy_indicator<&Indicator::valid_from_s>, "is not a time"},
    {&FeedLine::valid_until, read_valid_until, copy_indicator<&Indicator::valid_until_s>, "is not a time"},
    {&FeedLine::phase, read_phase, copy_indicator<&Indicator::phase_hint>, "is not a sub-phase, as 3.backdoor-untrusted"},
    {&FeedLine::route, read_route, copy_indicator<&Indicator::route_hint>, "is not a route: 1 to 6"},
    {&FeedLine::action, read_action, copy_asked, "is not an action: pass, alert, drop, reset, sinkhole"},
};
static_assert(std::size(optional_cells) == optional_cell_count);

}  // namespace

namespace {

constexpr bool is_context(Kind kind) {
  constexpr Kind kinds[] = {Kind::port,         Kind::method,           Kind::status,          Kind::error_code,  Kind::authentication_result, Kind::dns_type, Kind::byte_count,
                            Kind::packet_count, Kind::session_duration, Kind::recipient_count, Kind::time_window, Kind::application,           Kind::file_type};
  return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

}  // namespace

bool Collector::has_room(uint32_t line) {
  if (lines_ < feed_.lines_max) {
    ++lines_;
    return true;
  }
  full_at_ = line;
  return false;
}

void Collector::remark(uint32_t line, std::string text) {
  if (out_.report.problems.size() < feed_problems_max) out_.report.problems.push_back({std::move(text), feed_.path, line});
}

void Collector::reject(uint32_t line, std::string reason) {
  ++out_.report.rejected;
  if (!line_name_.empty()) reason = std::string(line_name_) + ": " + reason;
  remark(line, std::move(reason) + "; line skipped");
}

void Collector::expect_lines_of(std::string_view text) {
  // Its beginning tells of the rest; a tenth more, so that the rows are seldom moved.
  const std::string_view sample = text.substr(0, 65536);
  const auto lines = static_cast<uint64_t>(std::count(sample.begin(), sample.end(), '\n')) + 1;
  const uint64_t expected = sample.size() == text.size() ? lines : lines * (text.size() / sample.size() + 1) / 10 * 11;
  expect_rows(expected);
}

void Collector::expect_rows(uint64_t count) {
  count = std::min({count, feed_.lines_max, feed_rows_expected_max});
  keys_.expect(count);
  out_.rows.reserve(count);
  ask_for_large_pages(out_.rows.data(), out_.rows.capacity() * sizeof(FeedRow));
}

std::string Collector::fill_value(const FeedLine& cells, Indicator& indicator) {
  std::optional<Kind> kind = feed_.kind;
  if (!cells.kind.empty()) {
    Kind told;
    if (!kind_from_name(cells.kind, told)) return shown(cells.kind) + " is not an indicator kind";
    kind = told;
  }
  std::string_view value = cells.value;
  const bool expression = cells.mode == mode_name(MatchMode::regex);  // whose "\." is not a defanged dot
  if (!expression && (!kind || is_defanged_kind(*kind)) && may_be_defanged(value)) value = refanged_ = refanged(value);
  if (!kind) kind = sniff_kind(value);
  if (!kind) return shown(cells.value) + " is of no kind that can be told from its form";
  if (rejects_context_ && is_context(*kind)) return shown(cells.value) + " says too little alone: a " + std::string(kind_name(*kind)) + " is met everywhere";
  MatchMode mode;
  if (cells.mode.empty()) mode = take_mode(*kind, value);
  else if (!mode_from_name(cells.mode, mode)) return shown(cells.mode) + " is not a match mode";
  std::string reason;
  if (!make_indicator_key(*kind, mode, value, key_, reason)) return shown(cells.value) + " " + reason;
  indicator.kind = *kind;
  indicator.mode = mode;
  indicator.value = value;
  return {};
}

std::string Collector::fill(const FeedLine& cells, FeedRow& row) {
  Indicator& indicator = row.indicator;
  if (std::string reason = fill_value(cells, indicator); !reason.empty()) return reason;
  indicator.feed = feed_.name;
  indicator.severity = static_cast<uint8_t>(feed_.severity);
  indicator.confidence = static_cast<uint8_t>(feed_.confidence);
  indicator.tlp = feed_.tlp;
  indicator.note = cells.note.substr(0, feed_note_bytes_max);
  row.asked = feed_.action;
  for (size_t i = 0; i < optional_cell_count; ++i) {
    const OptionalCell& optional = optional_cells[i];
    const std::string_view text = cells.*optional.cell;
    if (text.empty()) continue;
    if (text == read_texts_[i]) {
      optional.copy(read_, row);
      continue;
    }
    if (!optional.read(text, row)) return shown(text) + " " + optional.wrong;
    optional.copy(row, read_);
    read_texts_[i] = text;
  }
  if (indicator.valid_until_s == 0) indicator.valid_until_s = feed_until_s_;
  if (indicator.valid_until_s != 0 && indicator.valid_until_s < indicator.valid_from_s)
    return shown(cells.valid_until) + " is before valid_from";
  return {};
}

void Collector::add(uint32_t line, const FeedLine& cells) {
  FeedRow& row = out_.rows.emplace_back();
  std::string reason = fill(cells, row);
  const bool expired = reason.empty() && row.indicator.valid_until_s != 0 && row.indicator.valid_until_s <= now_s_;
  const bool duplicate = reason.empty() && !expired && !keys_.insert(key_);
  out_.report.expired += expired ? 1 : 0;
  out_.report.duplicate += duplicate ? 1 : 0;
  if (!reason.empty() || expired || duplicate) out_.rows.pop_back();
  if (!reason.empty()) return reject(line, std::move(reason));
  if (expired || duplicate) return;
  row.line = line;
  ++out_.report.loaded;
}

void Collector::add(uint32_t line, FeedLine cells, std::span<const Term> terms) {
  const bool is_one = terms.size() == 1;
  const std::string all = is_one ? std::string() : format_terms(terms);
  cells.value = is_one ? terms[0].value : all;
  cells.kind = kind_name(is_one ? terms[0].kind : Kind::compound);
  cells.mode = mode_name(is_one ? terms[0].mode : MatchMode::exact);
  add(line, cells);
}

std::optional<std::string> Collector::beside(std::string_view name) {
  const size_t slash = feed_.path.rfind('/');
  if (name.empty() || name.find('/') != std::string_view::npos || slash == std::string::npos) return std::nullopt;
  out_.files_beside.push_back(feed_.path.substr(0, slash + 1) + std::string(name));
  return out_.files_beside.back();
}

}  // namespace sekisho
