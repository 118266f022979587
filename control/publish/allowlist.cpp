// SPDX-License-Identifier: Apache-2.0
#include "control/publish/allowlist.h"

#include <algorithm>
#include <array>

#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/publish/limits.h"
#include "matchers/limits.h"
#include "matchers/normalise/host.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

constexpr std::string_view empty_file_digests[] = {
    "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};

bool is_of_empty_file(std::string_view digest) {
  const auto is_it = [&](std::string_view known) { return equals_ignore_case(known, digest); };
  return std::any_of(std::begin(empty_file_digests), std::end(empty_file_digests), is_it);
}

using HostRoom = std::array<uint8_t, normalised_bytes_max(domain_bytes_max)>;

std::optional<Host> host_of(std::string_view text, HostRoom& room) {
  if (text.size() > domain_bytes_max) return std::nullopt;
  return normalise_host(as_bytes(text), room);
}

// The domain above: behind the first dot.
Bytes above(Bytes name) {
  const auto dot = std::find(name.begin(), name.end(), uint8_t{'.'});
  return dot == name.end() ? Bytes{} : Bytes(dot + 1, name.end());
}

bool overlap(const Prefix& a, const Prefix& b) {
  return a.length <= b.length ? a.contains(b.address) : b.contains(a.address);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

// Of "rank,name" the name.
std::string_view name_in(std::string_view line) {
  line = trimmed(line.substr(0, line.find('#')));
  return trimmed(line.substr(line.rfind(',') + 1));
}

}  // namespace

void Allowlist::Names::add(Bytes name, uint8_t list) { names_.push_back({hash_bytes(key_, name), list}); }

void Allowlist::Names::sort() {
  std::stable_sort(names_.begin(), names_.end(), [](const Name& a, const Name& b) { return a.hash < b.hash; });
  const auto same = [](const Name& a, const Name& b) { return a.hash == b.hash; };
  names_.erase(std::unique(names_.begin(), names_.end(), same), names_.end());
}

const Allowlist::Name* Allowlist::Names::find(Bytes name) const {
  const uint64_t hash = hash_bytes(key_, name);
  const auto at = std::lower_bound(names_.begin(), names_.end(), hash, [](const Name& one, uint64_t h) { return one.hash < h; });
  return at != names_.end() && at->hash == hash ? &*at : nullptr;
}

Allowlist::Allowlist(const Config& config) {
  add_networks(config.zones.internal, "zones.internal");
  add_networks(config.zones.dmz, "zones.dmz");
  add_networks(config.relays.proxies, "relays.proxies");
  add_networks(config.relays.resolvers, "relays.resolvers");
  add_networks(config.relays.mail, "relays.mail");
  add_networks(config.allowlist.addresses, "allowlist.addresses");
  const auto trusted = static_cast<uint8_t>(lists_.size());
  lists_.emplace_back("trusted_domains");
  for (const std::string& domain : config.trusted_domains) add_domain(domain, trusted, false);
  const auto named = static_cast<uint8_t>(lists_.size());
  lists_.emplace_back("allowlist.domains");
  for (const std::string& domain : config.allowlist.domains) add_domain(domain, named, true);
  sort();
}

void Allowlist::add_networks(const std::vector<Prefix>& prefixes, std::string_view list) {
  for (const Prefix& prefix : prefixes) networks_.push_back({prefix.masked(), static_cast<uint8_t>(lists_.size())});
  lists_.emplace_back(list);
}

// False: no name. An address is one network more.
bool Allowlist::add_domain(std::string_view text, uint8_t list, bool with_subdomains) {
  HostRoom room;
  const auto host = host_of(text, room);
  if (!host || host->has_port) return false;
  if (host->type != HostType::name) {
    Prefix prefix;
    if (!parse_prefix(as_text(host->name), prefix)) return false;
    networks_.push_back({prefix, list});
    return true;
  }
  held_.add(host->name, list);
  if (with_subdomains) below_.add(host->name, list);
  for (Bytes name = above(host->name); !name.empty(); name = above(name)) above_.add(name, list);
  return true;
}

void Allowlist::sort() {
  held_.sort();
  below_.sort();
  above_.sort();
}

void Allowlist::add_popular(std::string_view text, const std::string& path, std::vector<Error>& problems) {
  const auto list = static_cast<uint8_t>(lists_.size());
  lists_.push_back("allowlist.popular_domains");
  uint32_t line = 0;
  size_t names = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view name = name_in(text.substr(begin, end - begin));
    begin = end + 1;
    ++line;
    if (name.empty()) continue;
    if (++names > popular_domains_max) {
      problems.push_back({"more than " + std::to_string(popular_domains_max) + " names; the rest is left out", path, line});
      break;
    }
    if (add_domain(name, list, false) || problems.size() >= publish_problems_max) continue;
    problems.push_back({"\"" + std::string(name.substr(0, 64)) + "\" is no domain name; line skipped", path, line});
  }
  sort();
}

std::optional<std::string> Allowlist::holds(const Indicator& indicator) const {
  switch (indicator.kind) {
    case Kind::domain:
    case Kind::mail_domain: return holds_host(indicator.value, indicator.mode == MatchMode::subdomains);
    case Kind::url: return holds_url(indicator);
    case Kind::address: {
      Prefix prefix;
      return parse_prefix(indicator.value, prefix) ? holds_network(prefix.masked()) : std::nullopt;
    }
    case Kind::md5:
    case Kind::sha1:
    case Kind::sha256: return is_of_empty_file(indicator.value) ? std::optional<std::string>("the digest of the empty file") : std::nullopt;
    default: return std::nullopt;
  }
}

std::optional<std::string> Allowlist::holds_host(std::string_view text, bool with_subdomains) const {
  HostRoom room;
  const auto host = host_of(text, room);
  if (!host) return std::nullopt;
  if (host->type != HostType::name) {
    Prefix prefix;
    return parse_prefix(as_text(host->name), prefix) ? holds_network(prefix) : std::nullopt;
  }
  if (const Name* same = held_.find(host->name)) return lists_[same->list];
  for (Bytes name = above(host->name); !name.empty(); name = above(name))
    if (const Name* higher = below_.find(name)) return lists_[higher->list];
  if (const Name* lower = with_subdomains ? above_.find(host->name) : nullptr) return lists_[lower->list];
  return std::nullopt;
}

std::optional<std::string> Allowlist::holds_network(const Prefix& prefix) const {
  for (const Network& network : networks_)
    if (overlap(network.prefix, prefix)) return lists_[network.list] + " (" + network.prefix.text() + ")";
  return std::nullopt;
}

// Without a path it stands for the whole host.
std::optional<std::string> Allowlist::holds_url(const Indicator& indicator) const {
  if (indicator.mode != MatchMode::exact && indicator.mode != MatchMode::prefix) return std::nullopt;
  std::string room(normalised_bytes_max(indicator.value.size()), '\0');
  const auto url = normalise(Kind::url, as_bytes(indicator.value), {reinterpret_cast<uint8_t*>(room.data()), room.size()});
  if (!url) return std::nullopt;
  const std::string_view text = as_text(*url);
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 != text.size()) return std::nullopt;
  return holds_host(text.substr(0, slash), false);
}

std::shared_ptr<const Allowlist> AllowlistReader::read(const Config& config, std::vector<Error>& problems) {
  MadeOf made_of{config.zones, config.relays, config.trusted_domains, config.allowlist};
  unchanged_ = list_ != nullptr && made_of_ == made_of && file_.unchanged();
  if (!unchanged_) {
    const std::string& path = config.allowlist.popular_domains;
    if (!made_of_ || path != made_of_->allowlist.popular_domains) popular_.clear();
    made_of_ = std::move(made_of);
    auto list = std::make_shared<Allowlist>(config);
    file_ = {};
    problems_.clear();
    if (!path.empty()) {
      file_.add(path);
      if (auto file = read_file_text(path, feed_bytes_max)) {
        popular_ = std::move(file->text);
      } else {
        problems_.push_back(file.error());
        problems_.back().text += popular_.empty() ? "; popular domains are not protected" : "; its last good content stays in force";
      }
      list->add_popular(popular_, path, problems_);
    }
    list_ = std::move(list);
  }
  problems.insert(problems.end(), problems_.begin(), problems_.end());
  return list_;
}

}  // namespace sekisho
