// SPDX-License-Identifier: Apache-2.0
// CIDRs as intervals against a loop that compares bits.
#include <boost/test/unit_test.hpp>
#include <random>

#include "matchers/normalise/address.h"
#include "matchers/prefix/address_key.h"
#include "matchers/range/intervals_builder.h"

using namespace sekisho;

namespace {

bool holds(const Cidr& cidr, const Address& address) {
  for (unsigned bit = 0; bit < cidr.bits; ++bit)
    if (((cidr.base[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
  return true;
}

Cidr cut(Address address, uint8_t bits) {
  for (unsigned bit = bits; bit < 128; ++bit) address[bit / 8] &= static_cast<uint8_t>(~(0x80U >> bit % 8));
  return {address, bits};
}

// Addresses that differ in few places, so that prefixes nest.
Address random_address(std::mt19937& random, bool v4) {
  Address out = v4 ? v4_address(0x0a000000) : Address{0x20, 0x01, 0x0d, 0xb8};
  for (int i = 0; i < 4; ++i) out[v4 ? 13 + random() % 3 : 4 + random() % 12] = static_cast<uint8_t>(1U << random() % 8);
  return out;
}

template <typename Key, typename ToKey>
void compare(bool v4, ToKey to_key) {
  std::mt19937 random(v4 ? 4 : 6);
  for (int round = 0; round < 100; ++round) {
    std::vector<Cidr> cidrs;
    std::vector<IntervalItem<Key>> items;
    for (uint32_t i = 0; i < 40; ++i) {
      const auto low = static_cast<uint8_t>(v4 ? 96 : 0);
      cidrs.push_back(cut(random_address(random, v4), static_cast<uint8_t>(low + random() % (129U - low))));
      items.push_back({to_key(cidrs[i].base.data()), to_key(last_of(cidrs[i]).data()), i, 0});
    }
    const auto built = build_intervals<Key>(items);
    for (int look = 0; look < 500; ++look) {
      Address address = random_address(random, v4);
      if (look % 5 == 0) address = last_of(cidrs[random() % cidrs.size()]);
      std::vector<uint32_t> expected, got;
      for (uint32_t i = 0; i < cidrs.size(); ++i)
        if (holds(cidrs[i], address)) expected.push_back(i);
      for (const uint32_t* owner = built.view().find(to_key(address.data())); owner != nullptr; ++owner) {
        got.push_back(*owner & ~owners_end);
        if (*owner & owners_end) break;
      }
      // The most specific comes first.
      for (size_t i = 1; i < got.size(); ++i) BOOST_REQUIRE(cidrs[got[i - 1]].bits >= cidrs[got[i]].bits);
      std::sort(got.begin(), got.end());
      if (expected.size() > interval_cover_max) expected.resize(interval_cover_max);  // equal strength: the first stay
      BOOST_REQUIRE(got == expected);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(ipv4_prefixes_hold_what_their_bits_say) {
  compare<uint32_t>(true, [](const uint8_t* address) { return v4_key(address); });
}

BOOST_AUTO_TEST_CASE(ipv6_prefixes_hold_what_their_bits_say) {
  compare<WideKey>(false, [](const uint8_t* address) { return v6_key(address); });
}

BOOST_AUTO_TEST_CASE(keys_keep_the_order_of_addresses) {
  BOOST_TEST(holds_v4(parse_address("1.2.3.4")->data()));
  BOOST_TEST(!holds_v4(parse_address("::1.2.3.4")->data()));
  BOOST_TEST(v4_key(parse_address("1.2.3.4")->data()) == 0x01020304U);
  BOOST_TEST((v6_key(parse_address("2001:db8::1")->data()) < v6_key(parse_address("2001:db8:0:1::")->data())));
}
