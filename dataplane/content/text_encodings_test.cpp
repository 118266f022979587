// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>

#include "dataplane/content/base64.h"
#include "dataplane/content/quoted_printable.h"

using namespace sekisho;

namespace {

// Decodes pieces of `piece` bytes, each in an exact-size copy, into exact-size room.
template <typename State, typename Decode>
std::string pieces(State& state, std::string_view text, size_t piece, size_t (*room)(size_t), Decode decode) {
  std::string out;
  for (size_t at = 0; at < text.size(); at += piece) {
    const size_t length = std::min(piece, text.size() - at);
    const std::unique_ptr<uint8_t[]> in(new uint8_t[length]);
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), length, in.get());
    const size_t most = room(length);
    const std::unique_ptr<uint8_t[]> to(new uint8_t[most]);
    const size_t written = decode(state, Bytes(in.get(), length), std::span(to.get(), most));
    BOOST_REQUIRE(written <= most);
    out.append(reinterpret_cast<char*>(to.get()), written);
  }
  return out;
}

std::string base64(std::string_view text, size_t piece, bool* odd = nullptr) {
  Base64State state;
  std::string out = pieces(state, text, piece, [](size_t n) { return base64_decoded_max(n); }, base64_decode);
  uint8_t last[2];
  out.append(reinterpret_cast<char*>(last), base64_finish(state, last));
  if (odd != nullptr) *odd = state.odd;
  return out;
}

std::string qp(std::string_view text, size_t piece, bool* odd = nullptr) {
  QpState state;
  std::string out = pieces(state, text, piece, [](size_t n) { return qp_decoded_max(n); }, qp_decode);
  uint8_t last[qp_decoded_max(0)];
  out.append(reinterpret_cast<char*>(last), qp_finish(state, last));
  if (odd != nullptr) *odd = state.odd;
  return out;
}

std::string encode64(std::string_view text, size_t line) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < text.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < text.size() ? static_cast<uint8_t>(text[i + k]) : 0);
    for (unsigned k = 0; k < 4; ++k) out += i + k > text.size() ? '=' : digits[bits >> (18 - 6 * k) & 63];
    if (line != 0 && i / 3 % line == line - 1) out += "\r\n";
  }
  return out;
}

struct Case {
  std::string_view in;
  std::string_view out;
  bool odd;
};

}  // namespace

BOOST_AUTO_TEST_CASE(base64_of_random_bytes_comes_back_in_any_pieces_and_line_lengths) {
  std::mt19937 random(7);
  for (unsigned round = 0; round < 300; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string text = encode64(bytes, random() % 25);
    bool odd = true;
    BOOST_REQUIRE(base64(text, 1 + random() % 90, &odd) == bytes);
    BOOST_TEST(!odd);
  }
}

BOOST_AUTO_TEST_CASE(base64_is_as_tolerant_as_mail_readers) {
  const Case cases[] = {{"", "", false},
                        {"QQ==", "A", false},
                        {"QQ", "A", false},                // no padding
                        {"QUI", "AB", false},
                        {"QQ==QUI=QUJD", "AABABC", false},  // concatenated pieces
                        {"Q\r\n U\tJD", "ABC", false},
                        {"Q!U*J\x80""D", "ABC", true},
                        {"====QUJD", "ABC", false},
                        {"QUJDQ", "ABC", true},            // six bits are no byte
                        {"Q=UJD", "P\x90", true}};
  for (const Case& one : cases)
    for (const size_t piece : {1U, 2U, 3U, 100U}) {
      bool odd = !one.odd;
      BOOST_TEST(base64(one.in, piece, &odd) == one.out);
      BOOST_TEST(odd == one.odd);
    }
}

BOOST_AUTO_TEST_CASE(quoted_printable_is_decoded_whole_and_split_alike) {
  const Case cases[] = {{"", "", false},
                        {"a=3Db=c3=A9", "a=b\xc3\xa9", false},
                        {"soft=\r\nbreak", "softbreak", false},
                        {"soft=\nbreak", "softbreak", false},
                        {"soft= \t\r\nbreak", "softbreak", false},
                        {"soft=\rbreak", "softbreak", false},
                        {"trailing \t \r\nnext\n", "trailing\r\nnext\n", false},
                        {"inner  white", "inner  white", false},
                        {"end  ", "end", false},
                        {"=zz=4=", "=zz=4", true},
                        {"==41", "=A", true},
                        {"= x", "= x", true},
                        {"=4\r\nx", "=4\r\nx", true},
                        {"last=4", "last=4", true},
                        {"last=", "last", false}};
  for (const Case& one : cases)
    for (const size_t piece : {1U, 2U, 3U, 100U}) {
      bool odd = !one.odd;
      BOOST_TEST(qp(one.in, piece, &odd) == one.out);
      BOOST_TEST(odd == one.odd);
    }
}

BOOST_AUTO_TEST_CASE(a_run_of_white_space_past_the_bound_is_content) {
  for (const size_t piece : {1U, 7U, 5000U}) {
    BOOST_TEST(qp(std::string(qp_held_max, ' ') + "\n", piece) == "\n");
    BOOST_TEST(qp(std::string(qp_held_max + 1, ' ') + "\n", piece) == std::string(qp_held_max, ' ') + "\n");
    BOOST_TEST(qp("=" + std::string(qp_held_max, ' ') + "\nx", piece) == "x");
    BOOST_TEST(qp("=" + std::string(qp_held_max + 1, ' ') + "x", piece) == "=" + std::string(qp_held_max + 1, ' ') + "x");
  }
}
