// SPDX-License-Identifier: Apache-2.0
// How a NIC spreads packets over receive queues.
#pragma once

#include <rte_ethdev.h>

#include <array>
#include <cstdint>

#include "dataplane/io/limits.h"

namespace sekisho {

using RssKey = std::array<uint8_t, rss_key_bytes_max>;

// A symmetric RSS key repeats 16 bits, so that both directions meet on one queue; random, because published keys can be flooded. A NIC
// takes as much of it as its key is long.
RssKey random_symmetric_key();

// Asks for it in `conf`, which then points into `key`. What no NIC does needs no key: kernel interfaces spread by their own hash, and
// packets find their home lcore.
void ask_for_rss(rte_eth_conf& conf, const rte_eth_dev_info& info, RssKey& key);

}  // namespace sekisho
