// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/ports.h"

#include <rte_ethdev.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace sekisho {

namespace {

constexpr size_t rss_key_bytes = 40;

// A symmetric RSS key repeats 16 bits, so that both directions meet on one queue; random, because published keys can be flooded.
std::array<uint8_t, rss_key_bytes> random_symmetric_key() {
  std::random_device random;
  const uint32_t word = random();
  std::array<uint8_t, rss_key_bytes> key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i % 2 == 0 ? word >> 8 : word);
  return key;
}

// "net_af_xdp0,iface=x" is probed under the name before the comma; a PCI address under itself.
std::string device_name(const std::string& configured) { return configured.substr(0, configured.find(',')); }

Error port_error(const Port& port, const std::string& what, int code) {
  return Error{"port " + port.name + ": " + what + (code != 0 ? std::string(": ") + rte_strerror(-code) : ""), {}, 0};
}

Result<void> configure(Port& port, const DataplaneOptions& options, rte_mempool* pool,
                       std::array<uint8_t, rss_key_bytes>& key) {
  rte_eth_dev_info info;
  if (const int code = rte_eth_dev_info_get(port.device, &info); code != 0)
    return tl::unexpected(port_error(port, "cannot be asked what it is", code));
  const auto lcores = static_cast<uint16_t>(options.lcores.size());
  port.receive_queues = std::min(lcores, info.max_rx_queues);
  if (info.max_tx_queues < lcores)
    return tl::unexpected(port_error(port, "has " + std::to_string(info.max_tx_queues) + " transmit queues for " +
                                               std::to_string(lcores) + " lcores (kernel interfaces: qpairs=, queue_count=)", 0));
  rte_eth_conf conf{};
  conf.rxmode.offloads = (RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM) &
                         info.rx_offload_capa;
  if (port.receive_queues > 1 && info.flow_type_rss_offloads != 0) {
    conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
    conf.rx_adv_conf.rss_conf.rss_hf = info.flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP);
    if (info.hash_key_size == rss_key_bytes) {
      conf.rx_adv_conf.rss_conf.rss_key = key.data();
      conf.rx_adv_conf.rss_conf.rss_key_len = rss_key_bytes;
    }
  }
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
  uint16_t mtu = 0;
  rte_eth_dev_get_mtu(port.device, &mtu);
  constexpr unsigned ethernet_and_vlans = 14 + 2 * 4;
  if (std::max<unsigned>(mtu, options.mtu) + ethernet_and_vlans > mbuf_frame_bytes)
    return tl::unexpected(port_error(port, "MTU " + std::to_string(std::max<unsigned>(mtu, options.mtu)) +
                                               ": frames larger than the " + std::to_string(mbuf_frame_bytes) +
                                               " B packet buffers would be lost", 0));
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
