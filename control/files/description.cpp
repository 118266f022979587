// SPDX-License-Identifier: Apache-2.0
#include "control/files/description.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "control/files/limits.h"
#include "matchers/normalise/address.h"

namespace sekisho {

namespace {

using nlohmann::json;

struct Value {
  const char* name;
  Field field;
};
// Texts of whoever sent them: written as JSON strings, never used as names of anything.
constexpr Value values[] = {{"name", Field::file_name},           {"type", Field::file_type},         {"declared_type", Field::file_declared_type},
                            {"url", Field::http_url},             {"host", Field::http_host},     {"user_agent", Field::http_user_agent},
                            {"mail_from", Field::smtp_mail_from}, {"mail_to", Field::smtp_rcpt_to},   {"from", Field::email_from},
                            {"subject", Field::email_subject},    {"message_id", Field::email_message_id}};

std::string address_of(const uint8_t* address) {
  uint8_t text[address_text_max];
  Address bytes;
  std::copy_n(address, bytes.size(), bytes.begin());
  return std::string(as_text({text, format_address(bytes, text)}));
}

// RFC 3339, UTC.
std::string time_of(uint64_t wall_ns) {
  const std::time_t seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::string describe_file(const RecordView& record, const std::vector<std::string>& protocols, std::string_view sha256, uint64_t bytes) {
  const RecordHeader& header = record.header();
  const RecordEndpoints& ends = record.endpoints();
  json out{{"sha256", sha256}, {"bytes", bytes}};
  out["time"] = time_of(header.wall_ns);
  for (const Value& value : values)
    if (const auto found = record.find(value.field))
      out[value.name] = std::string(as_text(found->first(std::min(found->size(), description_text_bytes_max))));
  if (ends.app_protocol != 0 && ends.app_protocol <= protocols.size()) out["protocol"] = protocols[ends.app_protocol - 1u];
  out["direction"] = record.find_number(Field::file_direction).value_or(0) == 1 ? "to_client" : "to_server";
  out["client"] = address_of(ends.client_address);
  out["client_port"] = ends.client_port;
  out["server"] = address_of(ends.server_address);
  out["server_port"] = ends.server_port;
  out["flow_id"] = header.flow_id;
  out["file_id"] = record.find_number(Field::file_id).value_or(0);
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace sekisho
