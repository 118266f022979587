// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>

#include "dataplane/protocols/http2/hpack.h"
#include "dataplane/protocols/http2/huffman.h"
#include "dataplane/protocols/http2/test_encoder.h"

using namespace sekisho;
using namespace sekisho::http2;
using sekisho::http2::test::Encoder;
using sekisho::http2::test::Fields;

BOOST_AUTO_TEST_SUITE(http2_hpack)

namespace {

struct Decoded {
  Fields fields;
  bool valid = true;
};

// Ours. An unknown part reads "?".
Decoded decode(HeaderTable& table, std::string_view block) {
  const std::vector<uint8_t> exact(block.begin(), block.end());
  const auto room = std::make_unique<FieldRoom>();
  BlockReader reader(table, exact, *room);
  Decoded out;
  DecodedField field;
  for (;;) {
    switch (reader.next(field)) {
      case BlockReader::Step::field:
        out.fields.emplace_back(field.name_known ? field.name : "?", field.value_known ? field.value : "?");
        break;
      case BlockReader::Step::end: return out;
      case BlockReader::Step::broken: out.valid = false; return out;
    }
  }
}

// nghttp2's.
class Oracle {
 public:
  Oracle() { nghttp2_hd_inflate_new(&inflater_); }
  ~Oracle() { nghttp2_hd_inflate_del(inflater_); }
  void allow(size_t bytes) { nghttp2_hd_inflate_change_table_size(inflater_, bytes); }
  Decoded decode(std::string_view block) {
    Decoded out;
    auto* at = reinterpret_cast<const uint8_t*>(block.data());
    size_t left = block.size();
    for (;;) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, at, left, 1);
      if (used < 0) {
        out.valid = false;
        return out;
      }
      at += used;
      left -= static_cast<size_t>(used);
      if (flags & NGHTTP2_HD_INFLATE_EMIT)
        out.fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                                std::string(reinterpret_cast<char*>(field.value), field.valuelen));
      if (flags & NGHTTP2_HD_INFLATE_FINAL) {
        nghttp2_hd_inflate_end_headers(inflater_);
        return out;
      }
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0) {
        out.valid = false;
        return out;
      }
    }
  }

 private:
  nghttp2_hd_inflater* inflater_ = nullptr;
};

std::string text(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out += name + "=" + value + "\n";
  return out;
}

constexpr std::string_view first_request = "\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff";

}  // namespace

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_7541_c_4_decode) {
  HeaderTable table;
  BOOST_TEST(text(decode(table, first_request).fields) == ":method=GET\n:scheme=http\n:path=/\n:authority=www.example.com\n");
  BOOST_TEST(text(decode(table, "\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf").fields) ==
             ":method=GET\n:scheme=http\n:path=/\n:authority=www.example.com\ncache-control=no-cache\n");
  BOOST_TEST(text(decode(table, "\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf").fields) ==
             ":method=GET\n:scheme=https\n:path=/index.html\n:authority=www.example.com\ncustom-key=custom-value\n");
}

BOOST_AUTO_TEST_CASE(every_octet_survives_the_huffman_code) {
  HeaderTable table;
  Encoder encoder;
  for (unsigned octet = 0; octet < 256; ++octet) {
    // Behind many short codes, so that the encoder thinks it worth while.
    const Fields fields = {{"x", std::string(64, 'a') + std::string(1, static_cast<char>(octet))}};
    BOOST_TEST(text(decode(table, encoder.block(fields)).fields) == text(fields));
  }
}

BOOST_AUTO_TEST_CASE(wrong_huffman_padding_is_refused) {
  char out[16];
  const auto valid = [&](std::string_view coded) { return huffman_decode(as_bytes(coded), out).valid; };
  BOOST_TEST(valid(std::string_view("\x1f", 1)));              // 'a', padded with ones
  BOOST_TEST(!valid(std::string_view("\x1e", 1)));             // padded with a zero
  BOOST_TEST(!valid(std::string_view("\x1f\xff", 2)));         // a whole octet of padding
  BOOST_TEST(!valid(std::string_view("\xff\xff\xff\xff", 4))); // EOS
  BOOST_TEST(valid(""));
}

BOOST_AUTO_TEST_CASE(blocks_of_nghttp2s_encoder_read_as_nghttp2_reads_them) {
  std::mt19937 random(7);
  const std::string_view names[] = {":path", "cookie", "x-a", "x-b", "content-length", "set-cookie", "accept"};
  for (const size_t allowed : {size_t{4096}, size_t{0}, size_t{200}, size_t{8192}}) {
    HeaderTable table;
    Encoder encoder(allowed);
    Oracle oracle;
    oracle.allow(std::max<size_t>(allowed, 4096));
    for (unsigned round = 0; round < 400; ++round) {
      Fields fields;
      for (unsigned i = 0; i < 1 + random() % 12; ++i) {
        std::string value(random() % 100, 'a');
        for (char& c : value) c = static_cast<char>(random() % 8 == 0 ? random() % 256 : 'a' + random() % 6);
        if (random() % 2) value = std::to_string(random() % 6);
        fields.emplace_back(names[random() % std::size(names)], value);
      }
      if (round % 50 == 49) encoder.resize(random() % (allowed + 1));
      const std::string block = encoder.block(fields);
      const Decoded ours = decode(table, block), theirs = oracle.decode(block);
      BOOST_REQUIRE(theirs.valid);
      BOOST_REQUIRE(ours.valid);
      BOOST_REQUIRE_EQUAL(text(ours.fields), text(theirs.fields));
    }
  }
}

BOOST_AUTO_TEST_CASE(damaged_blocks_are_refused_where_nghttp2_refuses_them) {
  std::mt19937 random(11);
  unsigned refused = 0;
  for (unsigned round = 0; round < 4000; ++round) {
    Encoder encoder;
    Oracle oracle;
    HeaderTable table;
    std::string block = encoder.block({{":method", "GET"}, {":path", "/" + std::to_string(random())}, {"cookie", "a=b"}, {"x-y", "zzzzzzzz"}});
    for (unsigned i = 0; i < 1 + random() % 3; ++i) block[random() % block.size()] = static_cast<char>(random());
    const Decoded ours = decode(table, block), theirs = oracle.decode(block);
    refused += !theirs.valid;
    if (theirs.valid) {
      BOOST_REQUIRE_EQUAL(text(ours.fields), text(theirs.fields));
      BOOST_REQUIRE(ours.valid);
    }
  }
  BOOST_TEST(refused > 100U);
}

BOOST_AUTO_TEST_CASE(an_index_past_the_table_breaks_the_block) {
  HeaderTable table;
  BOOST_TEST(!decode(table, "\xbe").valid);
  BOOST_TEST(!decode(table, "\x80").valid);
  BOOST_TEST(!decode(table, std::string_view("\x82\x20", 2)).valid);  // a size update behind a field
}

BOOST_AUTO_TEST_CASE(what_a_lost_table_held_is_unknown_and_what_is_added_since_is_known) {
  HeaderTable table;
  table.lose();
  BOOST_TEST(text(decode(table, "\xbf\x82").fields) == "?=?\n:method=GET\n");
  decode(table, first_request);
  BOOST_TEST(text(decode(table, "\xbe\xbf").fields) == ":authority=www.example.com\n?=?\n");
  // A literal value under an unknown name.
  BOOST_TEST(text(decode(table, std::string_view("\x0f\x31\x01x", 4)).fields) == "?=x\n");
}

BOOST_AUTO_TEST_CASE(an_emptied_table_is_known_again) {
  HeaderTable table;
  table.lose();
  BOOST_TEST(decode(table, "\x20").valid);
  BOOST_TEST(!decode(table, "\xbe").valid);
}

BOOST_AUTO_TEST_CASE(a_table_larger_than_ours_forgets_its_oldest_and_says_so) {
  HeaderTable table;
  Encoder encoder(65536);
  std::string size_update = "\x3f\xe1\xff\x03";  // 65536
  BOOST_TEST(decode(table, size_update).valid);
  const auto name = [](unsigned i) { return "x-" + std::to_string(i); };
  encoder.resize(65536);
  unsigned count = 0;
  for (; count < 40; ++count) decode(table, encoder.block({{name(count), std::string(300, 'v')}}));
  BOOST_TEST(table.take_overflow());
  BOOST_TEST(!table.take_overflow());
  BOOST_TEST(text(decode(table, encoder.block({{name(39), std::string(300, 'v')}})).fields) == name(39) + "=" + std::string(300, 'v') + "\n");
  BOOST_TEST(text(decode(table, encoder.block({{name(0), std::string(300, 'v')}})).fields) == "?=?\n");
}

BOOST_AUTO_TEST_CASE(one_entry_named_again_and_again_fills_the_room_and_no_more) {
  HeaderTable table;
  Encoder encoder;
  decode(table, encoder.block({{"x-bomb", std::string(3000, 'b')}}));
  const std::string bomb(60000, '\xbe');
  const auto room = std::make_unique<FieldRoom>();
  BlockReader reader(table, as_bytes(bomb), *room);
  DecodedField field;
  size_t fields = 0, overflow = 0;
  while (reader.next(field) == BlockReader::Step::field) {
    ++fields;
    overflow += field.overflow;
    BOOST_REQUIRE_EQUAL(field.value.size(), 3000U);
  }
  BOOST_TEST(fields == 60000U);
  BOOST_TEST(fields - overflow == header_list_bytes_max / (3000 + 8) + 1);
}

BOOST_AUTO_TEST_CASE(a_field_longer_than_all_room_is_cut) {
  HeaderTable table;
  const std::string value(header_list_bytes_max + field_spill_bytes + 10, 'v');
  const auto room = std::make_unique<FieldRoom>();
  std::string block("\x00\x01x\x7f", 4);
  size_t rest = value.size() - 127;
  for (; rest >= 128; rest >>= 7) block += static_cast<char>(rest | 128);
  block += static_cast<char>(rest);
  BlockReader reader(table, as_bytes(block += value), *room);
  DecodedField field;
  BOOST_REQUIRE(reader.next(field) == BlockReader::Step::field);
  BOOST_TEST(field.cut);
  BOOST_TEST(field.line.size() == header_list_bytes_max + field_spill_bytes);
  BOOST_REQUIRE(reader.next(field) == BlockReader::Step::end);
}

BOOST_AUTO_TEST_SUITE_END()
