// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/csv_row.h"

#include "control/catalogue/catalogue.h"
#include "control/feeds/timestamp.h"

namespace sekisho {

namespace {

// A cell as csv.h reads it back. Control characters would break the line's bound; they have no meaning in any value.
void append_cell(std::string& out, std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const bool blank_ends = !text.empty() && (blanks.find(text.front()) != std::string_view::npos || blanks.find(text.back()) != std::string_view::npos);
  if (!blank_ends && text.find_first_of(",\"\r\n#") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c == '\n' || c == '\r' ? ' ' : c);
  out += '"';
}

}  // namespace

void append_csv_row(std::string& out, const Indicator& i, std::optional<Action> action) {
  append_cell(out, i.value);
  const auto add = [&](std::string_view text) { out.append(",").append(text); };
  add(kind_name(i.kind));
  add(mode_name(i.mode));
  add(std::to_string(i.severity));
  add(std::to_string(i.confidence));
  add(tlp_name(i.tlp));
  add(time_cell(i.valid_from_s));
  add(time_cell(i.valid_until_s));
  add(i.phase_hint == 0 ? std::string_view() : sub_phases[i.phase_hint].name);
  add(i.route_hint == 0 ? std::string() : std::to_string(i.route_hint));
  add(action ? action_name(*action) : std::string_view());
  out += ',';
  append_cell(out, i.note);
  out += '\n';
}

}  // namespace sekisho
