// SPDX-License-Identifier: Apache-2.0
// ldap: one row per request and its answers.
#include <string_view>

#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

constexpr uint64_t bind_request = 0, search_request = 3, search_entry = 4, del_request = 10,
                   mod_dn_request = 12, search_reference = 19, extended_request = 23;

// By the number of the choice, RFC 4511 4.2 to 4.13.
constexpr std::string_view operation_names[] = {"bind_request",
                                                "bind_response",
                                                "unbind_request",
                                                "search_request",
                                                "search_result_entry",
                                                "search_result_done",
                                                "modify_request",
                                                "modify_response",
                                                "add_request",
                                                "add_response",
                                                "del_request",
                                                "del_response",
                                                "mod_dn_request",
                                                "mod_dn_response",
                                                "compare_request",
                                                "compare_response",
                                                "abandon_request",
                                                "",
                                                "",
                                                "search_result_reference",
                                                "",
                                                "",
                                                "",
                                                "extended_request",
                                                "extended_response",
                                                "intermediate_response"};

// RFC 4511 4.1.9.
struct ResultName {
  uint64_t code;
  std::string_view name;
};
constexpr ResultName result_names[] = {{0, "success"},
                                       {1, "operations_error"},
                                       {2, "protocol_error"},
                                       {3, "time_limit_exceeded"},
                                       {4, "size_limit_exceeded"},
                                       {5, "compare_false"},
                                       {6, "compare_true"},
                                       {7, "auth_method_not_supported"},
                                       {8, "stronger_auth_required"},
                                       {10, "referral"},
                                       {11, "admin_limit_exceeded"},
                                       {12, "unavailable_critical_extension"},
                                       {13, "confidentiality_required"},
                                       {14, "sasl_bind_in_progress"},
                                       {16, "no_such_attribute"},
                                       {17, "undefined_attribute_type"},
                                       {18, "inappropriate_matching"},
                                       {19, "constraint_violation"},
                                       {20, "attribute_or_value_exists"},
                                       {21, "invalid_attribute_syntax"},
                                       {32, "no_such_object"},
                                       {33, "alias_problem"},
                                       {34, "invalid_dns_syntax"},
                                       {36, "alias_dereferencing_problem"},
                                       {48, "inappropriate_authentication"},
                                       {49, "invalid_credentials"},
                                       {50, "insufficient_access_rights"},
                                       {51, "busy"},
                                       {52, "unavailable"},
                                       {53, "unwilling_to_perform"},
                                       {54, "loop_detect"},
                                       {64, "naming_violation"},
                                       {65, "object_class_violation"},
                                       {66, "not_allowed_on_non_leaf"},
                                       {67, "not_allowed_on_rdn"},
                                       {68, "entry_already_exists"},
                                       {69, "object_class_mods_prohibited"},
                                       {71, "affects_multiple_dsas"},
                                       {80, "other"}};

std::string_view operation_name(uint64_t number) {
  return number < std::size(operation_names) ? operation_names[number] : std::string_view{};
}

std::string_view result_name(uint64_t code, Row& row) {
  for (const ResultName& entry : result_names)
    if (entry.code == code) return entry.name;
  return number_text(row, code);
}

void bind_object(const FieldIndex& fields, Row& row) {
  put_number(row, "version", fields, Field::ldap_version);
  put_text(row, "name", fields, Field::ldap_bind_name);
  if (!fields.has(Field::ldap_sasl_mechanism)) return;
  row.object("sasl");
  put_text(row, "mechanism", fields, Field::ldap_sasl_mechanism);
  row.end();
}

void request_object(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::ldap_operation)) return;
  const uint64_t operation = fields.number(Field::ldap_operation);
  row.object("request");
  row.text("operation", operation_name(operation));
  put_number(row, "message_id", fields, Field::ldap_message_id);
  row.object(operation_name(operation));
  switch (operation) {
    case bind_request: bind_object(fields, row); break;
    case search_request:
      put_text(row, "base_object", fields, Field::ldap_name);
      put_number(row, "scope", fields, Field::ldap_scope);
      put_list(row, "attributes", fields, Field::ldap_attribute);
      break;
    case extended_request: put_text(row, "name", fields, Field::ldap_extended_name); break;
    case del_request: put_text(row, "dn", fields, Field::ldap_name); break;
    default: put_text(row, operation == mod_dn_request ? "entry" : "object", fields, Field::ldap_name); break;
  }
  row.end();
  row.end();
}

void result_keys(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::ldap_result)) return;
  row.text("result_code", result_name(fields.number(Field::ldap_result), row));
  row.text("message", fields.text(Field::ldap_diagnostic));
}

// The answers in their order; the values of entries come in the same order.
void responses_array(const FieldIndex& fields, Row& row) {
  if (!fields.has(Field::ldap_response_operation)) return;
  row.array("responses");
  uint64_t operation = ~uint64_t{0};
  const auto close = [&] {
    if (operation == ~uint64_t{0}) return;
    if (operation != search_entry && operation != search_reference) result_keys(fields, row);
    row.end();
    row.end();
  };
  for (const RecordField& entry : fields.record().fields()) {
    if (static_cast<Field>(entry.field) == Field::ldap_response_operation) {
      close();
      operation = entry.value;
      row.object();
      row.text("operation", operation_name(operation));
      put_number(row, "message_id", fields, Field::ldap_message_id);
      row.object(operation_name(operation));
    } else if (static_cast<Field>(entry.field) == Field::ldap_entry && operation == search_entry) {
      row.text("base_object", as_text(fields.record().value(entry)));
    }
  }
  close();
  row.end();
}

}  // namespace

void ldap_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::ldap_message_id)) return;
  row.object("ldap");
  request_object(fields, row);
  responses_array(fields, row);
  row.end();
}

}  // namespace sekisho
