// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/flow_command.h"

#include <time.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "matchers/normalise/address.h"

namespace sekisho {

namespace {

using nlohmann::json;

// Where a page begins: "lcore:place".
struct Cursor {
  size_t worker = 0;
  uint32_t place = 1;
};

bool read_cursor(const std::string& text, Cursor& cursor) {
  const char* end = text.data() + text.size();
  const auto worker = std::from_chars(text.data(), end, cursor.worker);
  if (worker.ec != std::errc{} || worker.ptr == end || *worker.ptr != ':') return false;
  const auto place = std::from_chars(worker.ptr + 1, end, cursor.place);
  return place.ec == std::errc{} && place.ptr == end && cursor.place != 0;
}

bool read_network(const std::string& text, FlowFilter& filter) {
  if (const auto cidr = parse_cidr(text)) {
    filter.address = cidr->base;
    filter.address_bits = cidr->bits;
    return true;
  }
  const auto address = parse_address(text);
  if (!address) return false;
  filter.address = *address;
  filter.address_bits = 128;
  return true;
}

bool read_app(const std::string& name, FlowFilter& filter) {
  const ProtocolTable table = protocol_table();
  for (size_t i = 0; i < table.count; ++i)
    if (table.protocols[i]->name == name) filter.app_protocol = static_cast<uint8_t>(i + 1);
  return filter.app_protocol != 0;
}

Result<FlowFilter> read_filter(const json& request) {
  FlowFilter filter;
  const std::string network = request.value("network", ""), app = request.value("app", "");
  if (!network.empty() && !read_network(network, filter))
    return fail("\"" + network + "\" is neither an address nor a network");
  if (!app.empty() && !read_app(app, filter)) return fail("no protocol is named \"" + app + "\"");
  filter.port = request.value("port", uint16_t{0});
  return filter;
}

std::string text_of(const Address& address) {
  uint8_t text[address_text_max];
  return {reinterpret_cast<const char*>(text), format_address(address, text)};
}

std::string_view state_name(FlowState state) {
  constexpr std::string_view names[] = {"half_open", "established", "closing", "blocked"};
  return names[static_cast<size_t>(state)];
}

json flag_names(uint16_t flags) {
  json names = json::array();
  if ((flags & flow_flag::midstream) != 0) names.push_back("midstream");
  if ((flags & flow_flag::bypassed) != 0) names.push_back("bypassed");
  if ((flags & flow_flag::sinkholed) != 0) names.push_back("sinkholed");
  return names;
}

std::string_view pair_name(const DataplaneView& view, uint16_t port) {
  const auto ports = view.ports->list();
  return port < ports.size() ? std::string_view(view.options->pairs[ports[port].pair].name)
                             : std::string_view{};
}

json flow_json(const DataplaneView& view, size_t worker, const FlowLine& line) {
  constexpr uint64_t ns_per_s = 1'000'000'000;
  return {{"id", std::to_string(line.id)},
          {"client", text_of(line.tuple.source)},
          {"client_port", line.tuple.source_port},
          {"server", text_of(line.tuple.destination)},
          {"server_port", line.tuple.destination_port},
          {"ip_protocol", line.tuple.ip_protocol},
          {"app", line.app_protocol != 0 ? protocol_table().protocols[line.app_protocol - 1]->name
                                         : std::string_view{}},
          {"state", state_name(line.state)},
          {"verdict", action_name(line.verdict)},
          {"sightings", line.sightings},
          {"bytes_to_server", line.bytes[0]},
          {"bytes_to_client", line.bytes[1]},
          {"packets_to_server", line.packets[0]},
          {"packets_to_client", line.packets[1]},
          {"age_s", line.age_ns / ns_per_s},
          {"idle_s", line.idle_ns / ns_per_s},
          {"flags", flag_names(line.flags)},
          {"pair", pair_name(view, line.port)},
          {"lcore", view.options->lcores[worker]}};
}

bool wait_for(const FlowListing& listing) {
  constexpr timespec pause{0, 200'000};
  for (unsigned waits = 0; waits < flow_listing_patience_ms * 5 && !listing.answered(); ++waits)
    nanosleep(&pause, nullptr);
  return listing.answered();
}

}  // namespace

Result<json> list_flows(const DataplaneView& view, const json& request) {
  const auto filter = read_filter(request);
  if (!filter) return tl::unexpected(filter.error());
  Cursor at;
  if (const std::string after = request.value("after", ""); !after.empty() && !read_cursor(after, at))
    return fail("\"" + after + "\" is not where a page begins");
  auto left = std::min<uint32_t>(request.value("limit", flow_page_lines_max), flow_page_lines_max);
  json out{{"flows", json::array()}};
  for (; at.worker < view.workers.size(); at = {at.worker + 1, 1}) {
    FlowListing& listing = view.workers[at.worker]->flow_listing();
    const std::string stalled =
        "lcore " + std::to_string(view.options->lcores[at.worker]) + " does not answer";
    if (!listing.answered()) return fail(stalled + " an earlier question");
    listing.ask(*filter, at.place, left);
    if (!wait_for(listing)) return fail(stalled);
    for (const FlowLine& line : listing.lines()) out["flows"].push_back(flow_json(view, at.worker, line));
    left -= static_cast<uint32_t>(listing.lines().size());
    if (listing.next() == 0) continue;
    out["next"] = std::to_string(at.worker) + ":" + std::to_string(listing.next());
    break;
  }
  return out;
}

}  // namespace sekisho
