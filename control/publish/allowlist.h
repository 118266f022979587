// SPDX-License-Identifier: Apache-2.0
// Allowlist: what no feed may list, whatever it says: the organisation's own zones, relays and trusted services, what the operator names, and
// popular domains. Public feeds list 8.8.8.8 or google.com every few months; such a line is left out, and said.
//
// Immutable once read; thread-safe. What the operator adds by hand is not held against it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/feeds/file_identity.h"
#include "matchers/base/hash.h"
#include "matchers/base/result.h"
#include "matchers/indicator.h"

namespace sekisho {

class Allowlist {
 public:
  // The configuration's own entries.
  explicit Allowlist(const Config& config);

  // A list of popular domains: a name a line, or "rank,name" as the public lists have it; "#" begins a comment. Each line that is no name is a
  // problem; so is what lies past popular_domains_max. Linear. Once.
  void add_popular(std::string_view text, const std::string& path, std::vector<Error>& problems);

  // Which list holds something that the indicator would meet, in the configuration's words; nothing: it may stay.
  //   a domain         itself where it is held, a domain above it (with its subdomains), one below it where that is held with its subdomains
  //   a URL            without a path, as its host; with one it is more precise than what is held here
  //   an address       any that the prefix shares with one that is held
  //   a digest         of the empty file, which every collection of samples has
  std::optional<std::string> holds(const Indicator& indicator) const;

 private:
  struct Network {
    Prefix prefix;
    uint8_t list;  // index into lists_
  };
  // Names are kept by hash: two of 64 bits that are alike cost one indicator in 10^13 its place, and it is said.
  struct Name {
    uint64_t hash;
    uint8_t list;
  };
  class Names {
   public:
    void add(Bytes name, uint8_t list);
    void sort();  // after the last
    const Name* find(Bytes name) const;

   private:
    HashKey key_{0x616c6c6f77};
    std::vector<Name> names_;
  };

  void add_networks(const std::vector<Prefix>& prefixes, std::string_view list);
  bool add_domain(std::string_view text, uint8_t list, bool with_subdomains);
  void sort();
  std::optional<std::string> holds_host(std::string_view text, bool with_subdomains) const;
  std::optional<std::string> holds_network(const Prefix& prefix) const;
  std::optional<std::string> holds_url(const Indicator& indicator) const;

  std::vector<std::string> lists_;
  std::vector<Network> networks_;
  Names held_;   // the names of the lists
  Names below_;  // those whose subdomains are held as well
  Names above_;  // every domain above a name of the lists
};

// Makes the allowlist, anew where something about it has changed. Reads the file of popular domains; remembers its last good content, so that a file that is gone or broken does not take the protection
// with it. One thread at a time.
class AllowlistReader {
 public:
  // Problems: of the file, and of its lines; told again each time.
  std::shared_ptr<const Allowlist> read(const Config& config, std::vector<Error>& problems);
  // Whether the last read() gave the same list as the one before.
  bool unchanged() const { return unchanged_; }

 private:
  struct MadeOf {
    ZonesConfig zones;
    RelaysConfig relays;
    std::vector<std::string> trusted_domains;
    AllowlistConfig allowlist;

    bool operator==(const MadeOf&) const = default;
  };

  std::optional<MadeOf> made_of_;
  FileIdentities file_;
  std::string popular_;  // the file's last good text
  std::vector<Error> problems_;
  std::shared_ptr<const Allowlist> list_;
  bool unchanged_ = false;
};

}  // namespace sekisho
