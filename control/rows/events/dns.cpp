// SPDX-License-Identifier: Apache-2.0
// dns, mdns and llmnr: one row per message. Version 3 lists queries and the three sections; version 2 has one query's name
// and type beside the answers, as older pipelines expect.
//
// A section's fields arrive in groups: `.name` starts a record, the others follow in any number.
#include "control/rows/events/event.h"
#include "control/rows/limits.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

struct SectionFields {
  std::string_view key;
  Field name, type, ttl, address, target, text;
};
constexpr SectionFields sections[] = {
    {"answers", Field::dns_answer_name, Field::dns_answer_type, Field::dns_answer_ttl, Field::dns_answer_rdata_address,
     Field::dns_answer_rdata_name, Field::dns_answer_rdata_text},
    {"authorities", Field::dns_authority_name, Field::dns_authority_type, Field::dns_authority_ttl,
     Field::dns_authority_rdata_address, Field::dns_authority_rdata_name, Field::dns_authority_rdata_text},
    {"additionals", Field::dns_additional_name, Field::dns_additional_type, Field::dns_additional_ttl,
     Field::dns_additional_rdata_address, Field::dns_additional_rdata_name, Field::dns_additional_rdata_text}};

constexpr uint64_t type_opt = 41;    // RFC 6891: a property of the message, not a record
constexpr uint64_t type_svcb = 64;   // RFC 9460: the text is the whole value, name and addresses are parts of it
constexpr uint64_t type_https = 65;

std::string_view type_text(Row& row, uint64_t type) {
  return built(row, [&](std::string& out) { append_dns_type(out, type); });
}

// One resource record while its group is read.
struct Group {
  const RecordField* name = nullptr;
  const RecordField* type = nullptr;
  const RecordField* ttl = nullptr;
  const RecordField* address = nullptr;
  const RecordField* target = nullptr;
  const RecordField* text = nullptr;
};

void put_rdata(const RecordView& record, const Group& group, Row& row) {
  const uint64_t type = group.type != nullptr ? group.type->value : 0;
  const bool service = type == type_svcb || type == type_https;
  if (service && group.text != nullptr) return row.text("rdata", as_text(record.value(*group.text)));
  if (group.address != nullptr) return row.text("rdata", address_text(row, record.value(*group.address)));
  if (group.target != nullptr) return row.text("rdata", as_text(record.value(*group.target)));
  if (group.text != nullptr) return row.text("rdata", as_text(record.value(*group.text)));
}

void put_group(const RecordView& record, const Group& group, Row& row) {
  if (group.name == nullptr) return;
  if (group.type != nullptr && group.type->value == type_opt) return;
  row.object();
  row.text("rrname", as_text(record.value(*group.name)));
  if (group.type != nullptr) row.text("rrtype", type_text(row, group.type->value));
  if (group.ttl != nullptr) row.number("ttl", group.ttl->value);
  put_rdata(record, group, row);
  row.end();
}

void put_section(const FieldIndex& fields, const SectionFields& section, Row& row) {
  if (!fields.has(section.name)) return;
  row.array(section.key);
  Group group;
  size_t count = 0;
  for (const RecordField& entry : fields.record().fields()) {
    const auto field = static_cast<Field>(entry.field);
    if (field == section.name) {
      put_group(fields.record(), group, row);
      group = {};
      if (++count > dns_group_count_max) break;
      group.name = &entry;
    } else if (field == section.type) {
      group.type = &entry;
    } else if (field == section.ttl) {
      group.ttl = &entry;
    } else if (field == section.address && group.address == nullptr) {
      group.address = &entry;
    } else if (field == section.target && group.target == nullptr) {
      group.target = &entry;
    } else if (field == section.text && group.text == nullptr) {
      group.text = &entry;
    }
  }
  put_group(fields.record(), group, row);
  row.end();
}

// Visits (name, type or null) of each question.
template <typename Visit>
void each_query(const FieldIndex& fields, Visit visit) {
  const RecordField* name = nullptr;
  for (const RecordField& entry : fields.record().fields()) {
    const auto field = static_cast<Field>(entry.field);
    if (field == Field::dns_query_name) {
      if (name != nullptr) visit(*name, nullptr);
      name = &entry;
    } else if (field == Field::dns_query_type && name != nullptr) {
      visit(*name, &entry);
      name = nullptr;
    }
  }
  if (name != nullptr) visit(*name, nullptr);
}

void put_query(const FieldIndex& fields, const RecordField& name, const RecordField* type, Row& row) {
  row.text("rrname", as_text(fields.record().value(name)));
  if (type != nullptr) row.text("rrtype", type_text(row, type->value));
}

void put_queries(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::dns_query_name)) return;
  row.array("queries");
  each_query(fields, [&](const RecordField& name, const RecordField* type) {
    row.object();
    put_query(fields, name, type, row);
    row.end();
  });
  row.end();
}

void put_first_query(const FieldIndex& fields, Row& row) {
  bool done = false;
  each_query(fields, [&](const RecordField& name, const RecordField* type) {
    if (!done) put_query(fields, name, type, row);
    done = true;
  });
}

// RFC 1035 4.1.1: the bits of the flags word that EVE prints one by one when they are set.
struct FlagName {
  uint16_t bit;
  std::string_view key;
};
constexpr FlagName flag_names[] = {{0x8000, "qr"}, {0x0400, "aa"}, {0x0200, "tc"},
                                   {0x0100, "rd"}, {0x0080, "ra"}, {0x0040, "z"}};
constexpr uint16_t response_bit = 0x8000;

void put_flags(const FieldIndex& fields, Row& row) {
  const auto flags = static_cast<uint16_t>(fields.number(Field::dns_flags));
  const uint8_t bytes[2] = {static_cast<uint8_t>(flags >> 8), static_cast<uint8_t>(flags)};
  row.text("flags", hex_text(row, bytes));
  for (const FlagName& flag : flag_names)
    if ((flags & flag.bit) != 0) row.yes_no(flag.key, 1);
}

}  // namespace

void dns_object(const FieldIndex& fields, DnsVersion version, std::string_view key, Row& row) {
  if (!fields.has_section(Field::dns_id)) return;
  const bool response = (fields.number(Field::dns_flags) & response_bit) != 0;
  row.object(key);
  row.number("version", version == DnsVersion::v2 ? 2 : 3);
  if (version == DnsVersion::v2)
    row.text("type", response ? "answer" : "query");
  else
    row.text("type", response ? "response" : "request");
  put_number(row, "id", fields, Field::dns_id);
  if (fields.has(Field::dns_flags)) put_flags(fields, row);
  put_number(row, "opcode", fields, Field::dns_opcode);
  if (response && fields.has(Field::dns_rcode))
    row.text("rcode", built(row, [&](std::string& out) { append_dns_rcode(out, fields.number(Field::dns_rcode)); }));
  if (version == DnsVersion::v2)
    put_first_query(fields, row);
  else
    put_queries(fields, row);
  for (const SectionFields& section : sections)
    if (version == DnsVersion::v3 || section.key != "additionals") put_section(fields, section, row);
  row.end();
}

}  // namespace sekisho
