// SPDX-License-Identifier: Apache-2.0
// The configuration, typed: one struct for each section of the file. Defaults, units, ranges and the sentence that explains a
// key stand in keys.cpp, once; a Config made by load_config() or default_config() is complete.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/config/prefix.h"
#include "matchers/indicator.h"

namespace sekisho {

// The enumerators are what the file says.
enum class HugePages : uint8_t { automatic, on, off };      // "auto", "on", "off"
enum class PairMode : uint8_t { monitor, inline_ };         // "monitor", "inline"
enum class FailMode : uint8_t { open, closed };             // forward uninspected, or drop
enum class MalformedPolicy : uint8_t { pass, drop };
enum class Digest : uint8_t { md5, sha1, sha256 };
enum class Severity : uint8_t { low = 1, medium, high, critical };
enum class FeedFormat : uint8_t { automatic, csv, list, hosts, zeek, suricata_dataset, suricata_rules, stix, misp, openioc, image };  // "auto" first
enum class FetchedFrom : uint8_t { file, taxii, misp };      // one file, a TAXII 2.1 collection, or a MISP feed by its manifest
enum class FeedMode : uint8_t { enforce, shadow };
enum class RuleAction : uint8_t { pass, alert, drop, reset, sinkhole, block_page, as_asked };
enum class SinkType : uint8_t { file, syslog };
enum class LogFormat : uint8_t { eve, cef };
enum class RowSet : uint8_t { alerts, all };
enum class FileDirection : uint8_t { to_server, to_client };
enum class StoreFull : uint8_t { refuse, evict_oldest };    // a new file, or the one that came first
enum class LogLevel : uint8_t { error, warning, notice, debug };

// Their spelling in the file. Index = the enumerator's value (Severity: minus 1).
template <typename Enum>
struct Spelling;
template <> struct Spelling<HugePages> { static constexpr std::string_view names[] = {"auto", "on", "off"}; };
template <> struct Spelling<PairMode> { static constexpr std::string_view names[] = {"monitor", "inline"}; };
template <> struct Spelling<FailMode> { static constexpr std::string_view names[] = {"open", "closed"}; };
template <> struct Spelling<MalformedPolicy> { static constexpr std::string_view names[] = {"pass", "drop"}; };
template <> struct Spelling<Digest> { static constexpr std::string_view names[] = {"md5", "sha1", "sha256"}; };
template <> struct Spelling<Severity> {
  static constexpr std::string_view names[] = {"low", "medium", "high", "critical"};
};
template <> struct Spelling<FeedFormat> {
  static constexpr std::string_view names[] = {"auto", "csv", "list", "hosts", "zeek", "suricata_dataset", "suricata_rules", "stix", "misp", "openioc", "image"};
};
template <> struct Spelling<FetchedFrom> { static constexpr std::string_view names[] = {"file", "taxii", "misp"}; };
template <> struct Spelling<FeedMode> { static constexpr std::string_view names[] = {"enforce", "shadow"}; };
template <> struct Spelling<RuleAction> {
  static constexpr std::string_view names[] = {"pass",     "alert",      "drop",    "reset",
                                               "sinkhole", "block_page", "as_asked"};
};
template <> struct Spelling<SinkType> { static constexpr std::string_view names[] = {"file", "syslog"}; };
template <> struct Spelling<LogFormat> { static constexpr std::string_view names[] = {"eve", "cef"}; };
template <> struct Spelling<RowSet> { static constexpr std::string_view names[] = {"alerts", "all"}; };
template <> struct Spelling<FileDirection> { static constexpr std::string_view names[] = {"to_server", "to_client"}; };
template <> struct Spelling<StoreFull> { static constexpr std::string_view names[] = {"refuse", "evict_oldest"}; };
template <> struct Spelling<LogLevel> {
  static constexpr std::string_view names[] = {"error", "warning", "notice", "debug"};
};
template <typename Enum>
inline constexpr uint8_t first_value = 0;
template <>
inline constexpr uint8_t first_value<Severity> = 1;

template <typename Enum>
constexpr std::string_view spelling(Enum value) {
  return Spelling<Enum>::names[static_cast<uint8_t>(value) - first_value<Enum>];
}

struct GeneralConfig {
  std::string name;
  std::string site;
};

// One end of a port pair: exactly one of the two is set; neither = absent (a mirror has only its end a).
struct PortConfig {
  std::string vdev;  // DPDK's own words: "net_af_xdp0,iface=eth1"
  std::string pci;   // "0000:03:00.0"
  bool present() const { return !vdev.empty() || !pci.empty(); }
};

struct PairConfig {
  std::string name;
  PairMode mode;
  PortConfig a;
  PortConfig b;
  std::string path_group;  // pairs of one group share their traffic; empty = the pair alone
};

struct FlowsConfig {
  uint64_t flows_max;        // per lcore
  uint64_t half_open_max;    // per lcore
  uint64_t half_open_timeout_s;
  uint64_t established_timeout_s;
  uint64_t closed_timeout_s;
  uint64_t datagram_timeout_s;  // UDP, ICMP and the rest
  uint64_t tombstone_s;
  bool pick_up_midstream;
  bool vlans_in_key;
};

struct RingsConfig {
  uint64_t sightings_mb;     // per lcore, a power of two
  uint64_t transactions_mb;  // per lcore, a power of two
};

struct IdleConfig {
  uint64_t empty_polls;
  uint64_t sleep_us_max;
};

struct ExhaustionConfig {
  FailMode flows;
  FailMode half_open;
  FailMode streams;
  FailMode segments;
  FailMode layer7;
  FailMode transactions;
  FailMode bodies;
  FailMode sightings;
};

struct MalformedConfig {
  MalformedPolicy packet;
  MalformedPolicy application;
  MalformedPolicy uncompared_retransmission;
};

struct SinkholeConfig {
  std::string ipv4;
  std::string ipv6;
  uint64_t ttl_s;
};

// Which files the data plane hands to the file store. An empty list matches everything.
struct StoredFilesConfig {
  bool enabled;
  uint64_t ring_mb;  // per lcore, a power of two
  std::vector<std::string> types;
  std::vector<std::string> protocols;
  std::vector<FileDirection> directions;
  uint64_t bytes_min;
  uint64_t bytes_max;
};

struct DataplaneConfig {
  std::vector<uint64_t> lcores;
  uint64_t main_lcore;
  uint64_t memory_mb;
  HugePages hugepages;
  std::string socket;
  std::string user;
  uint64_t mtu;  // bytes
  std::vector<PairConfig> pairs;
  FlowsConfig flows;
  RingsConfig rings;
  IdleConfig idle;
  std::vector<Digest> digests;
  bool judge_body_prefixes;
  ExhaustionConfig exhaustion;
  MalformedConfig malformed;
  SinkholeConfig sinkhole;
  StoredFilesConfig stored_files;
};

struct ZonesConfig {
  std::vector<Prefix> internal;
  std::vector<Prefix> dmz;

  bool operator==(const ZonesConfig&) const = default;
};

struct RelaysConfig {
  std::vector<Prefix> proxies;
  std::vector<Prefix> resolvers;
  std::vector<Prefix> mail;

  bool operator==(const RelaysConfig&) const = default;
};

// What no feed may list.
struct AllowlistConfig {
  std::vector<std::string> domains;
  std::vector<Prefix> addresses;
  std::string popular_domains;  // path; empty = none

  bool operator==(const AllowlistConfig&) const = default;
};

// How a feed's file comes from elsewhere; without a URL it does not.
struct FetchConfig {
  std::string url;
  FetchedFrom from;
  uint64_t interval_s;
  uint64_t timeout_s;
  uint64_t size_mb_max;
  std::string ca_file;           // PEM; empty = the system's
  std::string credentials_file;  // empty = none

  bool operator==(const FetchConfig&) const = default;
};

struct FeedConfig {
  std::string name;
  bool enabled;
  std::string path;          // of a fetched feed: where its last good file lies, set by load_config()
  FetchConfig fetch;
  std::string public_key;    // minisign's, of whoever signs the file; empty = not signed
  FeedFormat format;
  FeedMode mode;
  uint64_t promote_after_min;     // 0 = never
  uint64_t stops_per_minute_max;  // 0 = no ceiling
  std::optional<Kind> kind;  // of lines whose kind is not told; none = sniffed
  Severity severity;
  uint64_t confidence;       // per cent
  Tlp tlp;
  std::optional<Action> action;
  uint64_t expire_after_s;   // of indicators without valid_until, from the time of the file on; 0 = never
  uint64_t lines_max;

  bool operator==(const FeedConfig&) const = default;
};

// One row of the policy table. An empty list, and a lowest bound, match everything.
struct RuleConfig {
  Severity severity_min;
  uint64_t confidence_min;  // per cent
  std::vector<Kind> kinds;
  std::vector<std::string> feeds;
  std::vector<uint64_t> phases;  // 1..6, of the indicator's hint
  bool asked;                    // only indicators that name an action
  RuleAction action;

  bool operator==(const RuleConfig&) const = default;
};

struct OutputConfig {
  std::string name;
  SinkType sink;
  LogFormat format;
  RowSet rows;
  std::vector<std::string> products;  // empty = all
  std::string path;                   // file
  uint64_t rotate_mb;
  uint64_t keep_files;
  std::string host;                   // syslog
  uint64_t port;
  uint64_t spool_mb;

  bool operator==(const OutputConfig&) const = default;
};

struct FileStoreConfig {
  std::string directory;  // empty = "files" in control.state_dir
  uint64_t budget_mb;
  StoreFull when_full;

  bool operator==(const FileStoreConfig&) const = default;
};

struct PhasesConfig {
  std::string rules;  // path; empty = the built-in ones
};

struct DevicesConfig {
  uint64_t devices_max;
  bool tell_new;

  bool operator==(const DevicesConfig&) const = default;
};

struct ControlConfig {
  std::string socket;
  std::string group;
  std::string state_dir;
  uint64_t connections_max;
  uint64_t request_timeout_ms;
  uint64_t reconnect_ms;
  uint64_t drain_threads;
  LogLevel log_level;
};

struct Config {
  GeneralConfig general;
  DataplaneConfig dataplane;
  ZonesConfig zones;
  std::vector<std::string> trusted_domains;
  RelaysConfig relays;
  AllowlistConfig allowlist;
  std::vector<FeedConfig> feeds;
  std::vector<RuleConfig> policy;
  PhasesConfig phases;
  DevicesConfig devices;
  std::vector<OutputConfig> outputs;
  FileStoreConfig file_store;
  ControlConfig control;
};

}  // namespace sekisho
