// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/protocols/dns/limits.h"
#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace sekisho::dns::test;
using namespace std::string_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(ProbeResult)

namespace sekisho {
extern const Protocol dns_protocol;
}

namespace {

Turn datagram(const std::string& bytes, Direction direction = Direction::client_to_server) {
  return {direction, bytes, InputKind::datagram};
}
Report run_datagram(const std::string& bytes) {
  return run(dns_protocol, {datagram(bytes)}, {.transport = Transport::datagram});
}
ProbeResult probe(const std::string& bytes, Transport transport = Transport::datagram) {
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  return dns_protocol.probe(copy, Direction::client_to_server, transport);
}

// A response with every section filled, names compressed, EDNS with the extended code BADVERS and DO.
std::string full_response() {
  return header(4711, response, {1, 2, 1, 2}) + question(name("www.example.test"), 1) +
         record(pointer(header_bytes), 5, label("web") + pointer(header_bytes + 4)) +
         record(label("web") + pointer(header_bytes + 4), 1, "\xc0\x00\x02\x01"s, 300) +
         record(pointer(header_bytes + 4), 2, label("ns") + pointer(header_bytes + 4), 3600) +
         record(label("ns") + pointer(header_bytes + 4), 1, "\xc0\x00\x02\x35"s, 3600) +
         record(name(""), 41, "", 0x01008000, 1232);
}

const std::string full_report =
    "begin 1 c2s\n1 dns.message_bytes=119\n1 dns.id=4711\n1 dns.flags=33152\n1 dns.opcode=0\n"
    "1 dns.query.name=www.example.test\n1 dns.query.type=1\n1 dns.query.class=1\n"
    "1 dns.query_longest_label=7\n1 dns.query_entropy=0\n"
    "1 dns.answer.name=www.example.test\n1 dns.answer.type=5\n1 dns.answer.ttl=60\n"
    "1 dns.answer.rdata_name=web.example.test\n"
    "1 dns.answer.name=web.example.test\n1 dns.answer.type=1\n1 dns.answer.ttl=300\n"
    "1 dns.answer.rdata_address=\\xc0\\x00\\x02\\x01\n"
    "1 dns.authority.name=example.test\n1 dns.authority.type=2\n1 dns.authority.ttl=3600\n"
    "1 dns.authority.rdata_name=ns.example.test\n"
    "1 dns.additional.name=ns.example.test\n1 dns.additional.type=1\n1 dns.additional.ttl=3600\n"
    "1 dns.additional.rdata_address=\\xc0\\x00\\x025\n"
    "1 dns.edns.udp_size=1232\n1 dns.edns.version=0\n1 dns.edns.do=1\n1 dns.answer_bytes=10\n1 "
    "dns.rcode=16\nend 1 complete\n"
    "status need_more\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_whole_response_is_observed_section_by_section) {
  BOOST_TEST(run_datagram(full_response()).text() == full_report);
}

BOOST_AUTO_TEST_CASE(a_query_has_no_response_code) {
  const Report report = run_datagram(simple_query("a.test", 28));
  BOOST_TEST(report.value("dns.query.name") == "a.test");
  BOOST_TEST(report.value("dns.query.type") == "28");
  BOOST_TEST(report.value("dns.rcode") == "");
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(the_top_bit_of_a_class_is_mdns_and_not_the_class) {
  const std::string message = header(0, 0, {1, 1, 0, 0}) + question(name("_http._tcp.local"), 12, 0x8001) +
                              record(name("_http._tcp.local"), 12, label("a b") + pointer(header_bytes), 10, 0x8001);
  const Report report = run_datagram(message);
  BOOST_TEST(report.value("dns.query.class") == "1");
  BOOST_TEST(report.value("dns.answer.rdata_name") == "a b._http._tcp.local");
  BOOST_TEST((probe(message) == ProbeResult::certain));
}

BOOST_AUTO_TEST_CASE(offsets_are_those_of_the_values_first_byte) {
  const Report report = run_datagram(full_response());
  for (size_t i = 0; i < report.lines.size(); ++i) {
    if (report.lines[i] == "1 dns.query.name=www.example.test") BOOST_TEST(report.offsets[i] == 12U);
    if (report.lines[i] == "1 dns.query.type=1") BOOST_TEST(report.offsets[i] == 30U);
    if (report.lines[i] == "1 dns.answer.rdata_name=web.example.test") BOOST_TEST(report.offsets[i] == 46U);
    if (report.lines[i] == "1 dns.edns.udp_size=1232") BOOST_TEST(report.offsets[i] == 111U);
  }
}

BOOST_AUTO_TEST_CASE(messages_on_a_stream_are_reported_however_they_are_cut) {
  const Conversation conversation = {client(framed(simple_query("a.test")) + framed(simple_query("b.test"))),
                                     server(framed(full_response()) + framed(full_response())),
                                     client(framed(simple_query("c.test"))), end(Direction::client_to_server)};
  const Report report = run(dns_protocol, conversation);
  BOOST_TEST(report.count("begin") == 5U);
  BOOST_TEST(report.has("5 dns.query.name=c.test"));
  BOOST_TEST(check_split_and_cut(dns_protocol, conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_zero_length_message_is_told_and_the_next_one_read) {
  const Conversation conversation = {client("\0\0"s + framed(simple_query("a.test")) + "\0\0"s)};
  const Report report = run(dns_protocol, conversation);
  BOOST_TEST(report.count("anomaly 0 dns.empty_message") == 2U);
  BOOST_TEST(report.has("1 dns.query.name=a.test"));
  BOOST_TEST(check_split_and_cut(dns_protocol, conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_message_with_two_holes_ends_where_its_length_says_however_it_is_cut) {
  const std::string message = simple_query("a.rather-long-name.test");
  const std::string bytes = framed(message) + framed(simple_query("b.test"));
  // Between the holes an odd number of bytes: one of them waits for the next.
  const Conversation conversation = {client(bytes.substr(0, 8)),  gap(Direction::client_to_server, 4), client(bytes.substr(12, 5)),
                                     gap(Direction::client_to_server, 3), client(bytes.substr(20))};
  BOOST_TEST(run(dns_protocol, conversation).has("2 dns.query.name=b.test"));
  BOOST_TEST(check_split_and_cut(dns_protocol, conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_message_of_the_longest_length_is_read) {
  std::string message = header(1, response, {1, 1, 0, 0}) + question(name("a.test"), 65280);
  message += record(pointer(header_bytes), 65280, std::string(65535 - message.size() - 12, 'x'));
  BOOST_REQUIRE(message.size() == 65535U);
  const std::string bytes = framed(message) + framed(simple_query("b.test"));
  for (const size_t at : {size_t{1}, size_t{2}, size_t{65536}, size_t{65537}, size_t{65538}}) {
    const Report report = run(dns_protocol, {client(bytes.substr(0, at)), client(bytes.substr(at))});
    BOOST_TEST(report.has("end 1 complete"));
    BOOST_TEST(report.has("2 dns.query.name=b.test"));
    BOOST_TEST(report.count("CONTRACT") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_message_cut_by_the_end_gives_what_was_there) {
  const Report report = run(dns_protocol, {client(framed(full_response()).substr(0, 60)), end(Direction::client_to_server)});
  BOOST_TEST(report.has("1 dns.query.name=www.example.test"));
  BOOST_TEST(report.has("1 dns.answer.rdata_name=web.example.test"));
  BOOST_TEST(report.count("anomaly 1 dns.cut") == 1U);
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_gap_inside_a_message_keeps_the_framing) {
  const std::string lost = framed(full_response());
  const Report report = run(dns_protocol, {client(framed(simple_query("a.test")) + lost.substr(0, 60)),
                                           gap(Direction::client_to_server, 20), client(lost.substr(80)),
                                           client(framed(simple_query("b.test")))});
  BOOST_TEST(report.has("end 2 incomplete"));
  BOOST_TEST(report.has("3 dns.query.name=b.test"));
}

BOOST_AUTO_TEST_CASE(behind_a_gap_across_messages_the_next_message_is_found_or_the_direction_given_up) {
  const Turn lost = gap(Direction::client_to_server, 1000);
  const Turn first = client(framed(simple_query("a.test")));
  const Report found = run(dns_protocol, {first, lost, client(framed(simple_query("b.test")))});
  BOOST_TEST(found.has("2 dns.query.name=b.test"));
  const Report given_up = run(dns_protocol, {first, lost, client("\x13\x37 no message"), client(framed(simple_query("b.test"))),
                                             server(framed(full_response()))});
  BOOST_TEST(given_up.count("begin") == 2U);
  BOOST_TEST(given_up.has("begin 2 s2c"));
}

BOOST_AUTO_TEST_CASE(counts_that_promise_too_much_are_told_and_what_is_there_is_read) {
  std::string message = header(1, response, {1, 65535, 65535, 65535}) + question(name("a.test"), 1) +
                        record(pointer(header_bytes), 5, name("b.test"));
  const Report report = run_datagram(message);
  BOOST_TEST(report.has("1 dns.answer.rdata_name=b.test"));
  BOOST_TEST(report.count("anomaly 1 dns.counts_too_high") == 1U);
  BOOST_TEST(report.has("end 1 incomplete"));
  message = header(1, query, {65535, 0, 0, 0}) + question(name("a.test"), 1);
  BOOST_TEST(run_datagram(message).count("anomaly 1 dns.counts_too_high") == 1U);
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_last_record_are_told) {
  BOOST_TEST(run_datagram(simple_query("a.test")).count("anomaly") == 0U);
  const Report report = run_datagram(simple_query("a.test") + "x");
  BOOST_TEST(report.count("anomaly 1 dns.trailing_bytes") == 1U);
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(data_that_runs_past_the_message_is_told_and_the_record_kept) {
  std::string message = full_response();
  message.resize(message.size() - 13);  // the OPT and half of an address
  const Report report = run_datagram(message);
  BOOST_TEST(report.count("anomaly 1 dns.cut") == 1U);
  BOOST_TEST(report.has("1 dns.additional.name=ns.example.test"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_name_pointer_loop_is_told_and_the_next_record_read) {
  const std::string message = header(1, response, {1, 2, 0, 0}) + question(name("a.test"), 1) +
                              record(pointer(24), 1, "\x01\x02\x03\x04"s) +
                              record(pointer(header_bytes), 5, name("evil.test"));
  const Report report = run_datagram(message);
  BOOST_TEST(report.count("anomaly 1 dns.name_loop") == 1U);
  BOOST_TEST(report.count("1 dns.answer.name=") == 1U);
  BOOST_TEST(report.has("1 dns.answer.rdata_name=evil.test"));
}

BOOST_AUTO_TEST_CASE(a_forward_pointer_in_an_answer_does_not_hide_its_name) {
  const std::string message = header(1, response, {1, 1, 0, 1}) + question(name("a.test"), 1) +
                              record(pointer(header_bytes), 5, pointer(38)) + record(name("evil.test"), 1, "\1\2\3\4"s);
  const Report report = run_datagram(message);
  BOOST_TEST(report.has("1 dns.answer.rdata_name=evil.test"));
  BOOST_TEST(report.count("anomaly 1 dns.forward_pointer") == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_too_long_is_told_and_the_next_record_read) {
  std::string long_name;
  for (int i = 0; i < 5; ++i) long_name += label(std::string(60, 'a'));
  const std::string message = header(1, response, {1, 1, 0, 0}) + question(long_name + '\0', 1) +
                              record(name("b.test"), 1, "\1\2\3\4"s);
  const Report report = run_datagram(message);
  BOOST_TEST(report.count("anomaly 1 dns.name_too_long") == 1U);
  BOOST_TEST(report.has("1 dns.query.type=1"));
  BOOST_TEST(report.has("1 dns.answer.name=b.test"));
}

BOOST_AUTO_TEST_CASE(a_second_or_misplaced_opt_is_odd_and_the_first_one_counts) {
  const std::string opt = record(name(""), 41, "", 0, 1232), second = record(name(""), 41, "", 0xFF000000, 4096);
  const Report twice = run_datagram(header(1, response, {1, 0, 0, 2}) + question(name("a.test"), 1) + opt + second);
  BOOST_TEST(twice.count("anomaly 1 dns.odd_opt") == 1U);
  BOOST_TEST(twice.count("1 dns.edns.udp_size=") == 1U);
  BOOST_TEST(twice.value("dns.rcode") == "0");
  const Report misplaced = run_datagram(header(1, response, {1, 1, 0, 0}) + question(name("a.test"), 1) + opt);
  BOOST_TEST(misplaced.count("anomaly 1 dns.odd_opt") == 1U);
  BOOST_TEST(misplaced.count("1 dns.answer.") == 0U);
}

BOOST_AUTO_TEST_CASE(an_update_deletes_with_empty_data) {
  const std::string message = header(1, 0x2800, {1, 0, 1, 0}) + question(name("example.test"), 6) +
                              record(name("old.example.test"), 1, "", 0, 255);
  BOOST_TEST(run_datagram(message).count("anomaly") == 0U);
  const std::string answered = header(1, response, {1, 1, 0, 0}) + question(name("a.test"), 1) + record(name("a.test"), 1, "");
  BOOST_TEST(run_datagram(answered).count("anomaly 1 dns.bad_rdata") == 1U);
}

BOOST_AUTO_TEST_CASE(a_datagram_that_is_no_message_does_not_end_the_flow) {
  const Report report = run(dns_protocol, {datagram("x"), datagram(simple_query("a.test")), datagram("x"), datagram(simple_query("b.test"))},
                            {.transport = Transport::datagram});
  BOOST_TEST(report.count("anomaly 1 dns.short_message") == 1U);
  BOOST_TEST(report.has("2 dns.query.name=a.test"));
  BOOST_TEST(report.has("4 dns.query.name=b.test"));
}

BOOST_AUTO_TEST_CASE(an_answer_is_paired_with_its_query_by_number_and_question) {
  const auto answer = [](unsigned id, std::string_view text) {
    return header(id, response, {1, 0, 0, 0}) + question(name(text), 1);
  };
  const auto paired = [&](const std::string& bytes) {
    return run(dns_protocol,
               {datagram(simple_query("www.A.test")), datagram(bytes, Direction::server_to_client)},
               {.transport = Transport::datagram})
        .count("2 dns.latency_us=");
  };
  BOOST_TEST(paired(answer(4711, "WWW.a.test")) == 1U);
  BOOST_TEST(paired(answer(4712, "www.a.test")) == 0U);
  BOOST_TEST(paired(answer(4711, "ww2.a.test")) == 0U);
  // The second answer to one query has none to be measured from.
  const Turn query_turn = client(framed(simple_query("a.test")));
  const Conversation conversation{query_turn,
                                  server(framed(answer(4711, "a.test")) + framed(answer(4711, "a.test")))};
  BOOST_TEST(run(dns_protocol, conversation).count("2 dns.latency_us=") == 1U);
  BOOST_TEST(run(dns_protocol, conversation).count("3 dns.latency_us=") == 0U);
  BOOST_TEST(check_split_and_cut(dns_protocol, conversation) == "");
}

BOOST_AUTO_TEST_CASE(a_query_that_is_owed_an_answer_and_has_none_is_told_when_its_time_is_over) {
  const std::string resolved = header(2, response, {1, 0, 0, 0}) + question(name("b.test"), 1);
  const std::string multicast = header(0, 0, {1, 0, 0, 0}) + question(name("c.local"), 1);
  const auto told = [&](EndReason reason) {
    return run(dns_protocol,
               {datagram(simple_query("a.test")), datagram(simple_query("a.test")),
                datagram(header(2, query, {}) + question(name("b.test"), 1)), datagram(multicast),
                datagram(resolved, Direction::server_to_client), end(Direction::client_to_server, reason)},
               {.transport = Transport::datagram})
        .count("anomaly 0 dns.unanswered");
  };
  BOOST_TEST(told(EndReason::timeout) == 1U);
  BOOST_TEST(told(EndReason::reset) == 0U);
  BOOST_TEST(told(EndReason::evicted) == 0U);
}

BOOST_AUTO_TEST_CASE(waiting_queries_are_bounded_and_the_oldest_forgotten) {
  Conversation conversation;
  for (unsigned id = 0; id <= dns::waiting_queries_max; ++id)
    conversation.push_back(client(framed(header(id, query, {}) + question(name("a.test"), 1))));
  for (const unsigned id : {0U, 1U})
    conversation.push_back(server(framed(header(id, response, {1, 0, 0, 0}) + question(name("a.test"), 1))));
  const Report report = run(dns_protocol, conversation);
  BOOST_TEST(report.count(std::to_string(dns::waiting_queries_max + 2) + " dns.latency_us=") == 0U);
  BOOST_TEST(report.count(std::to_string(dns::waiting_queries_max + 3) + " dns.latency_us=") == 1U);
}

BOOST_AUTO_TEST_CASE(names_that_carry_data_have_a_high_entropy) {
  const auto entropy = [](std::string_view text) {
    return run_datagram(simple_query(text)).value("dns.query_entropy");
  };
  BOOST_TEST(entropy("example.test") == "");
  BOOST_TEST(entropy("aaaa.example.test") == "0");
  BOOST_TEST(entropy("abab.example.test") == "100");
  BOOST_TEST(entropy("abcd.abcd.example.test") == "200");
  BOOST_TEST(entropy("mail.example.test") == "200");
  BOOST_TEST(entropy("nbswy3dpo5xxe3denbswy3dp.0a1b2c3d4e5f6g7h8i9j.t.example.test") == "461");
  BOOST_TEST(run_datagram(simple_query("a.longest.bc.test")).value("dns.query_longest_label") == "7");
}

BOOST_AUTO_TEST_CASE(the_options_of_opt_are_observed) {
  const auto option = [](unsigned code, const std::string& value) {
    return u16(code) + u16(static_cast<unsigned>(value.size())) + value;
  };
  const auto with_options = [](const std::string& options) {
    return run_datagram(header(1, response, {1, 0, 0, 1}) + question(name("a.test"), 1) +
                        record(name(""), 41, options, 0, 1232));
  };
  const Report report =
      with_options(option(8, "\0\1\x18\0\xc0\0\2"s) + option(10, "clientckserverck") + option(3, "ns1") +
                   option(15,
                          "\0\x12"
                          "blocked"s) +
                   option(65001, "x"));
  BOOST_TEST(report.count("1 dns.edns.option=") == 5U);
  BOOST_TEST(report.value("dns.edns.client_subnet") == "192.0.2.0/24");
  BOOST_TEST(report.value("dns.edns.cookie") == "clientckserverck");
  BOOST_TEST(report.value("dns.edns.nsid") == "ns1");
  BOOST_TEST(report.value("dns.edns.error") == "18");
  BOOST_TEST(report.value("dns.edns.error_text") == "blocked");
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(with_options(option(8, "\0\2\x38\0\x20\1\x0d\xb8\0\1\0"s)).value("dns.edns.client_subnet") ==
             "2001:db8:1::/56");
  for (const std::string& bad : {option(8, "\0\3\x18\0\xc0"s), option(8, "\0\1\x18\0\1\2\3\4\5"s),
                                 option(10, "short"), option(15, "x"), option(3, "ns1").substr(0, 6)})
    BOOST_TEST(with_options(option(65001, "") + bad).count("anomaly 1 dns.bad_option") == 1U);
  std::string many;
  for (unsigned i = 0; i <= dns::edns_options_max; ++i) many += option(65001, "");
  BOOST_TEST(with_options(many).count("1 dns.edns.option=") == dns::edns_options_max);
}

BOOST_AUTO_TEST_CASE(the_bytes_of_all_answers_are_added_up) {
  const std::string message = header(1, response, {1, 2, 0, 0}) + question(name("a.test"), 16) +
                              record(name("a.test"), 16, label(std::string(200, 't'))) +
                              record(name("a.test"), 16, label("x"));
  BOOST_TEST(run_datagram(message).value("dns.answer_bytes") == "203");
}

BOOST_AUTO_TEST_CASE(a_flows_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(dns_protocol.state_bytes <= 832U);
}

BOOST_AUTO_TEST_CASE(the_first_bytes_of_another_protocol_are_given_back_unreported) {
  BOOST_TEST(run(dns_protocol, {client(framed("no \x78 and no DNS: a label of type 01"))}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(the_probe_is_certain_of_what_senders_write) {
  BOOST_TEST((probe(simple_query("a.test")) == ProbeResult::certain));
  BOOST_TEST((probe(full_response()) == ProbeResult::certain));
  BOOST_TEST((probe(header(1, query, {}) + question(name(""), 2)) == ProbeResult::certain));
  BOOST_TEST((probe(framed(full_response()), Transport::stream) == ProbeResult::certain));
  const std::string announcement = header(0, 0x8400, {0, 1, 0, 0}) + record(name("a.local"), 1, "\1\2\3\4"s, 120, 0x8001);
  BOOST_TEST((probe(announcement) == ProbeResult::certain));
}

BOOST_AUTO_TEST_CASE(the_probe_wants_more_until_the_first_question_is_there) {
  const std::string bytes = framed(full_response());
  constexpr size_t question_end = 2 + 12 + 18 + 4;
  for (size_t cut = 0; cut < bytes.size(); ++cut)
    BOOST_TEST((probe(bytes.substr(0, cut), Transport::stream) ==
                (cut < question_end ? ProbeResult::unsure : ProbeResult::certain)));
}

BOOST_AUTO_TEST_CASE(the_probe_leaves_odd_messages_to_the_port) {
  BOOST_TEST((probe(header(1, query, {1, 999, 0, 0}) + question(name("a.test"), 1)) == ProbeResult::unsure));
  BOOST_TEST((probe(header(1, query | 0x40, {}) + question(name("a.test"), 1)) == ProbeResult::unsure));
  BOOST_TEST((probe(header(1, query, {}) + question(name("a.test"), 1, 77)) == ProbeResult::unsure));
  BOOST_TEST((probe(header(1, query, {}) + question(label("\x80\x81") + name("test"), 1)) == ProbeResult::unsure));
  BOOST_TEST((probe(header(1, 0x0110, {}) + question(name("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 33)) == ProbeResult::unsure));
  BOOST_TEST((probe(header(1, query, {}).substr(0, 11)) == ProbeResult::unsure));
  BOOST_TEST((probe(header(1, 0x7800, {}) + question(name("a.test"), 1)) == ProbeResult::unsure));
  const std::string bad_label = header(1, query, {}) + question("\x41" "a\0"s, 1);
  BOOST_TEST((probe(bad_label) == ProbeResult::unsure));
  BOOST_TEST((probe(framed(bad_label), Transport::stream) == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(a_message_full_of_long_names_is_bounded) {
  // 5,000 records of 12 bytes, each pointing at a name of 255 octets.
  const std::string sixty_three(63, 'a');
  const std::string longest = label(sixty_three) + label(sixty_three) + label(sixty_three) + label(std::string(61, 'b')) + '\0';
  std::string message = header(1, response, {1, 5000, 0, 0}) + question(longest, 1);
  for (int i = 0; i < 5000; ++i) message += record(pointer(header_bytes), 65280, "");
  const Report report = run(dns_protocol, {server(framed(message))});
  BOOST_TEST(report.count("1 dns.answer.name=") < dns::name_octets_per_message_max / 250);
  BOOST_TEST(report.count("1 dns.answer.type=") == 5000U);
  BOOST_TEST(report.count("anomaly 1 dns.work_limit") == 1U);
}

BOOST_AUTO_TEST_CASE(any_byte_changed_never_breaks_the_parser) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string message = full_response();
    for (int changes = 0; changes < 3; ++changes) message[random() % message.size()] = static_cast<char>(random());
    const Report report = run_datagram(message);
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}
