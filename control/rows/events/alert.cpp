// SPDX-License-Identifier: Apache-2.0
// alert: one row per sighting. EVE's own keys say what was done; alert.metadata holds what a SIEM searches by (every value an array
// of texts, as its schema wants), alert.context.sekisho what an analyst needs to judge it.
#include <algorithm>

#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

Kind kind_of(const FieldIndex& fields) {
  return static_cast<Kind>(std::min<uint64_t>(fields.number(Field::sighting_kind), kind_count - 1));
}

std::string_view field_name(uint64_t field) { return field < field_count ? field_specs[field].name : std::string_view{}; }

// An indicator's severity 1..4 as EVE counts: 1 is the worst of three.
uint64_t eve_severity(uint64_t severity) { return severity >= 3 ? 1 : severity == 2 ? 2 : 3; }

std::string_view signature_text(const FieldIndex& fields, Row& row) {
  return built(row, [&](std::string& out) {
    out.append("Sekisho ").append(kind_name(kind_of(fields))).append(" indicator ");
    out.append(fields.text(Field::sighting_indicator_value));
    const std::string_view feed = fields.text(Field::sighting_feed);
    if (!feed.empty()) out.append(" (").append(feed).append(")");
  });
}

std::string_view attribution_name(Attribution attribution) {
  constexpr std::string_view names[] = {"direct", "joined", "unattributed", "none"};
  return names[static_cast<size_t>(attribution)];
}

void put_finding(const Finding& finding, Row& row) {
  if (finding.phase != 0) {
    const SubPhaseSpec& spec = sub_phases[static_cast<size_t>(finding.sub_phase)];
    row.one("attack_phase", number_text(row, finding.phase));
    row.one("attack_phase_name", spec.phase_en);
    row.one("attack_sub_phase", spec.name);
    row.one("attack_sub_phase_ja", spec.name_ja);
    row.one("phase_confidence", number_text(row, finding.confidence));
    if (finding.matrix_place == MatrixPlace::outside) row.one("outside_phase_matrix", "true");
  }
  if (finding.route != 0) row.one("attack_route", routes[finding.route].name_en);
  row.one("attribution", attribution_name(finding.attribution));
  if (finding.attribution != Attribution::none) row.one("host", address_text(row, finding.host));
}

void put_ioc_names(Kind kind, Row& row) {
  for (const IocName& entry : ioc_names) {
    if ((entry.kinds & kind_bit(kind)) == 0) continue;
    row.one("ioc_name", entry.name);
    row.one("ioc_name_ja", entry.name_ja);
    return;
  }
}

void put_metadata(const FieldIndex& fields, const RowContext& context, Row& row) {
  const Kind kind = kind_of(fields);
  row.object("metadata");
  if (context.finding != nullptr) put_finding(*context.finding, row);
  row.one("confidence", number_text(row, fields.number(Field::sighting_confidence)));
  row.one("tlp", tlp_name(static_cast<Tlp>(std::min<uint64_t>(fields.number(Field::sighting_tlp), 4))));
  row.one("ioc_type", ioc_type_name(kind));
  if (fields.has(Field::sighting_feed)) row.one("ioc_source", fields.text(Field::sighting_feed));
  put_ioc_names(kind, row);
  row.end();
}

void put_ioc(const FieldIndex& fields, Row& row) {
  const Kind kind = kind_of(fields);
  row.object("ioc");
  row.text("type", ioc_type_name(kind));
  row.text("value", fields.text(Field::sighting_indicator_value));
  row.text("id", id_text(fields.number(Field::sighting_indicator), row));
  put_text(row, "feed", fields, Field::sighting_feed);
  row.text("kind", kind_name(kind));
  row.text("mode", mode_name(static_cast<MatchMode>(std::min<uint64_t>(fields.number(Field::sighting_mode), 7))));
  row.end();
}

// Where the record stood: within one boot_id and lcore the sequences of sightings have no holes and none comes twice, unless a gap row
// tells of records that were lost.
void put_record(const RecordHeader& header, Row& row) {
  row.object("record");
  row.number("boot_id", header.boot_id);
  row.number("lcore", header.lcore);
  row.number("sequence", header.sequence);
  row.end();
}

void put_context(const FieldIndex& fields, Row& row) {
  const RecordHeader& header = fields.record().header();
  row.object("context");
  row.object("sekisho");
  put_ioc(fields, row);
  const std::string_view field = field_name(fields.number(Field::sighting_matched_field));
  if (fields.has(Field::sighting_matched_field) && !field.empty()) row.text("field", field);
  if (fields.has(Field::sighting_matched_value)) row.text("matched_value", matched_text(fields, row));
  put_number(row, "offset", fields, Field::sighting_offset);
  row.number("generation", header.generation);
  row.text("action", action_text(fields, Field::sighting_action));
  row.text("verdict", action_text(fields, Field::sighting_verdict));
  row.number("count", std::max<uint64_t>(1, fields.number(Field::sighting_count)));
  row.text("row_id", id_text(row_id_of(header), row));
  put_record(header, row);
  row.end();
  row.end();
}

}  // namespace

std::string_view action_word(uint64_t verdict) {
  return verdict > static_cast<uint64_t>(Action::alert) ? "blocked" : "allowed";
}

std::string_view action_text(const FieldIndex& fields, Field field) {
  constexpr auto strongest = static_cast<uint64_t>(Action::block_page);
  return action_name(static_cast<Action>(std::min(fields.number(field), strongest)));
}

// Bit 30 set keeps the number clear of published rule sets and positive in a signed 32-bit column.
uint32_t signature_id_of(uint64_t indicator_id) {
  return static_cast<uint32_t>((indicator_id ^ indicator_id >> 32) & 0x3fffffff) | 0x40000000;
}

void alert_object(const FieldIndex& fields, const RowContext& context, Row& row) {
  const Finding* finding = context.finding;
  row.header.name = signature_text(fields, row);
  row.header.signature = signature_id_of(fields.number(Field::sighting_indicator));
  row.object("alert");
  row.text("action", action_word(fields.number(Field::sighting_verdict)));
  row.number("gid", 1);
  row.number("signature_id", row.header.signature);
  row.number("rev", 1);
  row.text("signature", row.header.name);
  row.text("category", finding != nullptr && finding->phase != 0
                           ? sub_phases[static_cast<size_t>(finding->sub_phase)].phase_en
                           : std::string_view("Indicator of compromise"));
  row.number("severity", eve_severity(fields.number(Field::sighting_severity)));
  put_metadata(fields, context, row);
  put_context(fields, row);
  row.end();
}

}  // namespace sekisho
