// SPDX-License-Identifier: Apache-2.0
#include "control/rows/products/product.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "control/drain/sample_records.h"

using namespace sekisho;

namespace {

// Calls visit(product, sample, row) for every row that any sample gives to any product.
template <typename Visit>
void each_row(const ProductContext& context, RowShape shape, Visit visit) {
  FieldIndex fields;
  Row row;
  for (const NamedRecord& sample : sample_records()) {
    fields.read(sample.record.view());
    for (const Product* product : products)
      if (product_row(*product, fields, context, shape, row)) visit(*product, sample, row);
  }
}

// The names of the samples that a product has rows of.
std::set<std::string> samples_of(std::string_view product, const Site& site = {}) {
  std::set<std::string> names;
  each_row({{sample_protocols}, &site}, RowShape::items, [&](const Product& found, const NamedRecord& sample, const Row&) {
    if (found.name == product) names.insert(sample.name);
  });
  return names;
}

using Names = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(every_item_that_the_wire_shows_is_in_a_row_and_no_other_is) {
  Site site;
  std::set<LogItem> seen;
  const Finding finding{.sub_phase = SubPhase::p3_backdoor_untrusted,
                        .phase = 3,
                        .route = 1,
                        .confidence = 50,
                        .severity = 6,
                        .attribution = Attribution::direct};
  each_row({{sample_protocols, "sensor-1", DnsVersion::v3, &finding}, &site}, RowShape::items,
           [&](const Product&, const NamedRecord&, const Row& row) {
             for (const RowItem& item : row.items()) seen.insert(item.item);
           });
  for (uint16_t i = 0; i < log_item_count; ++i) {
    const LogItemSpec& spec = log_items[i];
    // A property of the syslog header, which the sink writes.
    if (spec.source == "dns-query" && spec.name == "facility") continue;
    BOOST_TEST(seen.contains(static_cast<LogItem>(i)) == (spec.from != "none"), spec.source << " " << spec.name);
  }
}

BOOST_AUTO_TEST_CASE(each_product_writes_only_items_of_its_own_source_and_ours) {
  const Site site;
  each_row({{sample_protocols}, &site}, RowShape::items, [&](const Product& product, const NamedRecord&, const Row& row) {
    for (const RowItem& item : row.items()) {
      const std::string_view source = log_items[static_cast<size_t>(item.item)].source;
      BOOST_TEST((source == log_source_names[static_cast<size_t>(product.source)] || source == "sekisho"),
                 product.name << " writes " << source);
    }
    BOOST_TEST(row.header.product == product.title);
  });
}

BOOST_AUTO_TEST_CASE(a_product_takes_the_records_of_its_log_alone) {
  BOOST_TEST(samples_of("ngfw") == (Names{"flow", "icmp_flow", "sighting", "waf_sighting", "file_sighting", "mail_file_sighting", "mail_url_sighting"}));
  BOOST_TEST(samples_of("nips") == (Names{"sighting", "waf_sighting", "file_sighting", "mail_file_sighting", "mail_url_sighting", "anomaly"}));
  BOOST_TEST(samples_of("waf") == (Names{"waf_sighting"}));
  BOOST_TEST(samples_of("sandbox") == (Names{"file", "file_sighting", "mail_file_sighting"}));
  BOOST_TEST(samples_of("proxy-access") == (Names{"proxy_connect"}));
  BOOST_TEST(samples_of("dns-query") == (Names{"dns_query"}));
  BOOST_TEST(samples_of("web-access") == (Names{"http"}));
  BOOST_TEST(samples_of("mail") == (Names{"smtp"}));
  BOOST_TEST(samples_of("mail-gateway") == (Names{"mail_file_sighting", "mail_url_sighting"}));
  BOOST_TEST(samples_of("dhcp") == (Names{"dhcp"}));
  BOOST_TEST(samples_of("flow") == (Names{"flow", "icmp_flow"}));
}

BOOST_AUTO_TEST_CASE(a_request_to_a_named_proxy_is_the_proxys_and_one_to_a_foreign_server_is_no_web_row) {
  Site site;
  site.proxies.push_back(*parse_network_address("198.51.100.7"));
  BOOST_TEST(samples_of("proxy-access", site) == (Names{"http", "proxy_connect"}));
  BOOST_TEST(samples_of("web-access", site).empty());
  Site zones;
  zones.dmz.push_back(*parse_network("203.0.113.0/24"));
  BOOST_TEST(samples_of("web-access", zones).empty());
  zones.dmz.push_back(*parse_network("198.51.100.0/24"));
  BOOST_TEST(samples_of("web-access", zones) == (Names{"http"}));
}

BOOST_AUTO_TEST_CASE(an_alert_is_never_less_severe_than_its_hosts_incident) {
  const Site site;
  Finding finding{.sub_phase = SubPhase::p6_exfiltration_untrusted, .phase = 6, .severity = 10};
  each_row({{sample_protocols, {}, DnsVersion::v3, &finding}, &site}, RowShape::tree,
           [&](const Product&, const NamedRecord& sample, const Row& row) {
             if (sample.name.ends_with("sighting")) BOOST_TEST(row.header.severity == 10);
             if (sample.name == "flow") BOOST_TEST(row.header.severity == 0);
           });
}

BOOST_AUTO_TEST_CASE(a_pattern_met_in_a_request_target_is_a_waf_row_that_shows_the_reading_that_met_it) {
  const Site site;
  for (const Field field : {Field::http_url, Field::http_url_decoded}) {
    const SampleRecord record(RecordType::sighting, [&](RecordWriter& w) {
      w.number(Field::sighting_kind, static_cast<uint64_t>(Kind::keyword));
      w.number(Field::sighting_mode, static_cast<uint64_t>(MatchMode::literal));
      w.text(Field::sighting_indicator_value, "/etc/passwd");
      w.number(Field::sighting_matched_field, static_cast<uint64_t>(field));
      w.text(Field::sighting_matched_value, "/?f=../etc/passwd");
      w.number(Field::sighting_direction, 0);
    });
    FieldIndex fields;
    fields.read(record.view());
    Row row;
    const auto waf = std::find_if(std::begin(products), std::end(products), [](const Product* one) { return one->name == std::string_view("waf"); });
    BOOST_REQUIRE((waf != std::end(products)));
    BOOST_REQUIRE(product_row(**waf, fields, {{sample_protocols}, &site}, RowShape::items, row));
    std::multiset<std::string> texts;
    for (const RowItem& item : row.items())
      if (item.item == LogItem::waf_detection_type || item.item == LogItem::waf_alert_detail) texts.insert(std::string(item.text));
    BOOST_TEST(texts.contains("literal in " + std::string(field_specs[static_cast<size_t>(field)].name)));
    BOOST_TEST(texts.contains("/?f=../etc/passwd"));
  }
}
