// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/misp_types.h"

#include <algorithm>

#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

constexpr std::string_view none;  // this part is no indicator

struct Part {
  std::string_view kind = none, mode = none;
};
// A type with "|" has values with "|"; a name beside a digest, and a port beside an address, are too little to be met alone.
struct Type {
  std::string_view name;
  Part first, second = {};
};
constexpr Type types[] = {{"domain", {"domain", "subdomains"}},
                          {"hostname", {"domain", "exact"}},
                          {"domain|ip", {"domain", "subdomains"}, {"address"}},
                          {"hostname|port", {"domain", "exact"}},
                          {"ip-src", {"address"}},
                          {"ip-dst", {"address"}},
                          {"ip-src|port", {"address"}},
                          {"ip-dst|port", {"address"}},
                          {"url", {"url", "exact"}},
                          {"link", {"url", "exact"}},
                          {"uri", {"url", "literal"}},
                          {"user-agent", {"user_agent", "exact"}},
                          {"http-method", {"method", "exact"}},
                          {"md5", {"md5", "exact"}},
                          {"sha1", {"sha1", "exact"}},
                          {"sha256", {"sha256", "exact"}},
                          {"filename", {"file_name", "exact"}},
                          {"filename|md5", {}, {"md5", "exact"}},
                          {"filename|sha1", {}, {"sha1", "exact"}},
                          {"filename|sha256", {}, {"sha256", "exact"}},
                          {"malware-sample", {}, {"md5", "exact"}},
                          {"attachment", {"file_name", "exact"}},
                          {"size-in-bytes", {"file_size", "exact"}},
                          {"mime-type", {"file_type", "exact"}},
                          {"email", {"mail_address", "exact"}},
                          {"email-src", {"mail_address", "exact"}},
                          {"email-dst", {"mail_address", "exact"}},
                          {"email-reply-to", {"mail_address", "exact"}},
                          {"target-email", {"mail_address", "exact"}},
                          {"email-subject", {"subject", "exact"}},
                          {"email-attachment", {"file_name", "exact"}},
                          {"ja3-fingerprint-md5", {"ja3", "exact"}},
                          {"x509-fingerprint-sha1", {"certificate_sha1", "exact"}},
                          {"x509-fingerprint-sha256", {"certificate_sha256", "exact"}},
                          {"pattern-in-traffic", {"keyword", "literal"}},
                          {"port", {"port", "exact"}},
                          {"process-name", {"process", "exact"}},
                          {"regkey", {"registry_key", "exact"}},
                          {"regkey|value", {"registry_key", "exact"}},
                          {"target-user", {"account", "exact"}},
                          {"target-machine", {"workstation", "exact"}}};

}  // namespace

std::string misp_values(std::string_view type, std::string_view value, MispValues& out) {
  out.count = 0;
  const auto* const known = std::find_if(std::begin(types), std::end(types), [&](const Type& row) { return row.name == type; });
  if (known == std::end(types)) return "of type " + shown(type) + ", which has no indicator kind";
  const bool is_pair = type.find('|') != std::string_view::npos || type == "malware-sample";
  const size_t bar = is_pair ? value.rfind('|') : std::string_view::npos;
  if (is_pair && bar == std::string_view::npos) return "of type " + shown(type) + ", whose two parts have a \"|\" between them";
  const std::string_view parts[] = {value.substr(0, bar), is_pair ? value.substr(bar + 1) : std::string_view()};
  const Part* const wanted[] = {&known->first, &known->second};
  for (unsigned i = 0; i < 2; ++i)
    if (!wanted[i]->kind.empty()) out.values[out.count++] = {wanted[i]->kind, wanted[i]->mode, parts[i]};
  return {};
}

}  // namespace sekisho
