// SPDX-License-Identifier: Apache-2.0
#include "control/drain/sample_records.h"

#include <arpa/inet.h>

#include <cstring>

#include "control/drain/sample_lan_records.h"
#include "matchers/indicator.h"

namespace sekisho {

namespace {

void fill_http(RecordWriter& w) {
  w.text(Field::http_method, "GET");
  w.text(Field::http_url, "/a/b?c=d|e\\f");
  w.number(Field::http_target_form, 0);
  w.text(Field::http_protocol, "HTTP/1.1");
  w.text(Field::http_host, "www.example.test:8080");
  w.text(Field::http_user_agent, "Mozilla/5.0 (\"quoted\")\xff\xfe\x01 日本");
  w.text(Field::http_referer, "http://ref.example.test/?q=1");
  w.text(Field::http_auth_user, "alice");
  w.number(Field::http_status, 200);
  w.text(Field::http_content_type, "text/html; charset=utf-8");
  w.number(Field::http_response_body_bytes, 1234);
  w.number(Field::transaction_start_ns, sample_wall_ns - 250'000'000);
}

void fill_proxy_connect(RecordWriter& w) {
  w.endpoints().server_port = 3128;
  w.text(Field::http_method, "CONNECT");
  w.text(Field::http_url, "secure.example.test:443");
  w.number(Field::http_target_form, 2);
  w.text(Field::http_target_host, "secure.example.test:443");
  w.text(Field::http_protocol, "HTTP/1.1");
  w.text(Field::http_proxy_user, "bob");
  w.text(Field::http_user_agent, "curl/8.0");
  w.text(Field::http_content_type, "text/html");
  w.number(Field::transaction_start_ns, sample_wall_ns - 1'500'000'000);
  w.number(Field::http_status, 200);
  w.number(Field::http_response_body_bytes, 99);
}

void dns_endpoints(RecordWriter& w, uint16_t port) {
  w.endpoints().app_protocol = sample_dns;
  w.endpoints().ip_protocol = 17;
  w.endpoints().server_port = port;
}

void fill_dns(RecordWriter& w) {
  constexpr uint8_t address[4] = {203, 0, 113, 9};
  dns_endpoints(w, 53);
  w.number(Field::dns_id, 4711);
  w.number(Field::dns_flags, 0x8180);
  w.number(Field::dns_opcode, 0);
  w.number(Field::dns_rcode, 0);
  w.text(Field::dns_query_name, "www.example.test");
  w.number(Field::dns_query_type, 1);
  w.text(Field::dns_answer_name, "www.example.test");
  w.number(Field::dns_answer_type, 5);
  w.number(Field::dns_answer_ttl, 60);
  w.text(Field::dns_answer_rdata_name, "web.example.test");
  w.text(Field::dns_answer_name, "web.example.test");
  w.number(Field::dns_answer_type, 1);
  w.number(Field::dns_answer_ttl, 300);
  w.bytes(Field::dns_answer_rdata_address, address);
  w.text(Field::dns_additional_name, "");
  w.number(Field::dns_additional_type, 41);
}

void fill_dns_query(RecordWriter& w) {
  dns_endpoints(w, 53);
  w.number(Field::dns_id, 4711);
  w.number(Field::dns_flags, 0x0100);
  w.text(Field::dns_query_name, "www.example.test");
  w.number(Field::dns_query_type, 28);
}

void fill_mdns(RecordWriter& w) {
  dns_endpoints(w, 5353);
  set_address(w.endpoints().client_address, "fe80::1");
  set_address(w.endpoints().server_address, "ff02::fb");
  w.number(Field::dns_id, 0);
  w.number(Field::dns_flags, 0);
  w.text(Field::dns_query_name, "_http._tcp.local");
  w.number(Field::dns_query_type, 12);
  w.text(Field::dns_query_name, "second.local");
  w.number(Field::dns_query_type, 65400);
}

void fill_tls(RecordWriter& w) {
  constexpr uint8_t sha1[20] = {0x2b, 0xc2, 0x6a, 0x13, 0x99, 0x8b, 0x2c};
  w.endpoints().app_protocol = sample_tls;
  w.endpoints().server_port = 443;
  w.text(Field::tls_sni, "www.example.test");
  w.number(Field::tls_version, 0x0304);
  w.text(Field::tls_client_alpn, "h2");
  w.text(Field::tls_client_alpn, "http/1.1");
  w.number(Field::tls_client_version, 0x0304);
  constexpr uint8_t ciphers[] = {0x13, 0x01, 0xc0, 0x2f}, extensions[] = {0, 0, 0, 43},
                    groups[] = {0x11, 0xec, 0, 29}, algorithms[] = {0x04, 0x03, 0x08, 0x04};
  w.bytes(Field::tls_client_ciphers, ciphers);
  w.bytes(Field::tls_client_extensions, extensions);
  w.bytes(Field::tls_client_groups, groups);
  w.bytes(Field::tls_client_signature_algorithms, algorithms);
  w.number(Field::tls_cipher, 0x1301);
  w.number(Field::tls_group, 0x11ec);
  w.number(Field::tls_resumption_offered, 4 | 8);
  w.text(Field::tls_ja3, "3f8b7a5c41878630f67e660533be80fc");
  w.text(Field::tls_ja4, "t13d1910h2_9dc949149365_97f8aa674fd9");
  w.number(Field::tls_ech, 1);
  w.text(Field::tls_subject, "C=JP, O=Example, CN=www.example.test");
  w.text(Field::tls_issuer, "C=JP, O=Example CA, CN=Root");
  w.text(Field::tls_serial, "00:8A:07");
  w.number(Field::tls_not_before, 1422670709);
  w.number(Field::tls_not_after, 1738030709);
  w.text(Field::tls_san, "www.example.test");
  w.bytes(Field::tls_fingerprint_sha1, sha1);
  w.bytes(Field::tls_chain_sha1, sha1);
}

void fill_quic(RecordWriter& w) {
  w.endpoints().app_protocol = sample_quic;
  w.endpoints().ip_protocol = 17;
  w.endpoints().server_port = 443;
  w.number(Field::quic_version, 0x6b3343cf);
  w.text(Field::quic_sni, "www.example.test");
  w.text(Field::quic_client_alpn, "h3");
  w.text(Field::quic_ja3, "3f8b7a5c41878630f67e660533be80fc");
  w.text(Field::quic_ja4, "q13d0312h3_55b375c5d22e_73e2d9e6cde6");
  w.number(Field::quic_ech, 1);
}

void fill_websocket(RecordWriter& w) {
  w.endpoints().app_protocol = sample_websocket;
  w.endpoints().server_port = 80;
  w.number(Field::websocket_messages_toserver, 3);
  w.number(Field::websocket_messages_toclient, 2);
  w.number(Field::websocket_bytes_toserver, 4096);
  w.number(Field::websocket_bytes_toclient, 125);
}

void fill_smtp(RecordWriter& w) {
  constexpr uint8_t md5[16] = {1, 2, 3};
  w.endpoints().app_protocol = sample_smtp;
  w.endpoints().server_port = 25;
  w.text(Field::smtp_banner, "mx.example.test ESMTP Postfix");
  w.text(Field::smtp_helo, "client.example.test");
  w.text(Field::smtp_mail_from, "alice@example.test");
  w.text(Field::smtp_rcpt_to, "bob@example.test");
  w.text(Field::smtp_rcpt_to, "carol@example.test");
  w.number(Field::smtp_rcpt_count, 2);
  w.number(Field::smtp_message_bytes, 5120);
  w.number(Field::smtp_reply_code, 250);
  w.text(Field::smtp_reply, "2.0.0 Ok: queued as 4F2B1");
  w.text(Field::email_from, "Alice <alice@example.test>");
  w.text(Field::email_to, "bob@example.test");
  w.text(Field::email_subject, "請求書 = urgent\nsecond line");
  w.text(Field::email_message_id, "<1@example.test>");
  w.text(Field::email_attachment, "invoice.exe");
  w.bytes(Field::email_body_md5, md5);
}

void fill_pop3(RecordWriter& w) {
  w.endpoints().app_protocol = sample_pop3;
  w.endpoints().server_port = 110;
  w.text(Field::pop3_command, "RETR");
  w.text(Field::pop3_argument, "1");
  w.text(Field::pop3_status, "OK");
  w.text(Field::pop3_response, "5120 octets");
  w.text(Field::pop3_user, "carol");
  w.number(Field::pop3_message_bytes, 5120);
  w.text(Field::email_from, "Alice <alice@example.test>");
  w.text(Field::email_subject, "\"quoted\"\\");
}

void fill_pop3_listing(RecordWriter& w) {
  w.endpoints().app_protocol = sample_pop3;
  w.endpoints().server_port = 110;
  w.text(Field::pop3_command, "CAPA");
  w.text(Field::pop3_status, "ERR");
  w.text(Field::pop3_response, "");
  w.text(Field::pop3_response_line, "UIDL");
  w.text(Field::pop3_response_line, "TOP");
}

void fill_imap(RecordWriter& w) {
  w.endpoints().app_protocol = sample_imap;
  w.endpoints().server_port = 143;
  w.text(Field::imap_tag, "a003");
  w.text(Field::imap_command, "FETCH");
  w.text(Field::imap_user, "carol");
  w.number(Field::imap_message_bytes, 5120);
  w.text(Field::imap_status, "OK");
  w.text(Field::imap_response, "FETCH completed");
  w.text(Field::email_from, "Alice <alice@example.test>");
}

void fill_file(RecordWriter& w) {
  constexpr uint8_t sha256[32] = {0xde, 0xad, 0xbe, 0xef};
  fill_http(w);
  w.number(Field::file_id, 1);
  w.number(Field::file_size, 1234);
  w.text(Field::file_type, "PE32");
  w.bytes(Field::file_sha256, sha256);
  w.text(Field::file_state, "closed");
  w.number(Field::file_direction, 1);
}

void fill_flow(RecordWriter& w) {
  w.endpoints().vlan_count = 2;
  w.endpoints().vlan[0] = 100;
  w.endpoints().vlan[1] = 200;
  w.header().transaction = 0;
  w.number(Field::flow_pkts_toserver, 6);
  w.number(Field::flow_pkts_toclient, 5);
  w.number(Field::flow_bytes_toserver, 700);
  w.number(Field::flow_bytes_toclient, 2100);
  w.number(Field::flow_start_ns, sample_wall_ns - 3'500'000'000);
  w.number(Field::flow_end_ns, sample_wall_ns);
  w.number(Field::flow_duration_ms, 3500);
  w.text(Field::flow_app_proto, "http");
  w.text(Field::flow_state, "closed");
  w.text(Field::flow_end_reason, "fin");
  w.number(Field::flow_tcp_flags_toserver, 0x1b);
  w.number(Field::flow_tcp_flags_toclient, 0x1a);
  w.number(Field::flow_sightings, 1);
  w.number(Field::flow_transactions, 1);
}

void fill_icmp_flow(RecordWriter& w) {
  w.endpoints().ip_protocol = 1;
  w.endpoints().app_protocol = 0;
  w.number(Field::flow_pkts_toserver, 1);
  w.number(Field::flow_pkts_toclient, 0);
  w.number(Field::flow_icmp_type, 8);
  w.number(Field::flow_icmp_code, 0);
}

void fill_sighting_of(RecordWriter& w, Kind kind, std::string_view value, Field field, std::string_view matched) {
  w.number(Field::sighting_indicator, 0x0123456789abcdef);
  w.number(Field::sighting_kind, static_cast<uint64_t>(kind));
  w.number(Field::sighting_mode, static_cast<uint64_t>(MatchMode::exact));
  w.text(Field::sighting_indicator_value, value);
  w.text(Field::sighting_feed, "acme|feed");
  w.number(Field::sighting_severity, 3);
  w.number(Field::sighting_confidence, 80);
  w.number(Field::sighting_tlp, 2);
  w.number(Field::sighting_action, static_cast<uint64_t>(Action::reset));
  w.number(Field::sighting_verdict, static_cast<uint64_t>(Action::reset));
  w.number(Field::sighting_matched_field, static_cast<uint64_t>(field));
  w.text(Field::sighting_matched_value, matched);
  w.number(Field::sighting_offset, 57);
  w.number(Field::sighting_direction, 0);
}

void fill_sighting(RecordWriter& w) {
  w.header().generation = 42;
  fill_sighting_of(w, Kind::domain, "Example.TEST", Field::http_host, "www.example.test");
  fill_http(w);
}

void fill_waf_sighting(RecordWriter& w) {
  fill_sighting_of(w, Kind::keyword, "union\\s+select", Field::http_url, "/?id=1 union select");
  fill_http(w);
}

void fill_file_sighting(RecordWriter& w) {
  // Looked up as raw bytes, listed as hex.
  fill_sighting_of(w, Kind::sha256, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                   Field::file_sha256,
                   "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
                   "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad");
  fill_file(w);
  w.text(Field::file_name, "setup.exe");
  w.number(Field::flow_pkts_toserver, 6);
  w.number(Field::flow_pkts_toclient, 5);
  w.number(Field::flow_bytes_toserver, 700);
  w.number(Field::flow_bytes_toclient, 2100);
  w.number(Field::flow_duration_ms, 3500);
}

void fill_mail_file_sighting(RecordWriter& w) {
  fill_sighting_of(w, Kind::sha256, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                   Field::file_sha256,
                   "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
                   "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad");
  fill_smtp(w);
  w.text(Field::file_name, "invoice.exe");
}

// Of a mailbox that is read: no envelope.
void fill_mail_url_sighting(RecordWriter& w) {
  fill_sighting_of(w, Kind::domain, "evil.test", Field::email_url, "http://login.evil.test/a=b");
  fill_imap(w);
  w.text(Field::email_to, "carol@example.test");
}

void fill_anomaly(RecordWriter& w) {
  w.text(Field::anomaly_name, "http.smuggling");
  w.text(Field::anomaly_layer, "http");
}

void fill_stats(RecordWriter& w) {
  w.text(Field::stats_counter_name, "decoder.pkts");
  w.number(Field::stats_counter_value, 100);
  w.text(Field::stats_counter_name, "flow.tcp.opened");
  w.number(Field::stats_counter_value, 3);
  w.text(Field::stats_counter_name, "decoder.bytes");
  w.number(Field::stats_counter_value, 18'446'744'073'709'551'615ULL);
}

void fill_gap(RecordWriter& w) {
  w.number(Field::gap_records, 12);
  w.number(Field::gap_first_sequence, 900);
}

}  // namespace

void set_address(uint8_t (&address)[16], std::string_view text) {
  const std::string zero_ended(text);
  std::memset(address, 0, sizeof address);
  if (inet_pton(AF_INET6, zero_ended.c_str(), address) == 1) return;
  address[10] = address[11] = 0xff;
  inet_pton(AF_INET, zero_ended.c_str(), address + 12);
}

SampleRecord::SampleRecord(RecordType type, const Fill& fill) : words_(record_bytes_max / 8) {
  RecordWriter writer({reinterpret_cast<uint8_t*>(words_.data()), record_bytes_max}, type);
  RecordHeader& header = writer.header();
  header.boot_id = 7;
  header.sequence = 1;
  header.wall_ns = sample_wall_ns;
  header.flow_id = 0x8000000000000123;
  header.transaction = 1;
  header.ring = type == RecordType::sighting ? RingKind::sightings : RingKind::transactions;
  RecordEndpoints& endpoints = writer.endpoints();
  set_address(endpoints.client_address, "192.0.2.10");
  set_address(endpoints.server_address, "198.51.100.7");
  endpoints.client_port = 49152;
  endpoints.server_port = 80;
  endpoints.ip_protocol = 6;
  endpoints.app_protocol = sample_http;
  fill(writer);
  length_ = writer.finish();
  words_.resize(length_ / 8);
  words_.shrink_to_fit();
}

RecordView SampleRecord::view() const {
  return *RecordView::check({reinterpret_cast<const uint8_t*>(words_.data()), length_});
}

std::vector<NamedRecord> sample_records() {
  std::vector<NamedRecord> records{{"http", {RecordType::transaction, fill_http}},
          {"proxy_connect", {RecordType::transaction, fill_proxy_connect}},
          {"dns", {RecordType::transaction, fill_dns}},
          {"dns_query", {RecordType::transaction, fill_dns_query}},
          {"mdns", {RecordType::transaction, fill_mdns}},
          {"tls", {RecordType::transaction, fill_tls}},
          {"quic", {RecordType::transaction, fill_quic}},
          {"websocket", {RecordType::transaction, fill_websocket}},
          {"smtp", {RecordType::transaction, fill_smtp}},
          {"pop3", {RecordType::transaction, fill_pop3}},
          {"pop3_listing", {RecordType::transaction, fill_pop3_listing}},
          {"imap", {RecordType::transaction, fill_imap}},
          {"file", {RecordType::file, fill_file}},
          {"flow", {RecordType::flow, fill_flow}},
          {"icmp_flow", {RecordType::flow, fill_icmp_flow}},
          {"sighting", {RecordType::sighting, fill_sighting}},
          {"waf_sighting", {RecordType::sighting, fill_waf_sighting}},
          {"file_sighting", {RecordType::sighting, fill_file_sighting}},
          {"mail_file_sighting", {RecordType::sighting, fill_mail_file_sighting}},
          {"mail_url_sighting", {RecordType::sighting, fill_mail_url_sighting}},
          {"anomaly", {RecordType::anomaly, fill_anomaly}},
          {"stats", {RecordType::stats, fill_stats}},
          {"gap", {RecordType::gap, fill_gap}}};
  const std::vector<NamedRecord> lan = sample_lan_records();
  records.insert(records.end(), lan.begin(), lan.end());
  return records;
}

}  // namespace sekisho
