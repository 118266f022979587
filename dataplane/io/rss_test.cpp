// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/rss.h"

#include <rte_thash.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <random>
#include <set>
#include <vector>

using namespace sekisho;

namespace {

// What a NIC makes of addresses and ports, as its data sheet says.
uint32_t hash_of(std::vector<uint32_t> words, const RssKey& key) {
  return rte_softrss(words.data(), static_cast<uint32_t>(words.size()), key.data());
}

rte_eth_dev_info nic(uint64_t offloads, uint8_t key_bytes) {
  rte_eth_dev_info info{};
  info.flow_type_rss_offloads = offloads;
  info.hash_key_size = key_bytes;
  return info;
}

}  // namespace

BOOST_AUTO_TEST_CASE(both_directions_of_a_flow_meet_on_one_queue) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const RssKey key = random_symmetric_key();
    const uint32_t a = static_cast<uint32_t>(random()), b = static_cast<uint32_t>(random());
    const uint32_t ports = static_cast<uint32_t>(random()), turned = ports << 16 | ports >> 16;
    BOOST_REQUIRE(hash_of({a, b, ports}, key) == hash_of({b, a, turned}, key));
    const uint32_t c = static_cast<uint32_t>(random()), d = static_cast<uint32_t>(random());
    BOOST_REQUIRE(hash_of({a, b, c, d, d, c, b, a, ports}, key) == hash_of({d, c, b, a, a, b, c, d, turned}, key));
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_no_published_one_and_spreads_flows) {
  const RssKey first = random_symmetric_key(), second = random_symmetric_key(), third = random_symmetric_key();
  BOOST_TEST((first != second || second != third));
  const RssKey* key = std::set<uint8_t>(first.begin(), first.begin() + 2) != std::set<uint8_t>{0} ? &first : &second;
  std::set<uint32_t> queues;
  for (uint32_t port = 1; port < 65536; port += 97) queues.insert(hash_of({0x0a000001, 0xc6336407, port << 16 | 80}, *key) % 4);
  BOOST_TEST(queues.size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_nic_is_asked_for_what_it_can_do_with_as_much_key_as_it_takes) {
  RssKey key = random_symmetric_key();
  rte_eth_conf none{}, short_key{}, long_key{};
  ask_for_rss(none, nic(0, 40), key);
  BOOST_TEST((none.rxmode.mq_mode == RTE_ETH_MQ_RX_NONE));
  BOOST_TEST(none.rx_adv_conf.rss_conf.rss_key == nullptr);
  ask_for_rss(short_key, nic(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_L2_PAYLOAD, 40), key);
  BOOST_TEST((short_key.rxmode.mq_mode == RTE_ETH_MQ_RX_RSS));
  BOOST_TEST(short_key.rx_adv_conf.rss_conf.rss_hf == (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP));
  BOOST_TEST(short_key.rx_adv_conf.rss_conf.rss_key == key.data());
  BOOST_TEST(short_key.rx_adv_conf.rss_conf.rss_key_len == 40U);
  ask_for_rss(long_key, nic(RTE_ETH_RSS_IPV4, 255), key);  // longer than any we know: it keeps its own
  BOOST_TEST((long_key.rxmode.mq_mode == RTE_ETH_MQ_RX_RSS));
  BOOST_TEST(long_key.rx_adv_conf.rss_conf.rss_key == nullptr);
}
