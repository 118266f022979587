// SPDX-License-Identifier: Apache-2.0
// An indicator: what somebody told us to look for. The vocabulary shared by feeds, image and look-ups.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho {

// What the value of an indicator is. The order is part of the image's format: append only.
enum class Kind : uint8_t {
  address,              // IPv4 or IPv6, host or CIDR
  port,
  domain,               // with its subdomains unless the mode is exact
  url,                  // exact, prefix or pattern; scheme optional
  user_agent,
  referer,
  mail_address,
  mail_domain,
  subject,
  file_name,
  file_type,
  file_size,            // bytes
  md5,
  sha1,
  sha256,
  ja3,
  ja3s,
  ja4,
  certificate_sha1,
  certificate_sha256,
  certificate_serial,
  certificate_subject,
  keyword,              // DLP keyword or attack pattern, literal or regex
  method,
  status,
  error_code,
  authentication_result,
  dns_type,
  byte_count,           // bytes
  packet_count,
  session_duration,     // ms
  recipient_count,
  file_size_change,     // bytes
  time_window,          // minutes of the day
  application,
  account,
  process,              // from here on: host logs, ingested by control
  path,
  registry_key,
  registry_value,
  api,
  event_id,
  workstation,
  device,
  compound              // several values that must be met together (compound/terms.h)
};
inline constexpr uint8_t kind_count = static_cast<uint8_t>(Kind::compound) + 1;

constexpr uint64_t kind_bit(Kind kind) { return uint64_t{1} << static_cast<uint8_t>(kind); }
static_assert(kind_count <= 64, "kind masks are 64 bits");

// The names that feeds, config and command line use: the enumerators' own spelling.
std::string_view kind_name(Kind kind);
// Returns false and leaves `kind` alone where no kind has this name.
bool kind_from_name(std::string_view name, Kind& kind);

enum class MatchMode : uint8_t {
  exact,
  subdomains,  // a domain and every name under it
  prefix,      // URL prefix at a path boundary
  cidr,
  literal,     // substring, case-insensitive
  regex,       // Hyperscan syntax
  glob,        // * and ? in file names
  range        // low..high, inclusive
};
std::string_view mode_name(MatchMode mode);
bool mode_from_name(std::string_view name, MatchMode& mode);

// What the policy asks for. Control resolves its one policy table (severity, confidence, kind, phase -> action)
// when it builds the image; the data plane only carries it out. Ordered by strength.
enum class Action : uint8_t { pass, alert, drop, reset, sinkhole, block_page };
std::string_view action_name(Action action);
bool action_from_name(std::string_view name, Action& action);

enum class Tlp : uint8_t { clear, green, amber, amber_strict, red };
std::string_view tlp_name(Tlp tlp);
bool tlp_from_name(std::string_view name, Tlp& tlp);

// One row of a feed, as control holds it and as the image builder takes it. Notes stay in control.
struct Indicator {
  uint64_t id = 0;          // stable: hash of (feed, kind, mode, normalised value); never 0 once built
  Kind kind = Kind::domain;
  MatchMode mode = MatchMode::exact;
  std::string value;        // as the feed wrote it (refanged); the builder normalises
  std::string feed;
  uint8_t severity = 2;     // 1 low, 2 medium, 3 high, 4 critical
  uint8_t confidence = 50;  // 0..100 per cent
  Tlp tlp = Tlp::clear;
  Action action = Action::alert;
  Action shadowed = Action::pass;  // what it would be, were its feed not in shadow; pass: that is no stronger
  uint8_t phase_hint = 0;   // index into the catalogue's sub-phases, from 1; 0 = none
  uint8_t route_hint = 0;   // 1..6; 0 = none
  int64_t valid_from_s = 0;               // seconds since 1970; 0 = always
  int64_t valid_until_s = 0;              // 0 = for ever
  std::string note;
};

}  // namespace sekisho
