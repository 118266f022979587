// SPDX-License-Identifier: Apache-2.0
// STIX bundles and the objects of TAXII collections: each alternative of an indicator's pattern is a row, a compound where it is several values. What is more is
// rejected, one report for each pattern, which names the object.
#include <algorithm>

#include "control/feeds/collector.h"
#include "control/feeds/sniff.h"
#include "control/feeds/stix_bundle.h"
#include "control/feeds/stix_conjunctions.h"
#include "matchers/limits.h"

namespace sekisho {

namespace {

class StixReader {
 public:
  explicit StixReader(Collector& collector) : collector_(collector) {}

  void read(const StixBundle& bundle) {
    collector_.expect_rows(bundle.indicators.size());
    collector_.reject_context();
    for (const StixIndicator& indicator : bundle.indicators) {
      if (indicator.revoked) {
        ++revoked_;
        continue;
      }
      name_ = indicator.id.empty() ? "an indicator without id" : shown(indicator.id);
      collector_.name_lines(name_);
      const uint64_t before = good_values();
      if (const std::string reason = read_indicator(bundle, indicator); !reason.empty()) collector_.reject(indicator.line, reason);
      if (good_values() != before) ++taken_;
      if (full_) break;
    }
    collector_.name_lines({});
    tell(bundle);
  }

 private:
  uint64_t good_values() const {
    const FeedReport& report = collector_.report();
    return report.loaded + report.duplicate + report.expired;
  }

  void tell(const StixBundle& bundle) {
    std::string text = "took " + std::to_string(taken_) + " of " + std::to_string(bundle.indicators.size() - revoked_) + " indicators";
    if (revoked_ != 0) text += "; revoked: " + std::to_string(revoked_);
    if (bundle.older != 0) text += "; older versions: " + std::to_string(bundle.older);
    collector_.tell(std::move(text));
  }

  // Empty = all of it was handed on.
  std::string read_indicator(const StixBundle& bundle, const StixIndicator& indicator) {
    if (!indicator.wrong.empty()) return shown(indicator.wrong) + " is not of the type that STIX gives it";
    if (indicator.benign) return "is benign, says the feed: what it names is not stopped";
    if (!indicator.pattern_type.empty() && indicator.pattern_type != "stix") return "has a pattern of type " + shown(indicator.pattern_type) + ": unsupported";
    if (indicator.pattern.empty()) return "has no pattern";
    if (const std::string wrong = read_stix_pattern(indicator.pattern, pattern_); !wrong.empty()) return "pattern " + shown(indicator.pattern) + ": " + wrong;
    make_note(indicator);
    const FeedLine cells{.severity = indicator.severity, .confidence = indicator.confidence, .tlp = bundle.tlp_of(indicator),
                   .valid_from = indicator.valid_from, .valid_until = indicator.valid_until, .phase = indicator.phase,
                   .route = indicator.route, .action = indicator.action, .note = note_};
    return add(indicator, cells);
  }

  std::string add(const StixIndicator& indicator, const FeedLine& cells) {
    std::string first;
    size_t left_out = 0;
    for (const StixConjunction& conjunction : conjunctions_of(pattern_)) {
      const std::string reason = unsaid(conjunction);
      if (!reason.empty()) {
        if (left_out++ == 0) first = reason;
        continue;
      }
      full_ = full_ || !collector_.has_room(indicator.line);
      if (full_) break;
      collector_.add(indicator.line, cells, conjunction.terms);
    }
    if (left_out == 0) return {};
    return "pattern " + shown(indicator.pattern) + ": " + first + (left_out == 1 ? "" : "; and " + std::to_string(left_out - 1) + " more of its parts");
  }

  static std::string unsaid(const StixConjunction& conjunction) {
    if (!conjunction.unsaid.empty()) return conjunction.unsaid;
    const auto& terms = conjunction.terms;
    if (terms.size() > compound_terms_max)
      return "needs " + std::to_string(terms.size()) + " values at once: at most " + std::to_string(compound_terms_max) + " are met together";
    const bool nothing_wanted = std::all_of(terms.begin(), terms.end(), [](const Term& term) { return term.negated; });
    return nothing_wanted ? shown(terms[0].value) + " is met where it is missing: it cannot stand alone" : "";
  }

  // "name (id): description": what is last is cut where the note is too long.
  void make_note(const StixIndicator& indicator) {
    note_ = indicator.name;
    if (!indicator.id.empty()) note_.append(note_.empty() ? "(" : " (").append(indicator.id).append(")");
    if (!indicator.description.empty() && indicator.description != indicator.name) note_.append(note_.empty() ? "" : ": ").append(indicator.description);
  }

  Collector& collector_;
  StixPattern pattern_;
  std::string name_, note_;  // of the indicator in work
  uint64_t taken_ = 0, revoked_ = 0;
  bool full_ = false;  // the feed's bound of lines is met
};

}  // namespace

bool looks_like_stix(std::string_view text) {
  constexpr size_t looked_at_bytes = 65536;
  const std::string_view begin = text.substr(0, looked_at_bytes);
  const size_t first = begin.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || begin[first] != '{') return false;
  if (begin.find("\"bundle--") != std::string_view::npos) return true;
  return begin.find("\"objects\"") != std::string_view::npos && begin.find("\"spec_version\"") != std::string_view::npos;
}

Result<void> read_stix_feed(std::string_view text, Collector& collector) {
  return read_stix_bundle(text, collector.padding_bytes(), [&](const StixBundle& bundle) { StixReader(collector).read(bundle); });
}

}  // namespace sekisho
