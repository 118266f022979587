// SPDX-License-Identifier: Apache-2.0
#include "matchers/indicator.h"

#include <array>
#include <span>

namespace sekisho {

namespace {

constexpr std::array<std::string_view, kind_count> kind_names = {
    "address", "port", "domain", "url", "user_agent", "referer", "mail_address", "mail_domain", "subject",
    "file_name", "file_type", "file_size", "md5", "sha1", "sha256", "ja3", "ja3s", "ja4", "certificate_sha1",
    "certificate_sha256", "certificate_serial", "certificate_subject", "keyword", "method", "status", "error_code",
    "authentication_result", "dns_type", "byte_count", "packet_count", "session_duration", "recipient_count",
    "file_size_change", "time_window", "application", "account", "process", "path", "registry_key", "registry_value",
    "api", "event_id", "workstation", "device", "compound"};
constexpr std::array<std::string_view, 8> mode_names = {"exact", "subdomains", "prefix", "cidr",
                                                        "literal", "regex", "glob", "range"};
constexpr std::array<std::string_view, 6> action_names = {"pass",  "alert",    "drop",
                                                          "reset", "sinkhole", "block_page"};
constexpr std::array<std::string_view, 5> tlp_names = {"clear", "green", "amber", "amber+strict", "red"};

template <typename Enum>
std::string_view name_of(std::span<const std::string_view> names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < names.size() ? names[index] : std::string_view("?");
}

template <typename Enum>
bool value_of(std::span<const std::string_view> names, std::string_view name, Enum& value) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != name) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

}  // namespace

std::string_view kind_name(Kind kind) { return name_of(kind_names, kind); }
bool kind_from_name(std::string_view name, Kind& kind) { return value_of(kind_names, name, kind); }
std::string_view mode_name(MatchMode mode) { return name_of(mode_names, mode); }
bool mode_from_name(std::string_view name, MatchMode& mode) { return value_of(mode_names, name, mode); }
std::string_view action_name(Action action) { return name_of(action_names, action); }
bool action_from_name(std::string_view name, Action& action) { return value_of(action_names, name, action); }
std::string_view tlp_name(Tlp tlp) { return name_of(tlp_names, tlp); }
bool tlp_from_name(std::string_view name, Tlp& tlp) { return value_of(tlp_names, name, tlp); }

}  // namespace sekisho
