// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/rss.h"

#include <random>

namespace sekisho {

RssKey random_symmetric_key() {
  std::random_device random;
  const uint32_t word = random();
  RssKey key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i % 2 == 0 ? word >> 8 : word);
  return key;
}

void ask_for_rss(rte_eth_conf& conf, const rte_eth_dev_info& info, RssKey& key) {
  if (info.flow_type_rss_offloads == 0) return;
  conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
  conf.rx_adv_conf.rss_conf.rss_hf = info.flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP);
  if (info.hash_key_size == 0 || info.hash_key_size > key.size()) return;
  conf.rx_adv_conf.rss_conf.rss_key = key.data();
  conf.rx_adv_conf.rss_conf.rss_key_len = info.hash_key_size;
}

}  // namespace sekisho
