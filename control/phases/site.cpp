// SPDX-License-Identifier: Apache-2.0
#include "control/phases/site.h"

#include <algorithm>

namespace sekisho {

namespace {

// Bits of the longest prefix that holds the address; -1 = none.
int longest(const std::vector<Network>& prefixes, const Address& address) {
  int best = -1;
  for (const Network& prefix : prefixes)
    if (contains(prefix, address)) best = std::max<int>(best, prefix.length);
  return best;
}

}  // namespace

Zone Site::zone_of(const Address& address) const {
  const int in_internal = longest(internal, address), in_dmz = longest(dmz, address);
  if (in_internal < 0 && in_dmz < 0) return Zone::outside;
  return in_internal >= in_dmz ? Zone::internal : Zone::dmz;
}

bool Site::lists(const std::vector<Address>& list, const Address& address) {
  return std::find(list.begin(), list.end(), address) != list.end();
}

bool Site::is_published(const Address& address) const {
  return published.empty() ? zone_of(address) == Zone::dmz : lists(published, address);
}

bool Site::is_trusted(std::string_view raw) const {
  const std::string name = plain_name(raw);
  for (const std::string& domain : trusted_domains) {
    if (domain.empty() || !name.ends_with(domain)) continue;
    if (name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.') return true;
  }
  return false;
}

std::string plain_name(std::string_view name) {
  if (!name.starts_with('[')) name = name.substr(0, name.find(':'));
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string plain(name);
  for (char& c : plain) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return plain;
}

}  // namespace sekisho
