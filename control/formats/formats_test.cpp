// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "control/formats/format.h"
#include "control/formats/golden.h"
#include "control/formats/json_text.h"
#include "control/formats/utf8.h"
#include "control/rows/products/product.h"
#include "control/drain/sample_records.h"

using namespace sekisho;

namespace {

// Text as every format shows it before its own escaping: bytes outside UTF-8 as \xNN.
std::string readable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_sequence_length(text);
    if (length == 0)
      out.append(byte_text(static_cast<unsigned char>(text[0])));
    else
      out.append(text.substr(0, length));
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string random_text(std::mt19937& random) {
  constexpr std::string_view pieces[] = {"\\", "\"", "|", "=", "\n", "\r", "\t", "\0", "\x7f", "é", "日本", "😀", "\xed\xa0\x80",
                                         "\xc0\xaf", "\xf4\x90\x80\x80", "a", "cs1=", " key=", "\\n"};
  std::string text;
  for (size_t i = random() % 20; i > 0; --i) {
    if (random() % 2 == 0)
      text += static_cast<char>(random());
    else
      text += pieces[random() % std::size(pieces)];
  }
  return text;
}

struct ParsedCef {
  std::vector<std::string> header;
  std::map<std::string, std::string> extension;
};

// A strict reader of CEF: unescapes the header, then finds keys as "blank, word, unescaped =".
ParsedCef parse_cef(std::string_view line) {
  ParsedCef parsed;
  size_t at = 0;
  for (int field = 0; field < 7; ++field) {
    std::string text;
    for (; line.at(at) != '|'; ++at) {
      if (line[at] == '\\') ++at;
      text += line.at(at);
    }
    ++at;
    parsed.header.push_back(text);
  }
  std::string key, value, word;
  const auto finish = [&] {
    if (!key.empty()) parsed.extension[key] = value;
  };
  for (; at < line.size(); ++at) {
    if (line[at] == '=') {
      if (!key.empty()) value.resize(value.size() - word.size() - 1);  // the word was a key, the blank before it a separator
      finish();
      key = word;
      value.clear();
      word.clear();
      continue;
    }
    char c = line[at];
    const bool escaped = c == '\\';
    if (escaped) {
      c = line.at(++at);
      c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    if (!key.empty()) value += c;
    if (c == ' ' && !escaped)
      word.clear();
    else
      word += escaped ? '\\' : c;
  }
  finish();
  return parsed;
}

std::string written(const Format& format, const Row& row) {
  std::string out;
  format.write(row, {}, out);
  return out;
}

std::string without_controls(std::string text, std::string_view kept) {
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < 0x20 || c == 0x7f) && kept.find(c) == std::string_view::npos) c = ' ';
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(utf8_takes_what_the_standard_lists_and_nothing_else) {
  // Unicode 15 3.9: one well-formed and the nearest ill-formed of each row of table 3-7.
  BOOST_TEST(utf8_sequence_length("\x7f") == 1U);
  BOOST_TEST(utf8_sequence_length("\xc2\x80") == 2U);
  BOOST_TEST(utf8_sequence_length("\xe0\xa0\x80") == 3U);
  BOOST_TEST(utf8_sequence_length("\xed\x9f\xbf") == 3U);
  BOOST_TEST(utf8_sequence_length("\xf0\x90\x80\x80") == 4U);
  BOOST_TEST(utf8_sequence_length("\xf4\x8f\xbf\xbf") == 4U);
  for (const std::string_view bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xe0\x9f\x80", "\xed\xa0\x80",
                                     "\xe1\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    BOOST_TEST(utf8_sequence_length(bad) == 0U);
}

BOOST_AUTO_TEST_CASE(any_bytes_become_json_that_parses_back_to_the_readable_text) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = random_text(random);
    std::string json;
    append_json_text(json, text);
    BOOST_REQUIRE(nlohmann::json::parse(json).get<std::string>() == readable(text));
  }
}

BOOST_AUTO_TEST_CASE(json_escapes_each_special_byte_as_its_table_says) {
  std::string json;
  append_json_text(json, std::string_view("\"\\\b\f\n\r\t\0\x1f\x7f/\xff", 12));
  BOOST_TEST(json == "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7f/\\\\xff\"");
}

BOOST_AUTO_TEST_CASE(any_bytes_become_cef_that_parses_back_to_the_readable_text) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    const std::string name = random_text(random), message = random_text(random), user = random_text(random);
    Row row;
    row.header.product = "NGFW";
    row.header.name = name;
    row.item(LogItem::ngfw_session_user, user);
    row.item(LogItem::ngfw_threat, message);
    const ParsedCef parsed = parse_cef(written(format_cef, row));
    BOOST_REQUIRE(parsed.header[5] == without_controls(readable(name), ""));
    BOOST_REQUIRE(parsed.extension.at("suser") == without_controls(readable(user), "\r\n"));
    BOOST_REQUIRE(parsed.extension.at("msg") == without_controls(readable(message), "\r\n"));
    BOOST_REQUIRE(parsed.extension.size() == 3U);
  }
}

BOOST_AUTO_TEST_CASE(cef_escapes_each_special_byte_as_its_table_says) {
  Row row;
  row.header.product = "P";
  row.header.event_type = "alert";
  row.header.name = "a|b\\c=d\ne";
  row.item(LogItem::ngfw_threat, std::string_view("a|b\\c=d\r\ne\tf\xff"));
  BOOST_TEST(written(format_cef, row) ==
             "CEF:0|Sekisho|Sekisho|0.1.0|alert|a\\|b\\\\c=d e|0|cat=P msg=a|b\\\\c\\=d\\r\\ne f\\\\xff");
}

BOOST_AUTO_TEST_CASE(the_nth_value_of_an_item_takes_the_nth_key_and_further_values_join_the_last) {
  Row row;
  row.header.product = "Mail";
  row.item(LogItem::mail_mail_address, std::string_view("from@a.test"));
  row.item(LogItem::mail_mail_address, std::string_view("to1@a.test"));
  row.item(LogItem::mail_mail_address, std::string_view("to2@a.test"));
  const auto parsed = parse_cef(written(format_cef, row));
  BOOST_TEST(parsed.extension.at("suser") == "from@a.test");
  BOOST_TEST(parsed.extension.at("duser") == "to1@a.test,to2@a.test");
}

BOOST_AUTO_TEST_CASE(custom_slots_carry_their_label_and_no_key_comes_twice) {
  FieldIndex fields;
  const Site site;
  const Finding finding{.sub_phase = SubPhase::p5_c2_untrusted, .phase = 5, .route = 1, .confidence = 60};
  const ProductContext context{{sample_protocols, "sensor-1", DnsVersion::v3, &finding}, &site};
  Row row;
  for (const NamedRecord& sample : sample_records()) {
    fields.read(sample.record.view());
    for (const Product* product : products) {
      if (!product_row(*product, fields, context, RowShape::items, row)) continue;
      const std::string line = written(format_cef, row);
      const auto parsed = parse_cef(line);
      for (const auto& [key, value] : parsed.extension) {
        if (key.ends_with("Label")) continue;
        const bool slot = key.starts_with("cs") || key.starts_with("cn2") || key.starts_with("flex");
        if (slot) BOOST_TEST(parsed.extension.contains(key + "Label"), key);
        const size_t first = line.find(' ' + key + '=');
        if (first != std::string::npos) BOOST_TEST(line.find(' ' + key + '=', first + 1) == std::string::npos, key);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_row_of_every_product_prints_as_its_golden) {
  FieldIndex fields;
  const Site site;
  const Finding finding{.sub_phase = SubPhase::p3_backdoor_untrusted,
                        .phase = 3,
                        .route = 1,
                        .confidence = 50,
                        .severity = 6,
                        .attribution = Attribution::direct,
                        .host = address_of(sample_records()[0].record.view().endpoints().client_address)};
  Row row;
  for (const Product* product : products) {
    for (const Format* format : formats) {
      std::string lines;
      for (const NamedRecord& sample : sample_records()) {
        const bool alert = sample.name.ends_with("sighting");
        const ProductContext context{{sample_protocols, "sensor-1", DnsVersion::v3, alert ? &finding : nullptr}, &site};
        fields.read(sample.record.view());
        if (!product_row(*product, fields, context, format->shape, row)) continue;
        format->write(row, {.utc_offset_minutes = 540}, lines);
        lines += '\n';
      }
      const std::string name = "product-" + std::string(product->name) + ".txt";
      BOOST_TEST(lines == golden(format->name, name, lines), name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_tree_deeper_than_the_bound_stays_json) {
  Row row;
  row.object();
  for (int depth = 0; depth < 100; ++depth) row.object("d");
  row.number("deepest", 1);
  for (int depth = 0; depth < 100; ++depth) row.end();
  row.number("after", 2);
  row.end();
  BOOST_TEST(nlohmann::json::parse(written(format_eve, row))["after"] == 2);
}
