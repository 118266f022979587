// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/ports.h"

#include <net/if.h>
#include <rte_ethdev.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "dataplane/io/rss.h"
#include "dataplane/record/file_descriptor.h"

namespace sekisho {

namespace {

// "net_af_xdp0,iface=x" is probed under the name before the comma; a PCI address under itself.
std::string device_name(const std::string& configured) { return configured.substr(0, configured.find(',')); }

Error port_error(const Port& port, const std::string& what, int code) {
  return Error{"port " + port.name + ": " + what + (code != 0 ? std::string(": ") + rte_strerror(-code) : ""), {}, 0};
}

// Of the kernel interface under a virtual device ("net_af_packet0,iface=x"), whose driver does not tell; 0: there is none.
unsigned kernel_mtu(const std::string& configured) {
  constexpr std::string_view key = ",iface=";
  const size_t at = configured.find(key);
  if (at == std::string::npos) return 0;
  const std::string name = configured.substr(at + key.size(), configured.find(',', at + 1) - at - key.size());
  ifreq request{};
  if (name.size() >= sizeof request.ifr_name) return 0;
  std::copy(name.begin(), name.end(), request.ifr_name);
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return ioctl(socket.get(), SIOCGIFMTU, &request) == 0 ? static_cast<unsigned>(request.ifr_mtu) : 0;
}

// The configured MTU and the one that the interface has; frames of either must fit into a packet buffer.
Result<void> check_mtu(const Port& port, const rte_eth_dev_info& info, unsigned configured) {
  uint16_t current = 0;
  rte_eth_dev_get_mtu(port.device, &current);
  constexpr unsigned ethernet_and_vlans = 14 + 2 * 4;
  const unsigned most = std::max({unsigned{current}, kernel_mtu(port.name), configured});
  if (most + ethernet_and_vlans > mbuf_frame_bytes)
    return tl::unexpected(port_error(port, "MTU " + std::to_string(most) + ": frames larger than the " +
                                               std::to_string(mbuf_frame_bytes) + " B packet buffers would be lost", 0));
  if (info.max_mtu != 0 && configured > info.max_mtu)
    return tl::unexpected(port_error(port, "takes an MTU of " + std::to_string(info.max_mtu) + " at most, not " +
                                               std::to_string(configured), 0));
  return {};
}

Result<void> configure(Port& port, const DataplaneOptions& options, rte_mempool* pool,
                       RssKey& key) {
  rte_eth_dev_info info;
  if (const int code = rte_eth_dev_info_get(port.device, &info); code != 0)
    return tl::unexpected(port_error(port, "cannot be asked what it is", code));
  const auto lcores = static_cast<uint16_t>(options.lcores.size());
  port.receive_queues = std::min(lcores, info.max_rx_queues);
  if (info.max_tx_queues < lcores)
    return tl::unexpected(port_error(port, "has " + std::to_string(info.max_tx_queues) + " transmit queues for " +
                                               std::to_string(lcores) + " lcores (kernel interfaces: qpairs=, queue_count=)", 0));
  if (auto result = check_mtu(port, info, options.mtu); !result) return result;
  rte_eth_conf conf{};
  conf.rxmode.mtu = options.mtu;
  conf.rxmode.offloads = (RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM) &
                         info.rx_offload_capa;
  if (port.receive_queues > 1) ask_for_rss(conf, info, key);
  if (const int code = rte_eth_dev_configure(port.device, port.receive_queues, lcores, &conf); code != 0)
    return tl::unexpected(port_error(port, "cannot be configured", code));
  uint16_t receive_descriptors = std::max(queue_descriptors, info.default_rxportconf.ring_size);
  uint16_t transmit_descriptors = std::max(queue_descriptors, info.default_txportconf.ring_size);
  rte_eth_dev_adjust_nb_rx_tx_desc(port.device, &receive_descriptors, &transmit_descriptors);
  const int socket = rte_eth_dev_socket_id(port.device);
  for (uint16_t queue = 0; queue < port.receive_queues; ++queue)
    if (const int code = rte_eth_rx_queue_setup(port.device, queue, receive_descriptors, static_cast<unsigned>(socket), nullptr, pool); code != 0)
      return tl::unexpected(port_error(port, "receive queue", code));
  for (uint16_t queue = 0; queue < lcores; ++queue)
    if (const int code = rte_eth_tx_queue_setup(port.device, queue, transmit_descriptors, static_cast<unsigned>(socket), nullptr); code != 0)
      return tl::unexpected(port_error(port, "transmit queue", code));
  return {};
}

Result<void> start(Port& port) {
  if (const int code = rte_eth_dev_start(port.device); code != 0) return tl::unexpected(port_error(port, "does not start", code));
  // A bump in the wire must take frames for others; some virtual devices do so anyway and know no such call.
  if (const int code = rte_eth_promiscuous_enable(port.device); code != 0 && code != -ENOTSUP)
    return tl::unexpected(port_error(port, "promiscuous mode", code));
  rte_ether_addr address;
  if (rte_eth_macaddr_get(port.device, &address) == 0) std::copy(address.addr_bytes, address.addr_bytes + 6, port.mac);
  return {};
}

}  // namespace

Result<Ports> Ports::open(const DataplaneOptions& options, rte_mempool* pool) {
  Ports ports;
  std::vector<std::string> paths;
  for (size_t i = 0; i < options.pairs.size(); ++i) {
    const PairOptions& pair = options.pairs[i];
    // Pairs without a group have a path of their own: a name that no group can have.
    const std::string group = pair.path_group.empty() ? "\n" + std::to_string(i) : pair.path_group;
    if (std::find(paths.begin(), paths.end(), group) == paths.end()) paths.push_back(group);
    const auto path = static_cast<uint16_t>(std::find(paths.begin(), paths.end(), group) - paths.begin());
    const auto first = static_cast<uint16_t>(ports.ports_.size());
    for (const std::string& configured : {pair.a, pair.b}) {
      if (configured.empty()) continue;
      Port port;
      port.name = configured;
      port.pair = static_cast<uint16_t>(i);
      port.path = path;
      port.mode = pair.mode;
      if (rte_eth_dev_get_port_by_name(device_name(configured).c_str(), &port.device) != 0)
        return fail("port " + configured + " of pair " + pair.name + " did not come up (" +
                    std::to_string(rte_eth_dev_count_avail()) + " ports did)");
      ports.ports_.push_back(port);
    }
    if (!pair.b.empty()) {
      ports.ports_[first].peer = static_cast<uint16_t>(first + 1);
      ports.ports_[first + 1U].peer = first;
    }
  }
  if (ports.ports_.size() > ports_max) return fail("more than " + std::to_string(ports_max) + " ports");
  auto key = random_symmetric_key();
  for (Port& port : ports.ports_)
    if (auto result = configure(port, options, pool, key); !result) return tl::unexpected(result.error());
  for (Port& port : ports.ports_)
    if (auto result = start(port); !result) return tl::unexpected(result.error());
  return ports;
}

bool Ports::link_up(const Port& port) const {
  rte_eth_link link{};
  return rte_eth_link_get_nowait(port.device, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

std::vector<std::string> Ports::wait_for_links(unsigned timeout_ms) const {
  std::vector<std::string> down;
  for (unsigned waited_ms = 0;; waited_ms += 10) {
    down.clear();
    for (const Port& port : ports_)
      if (!link_up(port)) down.push_back(port.name);
    if (down.empty() || waited_ms >= timeout_ms) return down;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

DriverCounters Ports::counters(const Port& port) const {
  rte_eth_stats stats{};
  rte_eth_stats_get(port.device, &stats);
  return {stats.ipackets, stats.opackets, stats.imissed, stats.rx_nombuf, stats.ierrors, stats.oerrors};
}

}  // namespace sekisho
