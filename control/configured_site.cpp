// SPDX-License-Identifier: Apache-2.0
#include "control/configured_site.h"

namespace sekisho {

namespace {

std::vector<Network> networks(const std::vector<Prefix>& prefixes) {
  std::vector<Network> out;
  for (const Prefix& prefix : prefixes) out.push_back({prefix.address, prefix.length});
  return out;
}
std::vector<Address> addresses(const std::vector<Prefix>& prefixes) {
  std::vector<Address> out;
  for (const Prefix& prefix : prefixes) out.push_back(prefix.address);
  return out;
}

}  // namespace

Site configured_site(const Config& config) {
  Site site;
  site.internal = networks(config.zones.internal);
  site.dmz = networks(config.zones.dmz);
  for (const std::string& name : config.trusted_domains) site.trusted_domains.push_back(plain_name(name));
  site.proxies = addresses(config.relays.proxies);
  site.resolvers = addresses(config.relays.resolvers);
  site.mail_relays = addresses(config.relays.mail);
  return site;
}

}  // namespace sekisho
