// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "dataplane/protocols/quic/hello_bytes.h"

using namespace sekisho;
using namespace sekisho::quic;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Put)

namespace {

class Kept final : public KeptBytes {
 public:
  std::span<uint8_t> hold(size_t size) override {
    if (size > most) return {};
    largest = std::max(largest, size);
    if (size > bytes_.size()) {
      std::vector<uint8_t> larger(size, 0xEE);
      std::copy(bytes_.begin(), bytes_.end(), larger.begin());
      bytes_.swap(larger);
    }
    return bytes_;
  }
  size_t most = 65536;
  size_t largest = 0;

 private:
  std::vector<uint8_t> bytes_;
};

std::string random_text(std::mt19937& random, size_t size) {
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(pieces_in_any_order_and_overlapping_give_the_whole) {
  std::mt19937 random(1);
  for (const size_t size : {1ul, 5ul, 700ul, 3584ul, 3585ul, 20000ul, 32768ul}) {
    const std::string text = random_text(random, size);
    std::vector<size_t> places(size);
    std::iota(places.begin(), places.end(), 0);
    std::shuffle(places.begin(), places.end(), random);
    HelloBytes hello;
    Kept kept;
    for (const size_t place : places) {
      const std::string piece = text.substr(place, 1 + random() % 3);
      BOOST_REQUIRE(hello.put(place, as_bytes(piece), kept) == Put::stored);
      const Bytes front = hello.front(kept);
      BOOST_REQUIRE(as_text(front) == std::string_view(text).substr(0, front.size()));
    }
    BOOST_TEST(hello.front(kept).size() == size);
    BOOST_TEST(kept.largest <= (size <= hello_bytes_small ? 4096U : 65536U));
  }
}

BOOST_AUTO_TEST_CASE(of_two_different_bytes_at_one_place_the_first_stays) {
  HelloBytes hello;
  Kept kept;
  BOOST_TEST((hello.put(4, as_bytes("efgh"), kept) == Put::stored));
  BOOST_TEST((hello.put(2, as_bytes("cdeX"), kept) == Put::differs));
  BOOST_TEST((hello.put(0, as_bytes("abcdefghi"), kept) == Put::stored));
  BOOST_TEST((hello.put(0, as_bytes("Zbcdefghi"), kept) == Put::differs));
  BOOST_TEST(as_text(hello.front(kept)) == "abcdefghi");
}

BOOST_AUTO_TEST_CASE(a_hello_is_kept_up_to_its_bound) {
  HelloBytes hello;
  Kept kept;
  const std::string text(hello_bytes_max, 'a');
  BOOST_TEST((hello.put(1, as_bytes(text).first(hello_bytes_max - 1), kept) == Put::stored));
  BOOST_TEST((hello.put(0, as_bytes(text), kept) == Put::stored));
  BOOST_TEST((hello.put(1, as_bytes(text), kept) == Put::too_long));
  BOOST_TEST((hello.put(hello_bytes_max, as_bytes("x"), kept) == Put::too_long));
  BOOST_TEST((hello.put(~uint64_t{0} >> 2, as_bytes("x"), kept) == Put::too_long));
  BOOST_TEST((hello.put(hello_bytes_max, {}, kept) == Put::stored));
  BOOST_TEST(hello.front(kept).size() == hello_bytes_max);
}

BOOST_AUTO_TEST_CASE(without_memory_nothing_is_stored) {
  HelloBytes hello;
  Kept kept;
  kept.most = 4096;
  BOOST_TEST((hello.put(0, as_bytes("a"), kept) == Put::stored));
  BOOST_TEST((hello.put(hello_bytes_small, as_bytes("b"), kept) == Put::no_memory));
  BOOST_TEST(as_text(hello.front(kept)) == "a");
}
