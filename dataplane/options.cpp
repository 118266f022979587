// SPDX-License-Identifier: Apache-2.0
#include "dataplane/options.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

#include "dataplane/content/file_hash.h"
#include "dataplane/content/file_type.h"
#include "dataplane/protocols/protocol.h"
#include "matchers/normalise/address.h"

namespace sekisho {

namespace {

using Apply = bool (*)(std::string_view value, DataplaneOptions& options);

bool number(std::string_view text, uint64_t& out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}
template <typename T>
bool number_into(std::string_view text, T& out) {
  uint64_t value;
  if (!number(text, value) || value > static_cast<uint64_t>(T(~T{}))) return false;
  out = static_cast<T>(value);
  return true;
}
bool seconds_into(std::string_view text, uint64_t& out_ns) {
  uint64_t value;
  if (!number(text, value) || value > 1'000'000) return false;
  out_ns = value * 1'000'000'000;
  return true;
}
bool yes_no(std::string_view text, bool& out) {
  out = text == "yes";
  return out || text == "no";
}
bool fail_policy(std::string_view text, FailPolicy& out) {
  out = text == "closed" ? FailPolicy::closed : FailPolicy::open;
  return text == "open" || text == "closed";
}
// The data plane does not tell drop from reset where nothing was understood: both close.
bool malformed_policy(std::string_view text, FailPolicy& out) {
  out = text == "pass" ? FailPolicy::open : FailPolicy::closed;
  return text == "pass" || text == "drop" || text == "reset";
}
template <typename Each>
bool each_in_list(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (!each(text.substr(0, comma))) return false;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}
bool lcore_list(std::string_view text, std::vector<unsigned>& out) {
  out.clear();
  return each_in_list(text, [&](std::string_view item) { return number_into(item, out.emplace_back()); }) && !out.empty();
}
bool digest_list(std::string_view text, HashKinds& out) {
  out = HashKinds::none;
  return each_in_list(text, [&](std::string_view item) {
    const HashKinds digest = item == "md5"      ? HashKinds::md5
                             : item == "sha1"   ? HashKinds::sha1
                             : item == "sha256" ? HashKinds::sha256
                                                : HashKinds::none;
    out = out | digest;
    return digest != HashKinds::none;
  });
}
bool text_list(std::string_view text, std::vector<std::string>& out) {
  out.clear();
  return each_in_list(text, [&](std::string_view item) { return out.emplace_back(item), !item.empty(); });
}
bool type_list(std::string_view text, std::vector<std::string>& out) {
  const FileTypeNames known = file_type_names();
  return text_list(text, out) && std::all_of(out.begin(), out.end(), [&](const std::string& name) {
           return std::find(known.names, known.names + known.count, name) != known.names + known.count;
         });
}
bool protocol_list(std::string_view text, std::vector<std::string>& out) {
  return text_list(text, out) && std::all_of(out.begin(), out.end(), [](const std::string& name) {
           const ProtocolTable& table = protocol_table();
           return std::any_of(table.protocols, table.protocols + table.count, [&](const Protocol* one) { return one->name == name; });
         });
}
bool direction_list(std::string_view text, bool (&out)[2]) {
  out[0] = out[1] = text.empty();
  return each_in_list(text, [&](std::string_view item) {
    if (item != "to_server" && item != "to_client") return false;
    return out[item == "to_client" ? 1 : 0] = true;
  });
}
bool sinkhole_v4(std::string_view text, SinkholeOptions& out) {
  if (text.empty()) return true;
  const auto address = parse_address(text);
  if (!address || !is_v4(*address)) return false;
  std::copy(address->begin() + 12, address->end(), out.ipv4);
  return true;
}
bool sinkhole_v6(std::string_view text, SinkholeOptions& out) {
  if (text.empty()) return true;
  const auto address = parse_address(text);
  if (!address || is_v4(*address)) return false;
  std::copy(address->begin(), address->end(), out.ipv6);
  return out.has_ipv6 = true;
}
bool hugepages(std::string_view text, HugepageChoice& out) {
  out = text == "on" ? HugepageChoice::on : text == "off" ? HugepageChoice::off : HugepageChoice::automatic;
  return text == "auto" || text == "on" || text == "off";
}
bool pair_mode(std::string_view text, DataplaneOptions& options) {
  if (options.pairs.empty()) return false;
  options.pairs.back().mode = text == "inline" ? WireMode::inline_ : WireMode::monitor;
  return text == "inline" || text == "monitor";
}
bool pair_text(std::string PairOptions::*member, std::string_view text, DataplaneOptions& options) {
  if (options.pairs.empty()) return false;
  options.pairs.back().*member = text;
  return true;
}

struct Option {
  std::string_view name;
  Apply apply;
};

constexpr Option options_table[] = {
    {"lcores", [](std::string_view v, DataplaneOptions& o) { return lcore_list(v, o.lcores); }},
    {"main-lcore", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.main_lcore); }},
    {"memory-mb", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.memory_mb); }},
    {"hugepages", [](std::string_view v, DataplaneOptions& o) { return hugepages(v, o.hugepages); }},
    {"socket", [](std::string_view v, DataplaneOptions& o) { return o.socket = v, !v.empty(); }},
    {"user", [](std::string_view v, DataplaneOptions& o) { return o.user = v, true; }},
    {"mtu", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.mtu); }},
    {"flows-max", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.pipeline.flows.flows_max); }},
    {"half-open-max", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.pipeline.flows.half_open_max); }},
    {"half-open-timeout-s",
     [](std::string_view v, DataplaneOptions& o) { return seconds_into(v, o.pipeline.flows.half_open_timeout_ns); }},
    {"established-timeout-s",
     [](std::string_view v, DataplaneOptions& o) { return seconds_into(v, o.pipeline.flows.established_timeout_ns); }},
    {"closed-timeout-s",
     [](std::string_view v, DataplaneOptions& o) { return seconds_into(v, o.pipeline.flows.closing_timeout_ns); }},
    {"datagram-timeout-s",
     [](std::string_view v, DataplaneOptions& o) { return seconds_into(v, o.pipeline.flows.datagram_timeout_ns); }},
    {"tombstone-s",
     [](std::string_view v, DataplaneOptions& o) { return seconds_into(v, o.pipeline.flows.blocked_timeout_ns); }},
    {"pick-up-midstream",
     [](std::string_view v, DataplaneOptions& o) {
       bool take_up;
       if (!yes_no(v, take_up)) return false;
       o.pipeline.streams.rules.midstream = take_up ? MidstreamPolicy::take_up : MidstreamPolicy::refuse;
       return true;
     }},
    {"flow-key-vlans",
     [](std::string_view v, DataplaneOptions& o) {
       bool in_key;
       if (!yes_no(v, in_key)) return false;
       o.pipeline.decode.vlans_in_key = in_key ? VlansInKey::yes : VlansInKey::no;
       return true;
     }},
    {"sightings-ring-mb", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.sightings_ring_mb); }},
    {"transactions-ring-mb", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.transactions_ring_mb); }},
    {"idle-empty-polls", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.idle_empty_polls); }},
    {"idle-sleep-us-max", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.idle_sleep_us_max); }},
    {"digests", [](std::string_view v, DataplaneOptions& o) { return digest_list(v, o.pipeline.inspector.file_hashes); }},
    {"judge-body-prefixes",
     [](std::string_view v, DataplaneOptions& o) { return yes_no(v, o.pipeline.inspector.judge_open_bodies); }},
    {"exhausted-flows", [](std::string_view v, DataplaneOptions& o) { return fail_policy(v, o.pipeline.exhausted.flows); }},
    {"exhausted-half-open",
     [](std::string_view v, DataplaneOptions& o) {
       FailPolicy policy;
       if (!fail_policy(v, policy)) return false;
       o.pipeline.flows.half_open_full =
           policy == FailPolicy::open ? HalfOpenFullPolicy::evict_oldest : HalfOpenFullPolicy::refuse;
       return true;
     }},
    {"exhausted-streams", [](std::string_view v, DataplaneOptions& o) { return fail_policy(v, o.pipeline.exhausted.streams); }},
    {"exhausted-layer7", [](std::string_view v, DataplaneOptions& o) { return fail_policy(v, o.pipeline.exhausted.layer7); }},
    {"exhausted-transactions",
     [](std::string_view v, DataplaneOptions& o) { return fail_policy(v, o.pipeline.exhausted.transactions); }},
    {"exhausted-bodies", [](std::string_view v, DataplaneOptions& o) { return fail_policy(v, o.pipeline.exhausted.bodies); }},
    {"exhausted-sightings",
     [](std::string_view v, DataplaneOptions& o) { return fail_policy(v, o.pipeline.exhausted.sightings); }},
    {"exhausted-segments",
     [](std::string_view v, DataplaneOptions& o) {
       FailPolicy policy;
       if (!fail_policy(v, policy)) return false;
       o.pipeline.streams.rules.retention_full =
           policy == FailPolicy::open ? RetentionFullPolicy::forward : RetentionFullPolicy::drop;
       return true;
     }},
    {"malformed-packet",
     [](std::string_view v, DataplaneOptions& o) { return malformed_policy(v, o.pipeline.malformed_packets); }},
    {"malformed-application",
     [](std::string_view v, DataplaneOptions& o) { return malformed_policy(v, o.pipeline.malformed_protocol); }},
    {"uncompared-retransmission",
     [](std::string_view v, DataplaneOptions& o) {
       FailPolicy policy;
       if (!malformed_policy(v, policy)) return false;
       o.pipeline.streams.rules.unknown_overlap =
           policy == FailPolicy::open ? UnknownOverlapPolicy::forward : UnknownOverlapPolicy::drop;
       return true;
     }},
    {"sinkhole-ipv4", [](std::string_view v, DataplaneOptions& o) { return sinkhole_v4(v, o.pipeline.sinkhole); }},
    {"sinkhole-ipv6", [](std::string_view v, DataplaneOptions& o) { return sinkhole_v6(v, o.pipeline.sinkhole); }},
    {"sinkhole-ttl-s", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.pipeline.sinkhole.ttl_s); }},
    {"store-files", [](std::string_view v, DataplaneOptions& o) { return yes_no(v, o.pipeline.inspector.stored_files.enabled); }},
    {"files-ring-mb", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.files_ring_mb); }},
    {"store-types", [](std::string_view v, DataplaneOptions& o) { return type_list(v, o.pipeline.inspector.stored_files.types); }},
    {"store-protocols",
     [](std::string_view v, DataplaneOptions& o) { return protocol_list(v, o.pipeline.inspector.stored_files.protocols); }},
    {"store-directions",
     [](std::string_view v, DataplaneOptions& o) { return direction_list(v, o.pipeline.inspector.stored_files.directions); }},
    {"store-bytes-min", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.pipeline.inspector.stored_files.bytes_min); }},
    {"store-bytes-max", [](std::string_view v, DataplaneOptions& o) { return number_into(v, o.pipeline.inspector.stored_files.bytes_max); }},
    {"pair-name", [](std::string_view v, DataplaneOptions& o) { return o.pairs.emplace_back().name = v, !v.empty(); }},
    {"pair-mode", pair_mode},
    {"pair-a", [](std::string_view v, DataplaneOptions& o) { return pair_text(&PairOptions::a, v, o) && !v.empty(); }},
    {"pair-b", [](std::string_view v, DataplaneOptions& o) { return pair_text(&PairOptions::b, v, o); }},
    {"pair-path-group", [](std::string_view v, DataplaneOptions& o) { return pair_text(&PairOptions::path_group, v, o); }},
};

}  // namespace

Result<DataplaneOptions> parse_options(const std::vector<std::string>& lines, const std::string& source) {
  DataplaneOptions options;
  uint32_t line_number = 0;
  for (const std::string& line : lines) {
    ++line_number;
    if (line.empty() || line[0] == '#') continue;
    const size_t equals = line.find('=');
    if (!line.starts_with("--") || equals == std::string::npos)
      return fail("\"" + line + "\" is not --name=value", source, line_number);
    const std::string_view name = std::string_view(line).substr(2, equals - 2);
    const std::string_view value = std::string_view(line).substr(equals + 1);
    const Option* found = nullptr;
    for (const Option& option : options_table)
      if (option.name == name) found = &option;
    if (found == nullptr) return fail("there is no option \"" + std::string(name) + "\"", source, line_number);
    if (!found->apply(value, options))
      return fail("\"" + std::string(value) + "\" is no value for --" + std::string(name), source, line_number);
  }
  if (options.pairs.empty()) return fail("no port pair is given", source);
  if (options.pairs.size() > port_pairs_max) return fail("more than " + std::to_string(port_pairs_max) + " port pairs", source);
  for (size_t i = 0; i < options.pairs.size(); ++i) options.pipeline.inspector.modes[i] = options.pairs[i].mode;
  return options;
}

Result<DataplaneOptions> read_options_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail("cannot be read", path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return parse_options(lines, path);
}

}  // namespace sekisho
