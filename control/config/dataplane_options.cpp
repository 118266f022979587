// SPDX-License-Identifier: Apache-2.0
#include "control/config/dataplane_options.h"

namespace sekisho {

namespace {

std::string number(uint64_t value) { return std::to_string(value); }
std::string yes_no(bool value) { return value ? "yes" : "no"; }
template <typename Enum>
  requires std::is_enum_v<Enum>
std::string word(Enum value) {
  return std::string(spelling(value));
}

std::string digest_list(const std::vector<Digest>& digests) {
  std::string out;
  for (const Digest digest : digests) out.append(out.empty() ? "" : ",").append(spelling(digest));
  return out;
}
std::string number_list(const std::vector<uint64_t>& numbers) {
  std::string out;
  for (const uint64_t value : numbers) out.append(out.empty() ? "" : ",").append(std::to_string(value));
  return out;
}
std::string port(const PortConfig& port) { return port.pci.empty() ? port.vdev : port.pci; }

std::string text_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : ",").append(text);
  return out;
}
std::string direction_list(const std::vector<FileDirection>& directions) {
  std::string out;
  for (const FileDirection direction : directions) out.append(out.empty() ? "" : ",").append(spelling(direction));
  return out;
}

using D = DataplaneConfig;

struct Option {
  std::string_view name;
  std::string_view value;  // what stands behind "=", for the table
  std::string (*render)(const DataplaneConfig& d);
};

constexpr Option options[] = {
    {"lcores", "CPU indexes, comma between", [](const D& d) { return number_list(d.lcores); }},
    {"main-lcore", "CPU index", [](const D& d) { return number(d.main_lcore); }},
    {"memory-mb", "MiB", [](const D& d) { return number(d.memory_mb); }},
    {"hugepages", "auto, on, off", [](const D& d) { return word(d.hugepages); }},
    {"socket", "path", [](const D& d) { return d.socket; }},
    {"user", "name; empty = stay", [](const D& d) { return d.user; }},
    {"mtu", "bytes of the IP packet", [](const D& d) { return number(d.mtu); }},
    {"flows-max", "per lcore", [](const D& d) { return number(d.flows.flows_max); }},
    {"half-open-max", "per lcore", [](const D& d) { return number(d.flows.half_open_max); }},
    {"half-open-timeout-s", "s", [](const D& d) { return number(d.flows.half_open_timeout_s); }},
    {"established-timeout-s", "s", [](const D& d) { return number(d.flows.established_timeout_s); }},
    {"closed-timeout-s", "s", [](const D& d) { return number(d.flows.closed_timeout_s); }},
    {"datagram-timeout-s", "s", [](const D& d) { return number(d.flows.datagram_timeout_s); }},
    {"tombstone-s", "s", [](const D& d) { return number(d.flows.tombstone_s); }},
    {"pick-up-midstream", "yes, no", [](const D& d) { return yes_no(d.flows.pick_up_midstream); }},
    {"flow-key-vlans", "yes, no", [](const D& d) { return yes_no(d.flows.vlans_in_key); }},
    {"sightings-ring-mb", "MiB per lcore, a power of two", [](const D& d) { return number(d.rings.sightings_mb); }},
    {"transactions-ring-mb", "MiB per lcore, a power of two", [](const D& d) { return number(d.rings.transactions_mb); }},
    {"idle-empty-polls", "polls; 0 = never sleep", [](const D& d) { return number(d.idle.empty_polls); }},
    {"idle-sleep-us-max", "us", [](const D& d) { return number(d.idle.sleep_us_max); }},
    {"digests", "md5, sha1, sha256, comma between", [](const D& d) { return digest_list(d.digests); }},
    {"judge-body-prefixes", "yes, no", [](const D& d) { return yes_no(d.judge_body_prefixes); }},
    {"exhausted-flows", "open, closed", [](const D& d) { return word(d.exhaustion.flows); }},
    {"exhausted-half-open", "open, closed", [](const D& d) { return word(d.exhaustion.half_open); }},
    {"exhausted-streams", "open, closed", [](const D& d) { return word(d.exhaustion.streams); }},
    {"exhausted-segments", "open, closed", [](const D& d) { return word(d.exhaustion.segments); }},
    {"exhausted-layer7", "open, closed", [](const D& d) { return word(d.exhaustion.layer7); }},
    {"exhausted-transactions", "open, closed", [](const D& d) { return word(d.exhaustion.transactions); }},
    {"exhausted-bodies", "open, closed", [](const D& d) { return word(d.exhaustion.bodies); }},
    {"exhausted-sightings", "open, closed", [](const D& d) { return word(d.exhaustion.sightings); }},
    {"malformed-packet", "pass, drop", [](const D& d) { return word(d.malformed.packet); }},
    {"malformed-application", "pass, drop", [](const D& d) { return word(d.malformed.application); }},
    {"uncompared-retransmission", "pass, drop",
     [](const D& d) { return word(d.malformed.uncompared_retransmission); }},
    {"sinkhole-ipv4", "address", [](const D& d) { return d.sinkhole.ipv4; }},
    {"sinkhole-ipv6", "address", [](const D& d) { return d.sinkhole.ipv6; }},
    {"sinkhole-ttl-s", "s", [](const D& d) { return number(d.sinkhole.ttl_s); }},
    {"store-files", "yes, no", [](const D& d) { return yes_no(d.stored_files.enabled); }},
    {"files-ring-mb", "MiB per lcore, a power of two", [](const D& d) { return number(d.stored_files.ring_mb); }},
    {"store-types", "names, comma between; empty = all", [](const D& d) { return text_list(d.stored_files.types); }},
    {"store-protocols", "names, comma between; empty = all", [](const D& d) { return text_list(d.stored_files.protocols); }},
    {"store-directions", "to_server, to_client, comma between; empty = both",
     [](const D& d) { return direction_list(d.stored_files.directions); }},
    {"store-bytes-min", "bytes", [](const D& d) { return number(d.stored_files.bytes_min); }},
    {"store-bytes-max", "bytes", [](const D& d) { return number(d.stored_files.bytes_max); }},
};

// Of each pair, in this order; a new pair-name begins the next pair.
struct PairOption {
  std::string_view name;
  std::string_view value;
  std::string (*render)(const PairConfig& pair);
};
constexpr PairOption pair_options[] = {
    {"pair-name", "begins a pair", [](const PairConfig& pair) { return pair.name; }},
    {"pair-mode", "monitor, inline", [](const PairConfig& pair) { return word(pair.mode); }},
    {"pair-a", "a vdev in DPDK's words, or a PCI address", [](const PairConfig& pair) { return port(pair.a); }},
    {"pair-b", "the same; empty = a mirror", [](const PairConfig& pair) { return port(pair.b); }},
    {"pair-path-group", "name; empty = the pair alone", [](const PairConfig& pair) { return pair.path_group; }},
};

void append(std::string& out, std::string_view name, const std::string& value) {
  out.append("--").append(name).append("=").append(value).append("\n");
}

}  // namespace

std::string render_dataplane_options(const Config& config) {
  std::string out;
  for (const Option& option : options) append(out, option.name, option.render(config.dataplane));
  for (const PairConfig& pair : config.dataplane.pairs)
    for (const PairOption& option : pair_options) append(out, option.name, option.render(pair));
  return out;
}

std::string dataplane_options_table() {
  std::string out = "| option | value |\n| --- | --- |\n";
  const auto row = [&](std::string_view name, std::string_view value) {
    out.append("| `--").append(name).append("` | ").append(value).append(" |\n");
  };
  for (const Option& option : options) row(option.name, option.value);
  for (const PairOption& option : pair_options) row(option.name, option.value);
  return out;
}

}  // namespace sekisho
