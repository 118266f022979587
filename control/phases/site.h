// SPDX-License-Identifier: Apache-2.0
// Site: what the organisation told us of itself. Plain values, filled by the configuration; read-only afterwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/phases/address.h"

namespace sekisho {

enum class Zone : uint8_t { outside, dmz, internal };

struct Site {
  std::vector<Network> internal;
  std::vector<Network> dmz;
  std::vector<std::string> trusted_domains;  // outside services that the organisation uses, with their subdomains; lower case
  // The organisation's own servers that ask the outside on behalf of others: never a host of the matrix.
  std::vector<Address> proxies;
  std::vector<Address> resolvers;
  std::vector<Address> mail_relays;
  std::vector<Address> published;            // servers that the outside may reach; empty = every address of the DMZ

  // An address in both lists belongs to the zone of the longer prefix.
  Zone zone_of(const Address& address) const;
  bool is_proxy(const Address& address) const { return lists(proxies, address); }
  bool is_resolver(const Address& address) const { return lists(resolvers, address); }
  bool is_mail_relay(const Address& address) const { return lists(mail_relays, address); }
  bool is_relay(const Address& address) const {
    return is_proxy(address) || is_resolver(address) || is_mail_relay(address);
  }
  bool is_published(const Address& address) const;
  // `name`: any case, with or without a port or a final dot.
  bool is_trusted(std::string_view name) const;

 private:
  static bool lists(const std::vector<Address>& list, const Address& address);
};

// A name as it is compared: lower case, without port and final dot. "WWW.Example.test.:443" -> "www.example.test".
std::string plain_name(std::string_view name);

}  // namespace sekisho
