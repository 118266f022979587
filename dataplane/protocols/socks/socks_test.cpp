// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "dataplane/protocols/parser_test.h"
#include "dataplane/protocols/socks/limits.h"

using namespace sekisho;
using namespace sekisho::test;

namespace sekisho {
extern const Protocol socks_protocol;
}

namespace {

const ParserUnderTest parser(socks_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
Report checked(const Conversation& conversation) {
  parser.check_splits(conversation);
  return run(conversation);
}
ProbeResult probe(std::string_view prefix, Direction direction) {
  return parser.probe(prefix, direction);
}
std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out.push_back(static_cast<char>(value));
  return out;
}
std::string counted(std::string_view text) {
  return bytes({static_cast<int>(text.size())}) + std::string(text);
}

const std::string no_auth = bytes({5, 1, 0}), no_auth_chosen = bytes({5, 0});
std::string to_name(std::string_view name, int port, int command = 1) {
  return bytes({5, command, 0, 3}) + counted(name) + bytes({port >> 8, port & 255});
}
const std::string granted = bytes({5, 0, 0, 1, 10, 0, 0, 9, 0x1f, 0x90});

}  // namespace

BOOST_AUTO_TEST_CASE(version_5_gives_user_target_and_reply_and_hands_both_directions_off) {
  const std::string greeting = bytes({5, 2, 0, 2}),
                    credentials = bytes({1}) + counted("alice") + counted("secret");
  const std::string request = to_name("c2.test", 443);
  const Conversation conversation{client(greeting),       server(bytes({5, 2})), client(credentials),
                                  server(bytes({1, 0})),  client(request),       server(granted),
                                  client("\x16\x03\x01"), server("more")};
  const Report report = checked(conversation);
  BOOST_TEST(report.text() ==
             "begin 1 c2s\n"
             "1 socks.version=5\n"
             "1 socks.methods=\\x00\\x02\n"
             "1 socks.method=2\n"
             "1 socks.user=alice\n"
             "1 socks.auth_result=0\n"
             "1 socks.host=c2.test\n"
             "1 socks.command=connect\n"
             "1 socks.port=443\n"
             "1 socks.reply=0\n"
             "1 socks.bound_address=\\x0a\\x00\\x00\\x09\n"
             "1 socks.bound_port=8080\n"
             "1 proxy.protocol=socks\n"
             "1 proxy.target=c2.test\n"
             "1 proxy.target_port=443\n"
             "1 proxy.user=alice\n"
             "end 1 complete\n"
             "handoff c2s " +
                 std::to_string(greeting.size() + credentials.size() + request.size()) +
                 "\n"
                 "handoff s2c " +
                 std::to_string(4 + granted.size()) +
                 "\n"
                 "status need_more\n");
}

BOOST_AUTO_TEST_CASE(addresses_of_both_families_are_targets) {
  const Report four = checked({client(no_auth), server(no_auth_chosen),
                               client(bytes({5, 1, 0, 1, 192, 0, 2, 1, 0, 80})), server(granted)});
  BOOST_TEST(four.has("1 socks.address=\\xc0\\x00\\x02\\x01"));
  BOOST_TEST(four.has("1 proxy.target=192.0.2.1"));
  const std::string request =
      bytes({5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80});
  const Report six = checked({client(no_auth), server(no_auth_chosen), client(request), server(granted)});
  BOOST_TEST(six.has("1 proxy.target=2001:db8:0:0:0:0:0:1"));
  BOOST_TEST(six.has("1 socks.port=80"));
}

BOOST_AUTO_TEST_CASE(version_4_and_4a_give_user_address_and_name) {
  const std::string reply = bytes({0, 90, 0, 0, 0, 0, 0, 0});
  const std::string four = bytes({4, 1, 0, 80, 192, 0, 2, 1}) + "bob" + bytes({0});
  const Report report = checked({client(four), server(reply), server("hello")});
  BOOST_TEST(report.has("1 socks.version=4"));
  BOOST_TEST(report.has("1 socks.user=bob"));
  BOOST_TEST(report.has("1 socks.address=\\xc0\\x00\\x02\\x01"));
  BOOST_TEST(report.has("1 socks.command=connect"));
  BOOST_TEST(report.has("1 proxy.target=192.0.2.1"));
  BOOST_TEST(report.has("handoff c2s " + std::to_string(four.size())));
  BOOST_TEST(report.has("handoff s2c 8"));
  const Report with_name =
      checked({client(bytes({4, 1, 0, 80, 0, 0, 0, 1, 0}) + "c2.test" + bytes({0})), server(reply)});
  BOOST_TEST(with_name.has("1 socks.host=c2.test"));
  BOOST_TEST(with_name.has("1 proxy.target=c2.test"));
  const Report refused = checked({client(four), server(bytes({0, 91, 0, 0, 0, 0, 0, 0}))});
  BOOST_TEST(refused.has("1 socks.reply=91"));
  BOOST_TEST(refused.count("handoff") == 0U);
  BOOST_TEST(refused.count("proxy.") == 0U);
  BOOST_TEST(refused.has("status done"));
}

BOOST_AUTO_TEST_CASE(bind_is_granted_twice_before_it_carries_anything) {
  const std::string second = bytes({5, 0, 0, 1, 192, 0, 2, 7, 0, 20});
  const Report report = checked({client(no_auth), server(no_auth_chosen), client(to_name("peer.test", 21, 2)),
                                 server(granted), server(second), server("220 data")});
  BOOST_TEST(report.has("1 socks.command=bind"));
  BOOST_TEST(report.has("1 socks.bound_address=\\xc0\\x00\\x02\\x07"));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(2 + granted.size() + second.size())));
}

BOOST_AUTO_TEST_CASE(udp_associate_ends_with_its_reply_and_hands_nothing_off) {
  const Report report = checked({client(no_auth), server(no_auth_chosen),
                                 client(bytes({5, 3, 0, 1, 0, 0, 0, 0, 0, 0})), server(granted)});
  BOOST_TEST(report.has("1 socks.command=udp_associate"));
  BOOST_TEST(report.has("1 socks.bound_port=8080"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("handoff") == 0U);
}

BOOST_AUTO_TEST_CASE(where_a_relay_takes_datagrams_is_announced_with_the_user_unless_it_is_nowhere) {
  const auto announced = [](const std::string& reply) {
    const Report report =
        checked({client(bytes({5, 1, 2})), server(bytes({5, 2})), client("\1\5alice\6secret"),
                 server(bytes({1, 0})), client(bytes({5, 3, 0, 1, 0, 0, 0, 0, 0, 0})), server(reply)});
    for (const std::string& line : report.lines)
      if (line.starts_with("expect ")) return line;
    return std::string();
  };
  const std::string relay = " relay \"\" \"alice\" \"\"";
  const std::string mapped = "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff";
  BOOST_TEST(announced(bytes({5, 0, 0, 1, 0, 0, 0, 0, 15, 160})) ==
             "expect 1 socks-udp client own 0 server " + mapped + "\\x00\\x00\\x00\\x00 4000" + relay);
  BOOST_TEST(announced(bytes({5, 0, 0, 3, 1, 'p', 15, 160})) ==
             "expect 1 socks-udp client own 0 server own 4000" + relay);
  BOOST_TEST(announced(bytes({5, 0, 0, 1, 192, 0, 2, 7, 15, 160})) ==
             "expect 1 socks-udp client own 0 server " + mapped + "\\xc0\\x00\\x02\\x07 4000" + relay);
  BOOST_TEST(announced(bytes({5, 0, 0, 1, 192, 0, 2, 7, 0, 0})) == "");
}

BOOST_AUTO_TEST_CASE(what_a_server_refuses_ends_the_reading) {
  for (const std::string& refusal : {bytes({5, 0xff}), bytes({5, 1}), bytes({5, 0x80})}) {
    const Report report = checked({client(bytes({5, 3, 0, 1, 2})), server(refusal)});
    BOOST_TEST(report.has("end 1 complete"));
    BOOST_TEST(report.has("status done"));
  }
  const Report wrong =
      checked({client(bytes({5, 1, 2})), server(bytes({5, 2})),
               client(bytes({1}) + counted("eve") + counted("guess")), server(bytes({1, 1}))});
  BOOST_TEST(wrong.has("1 socks.auth_result=1"));
  BOOST_TEST(wrong.count("guess") == 0U);
  const Report unreachable = checked({client(no_auth), server(no_auth_chosen), client(to_name("a.test", 80)),
                                      server(bytes({5, 4, 0, 1, 0, 0, 0, 0, 0, 0}))});
  BOOST_TEST(unreachable.has("1 socks.reply=4"));
  BOOST_TEST(unreachable.count("handoff") == 0U);
}

BOOST_AUTO_TEST_CASE(a_client_in_a_hurry_is_read_and_its_early_data_is_flagged_and_kept) {
  const std::string hurry = no_auth + to_name("c2.test", 80);
  const Report report =
      checked({client(hurry + "GET / HTTP/1.1\r\n"), server(no_auth_chosen), server(granted)});
  BOOST_TEST(report.count("anomaly 1 socks.early_data") == 1U);
  BOOST_TEST(report.has("handoff c2s " + std::to_string(hurry.size())));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(2 + granted.size())));
}

BOOST_AUTO_TEST_CASE(a_request_that_nobody_answers_counts_as_granted_at_the_bound) {
  const std::string request = no_auth + to_name("c2.test", 80);
  BOOST_TEST(run({client(request + std::string(socks::held_bytes_max - 1, 'x'))}).count("handoff") == 0U);
  const Report report = run({client(request + std::string(socks::held_bytes_max, 'x'))});
  BOOST_TEST(report.has("handoff c2s " + std::to_string(request.size())));
  BOOST_TEST(report.has("handoff s2c 0"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_server_alone_is_read_to_its_reply) {
  const Report report = run({server(no_auth_chosen + granted + "SSH-2.0-x\r\n")});
  BOOST_TEST(report.has("1 socks.reply=0"));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(2 + granted.size())));
  BOOST_TEST(report.has("handoff c2s 0"));
}

BOOST_AUTO_TEST_CASE(hostile_lengths_types_and_orders_are_malformed) {
  struct Hostile {
    Conversation conversation;
    const char* anomaly;
  };
  const Hostile all[] = {
      {{client(no_auth), server(no_auth_chosen), client(bytes({5, 1, 0, 9, 1, 1, 1, 1}))},
       "1 socks.bad_address_type"},
      {{client(no_auth), server(bytes({4, 0}))}, "1 socks.bad_version"},
      {{client(no_auth), server(no_auth_chosen), client("GET / HTTP/1.1\r\n")}, "1 socks.bad_version"},
      {{client(no_auth), server(no_auth_chosen), server(granted)}, "1 socks.reply_before_request"},
      {{client(bytes({4, 1, 0, 80, 192, 0, 2, 1}) + std::string(socks::text_bytes_max + 1, 'u'))},
       "0 socks.field_too_long"},
      {{client(bytes({4, 1, 0, 80, 0, 0, 0, 1, 0}) + std::string(socks::text_bytes_max + 1, 'h'))},
       "0 socks.field_too_long"},
  };
  for (const Hostile& hostile : all) {
    const Report report = checked(hostile.conversation);
    BOOST_TEST(report.count("anomaly " + std::string(hostile.anomaly)) == 1U, hostile.anomaly);
    BOOST_TEST(report.has("status malformed"));
    BOOST_TEST(report.count("handoff") == 0U);
  }
  const std::string longest(socks::text_bytes_max, 'u');
  BOOST_TEST(run({client(bytes({4, 1, 0, 80, 192, 0, 2, 1}) + longest + bytes({0}))})
                 .has("1 socks.user=" + longest));
}

BOOST_AUTO_TEST_CASE(a_hole_ends_the_reading) {
  const Report report = run({client(no_auth), gap(s2c, 2), client(to_name("a.test", 80))});
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("status done"));
  BOOST_TEST(run({client(no_auth), end(c2s), end(s2c)}).has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(the_probe_knows_greetings_and_what_only_begins_like_one) {
  struct Prefix {
    std::string bytes;
    Direction direction;
    ProbeResult result;
  };
  const Prefix prefixes[] = {
      {bytes({5}), c2s, ProbeResult::unsure},
      {no_auth, c2s, ProbeResult::certain},
      {bytes({5, 2, 0}), c2s, ProbeResult::unsure},
      {no_auth + bytes({5, 1}), c2s, ProbeResult::certain},
      {bytes({5, 1, 2, 1}), c2s, ProbeResult::certain},
      {bytes({5, 0, 0x0b, 3}), c2s, ProbeResult::not_for_us},  // DCE RPC
      {bytes({5, 1, 0x0b, 3}), c2s, ProbeResult::not_for_us},
      {bytes({5, 3, 0, 0, 0}), c2s, ProbeResult::not_for_us},
      {bytes({4, 1, 0, 80, 192, 0, 2, 1, 0}), c2s, ProbeResult::certain},
      {bytes({4, 1, 0, 80, 192, 0, 2, 1, 'u'}), c2s, ProbeResult::unsure},
      {bytes({4, 1, 0, 80, 0, 0, 0, 1, 0, 'h'}), c2s, ProbeResult::unsure},
      {bytes({4, 3, 0, 80}), c2s, ProbeResult::not_for_us},
      {bytes({4, 1, 0, 0, 192, 0, 2, 1, 0}), c2s, ProbeResult::not_for_us},
      {bytes({4, 1, 0, 80, 192, 0, 2, 1, 7}), c2s, ProbeResult::not_for_us},
      {"GET / HTTP/1.1", c2s, ProbeResult::not_for_us},
      {no_auth_chosen, s2c, ProbeResult::unsure},
      {no_auth_chosen + granted, s2c, ProbeResult::certain},
      {bytes({0, 90, 0, 80}), s2c, ProbeResult::unsure},
      {bytes({0, 1, 0, 80}), s2c, ProbeResult::not_for_us},
      {"220 ready", s2c, ProbeResult::not_for_us},
  };
  for (const Prefix& prefix : prefixes)
    BOOST_TEST((probe(prefix.bytes, prefix.direction) == prefix.result), prefix.bytes);
}

BOOST_AUTO_TEST_CASE(any_bytes_changed_are_survived_however_they_are_cut) {
  std::mt19937 random(5);
  const std::string said =
      bytes({5, 2, 0, 2}) + bytes({1}) + counted("alice") + counted("secret") + to_name("c2.test", 443);
  for (int round = 0; round < 300; ++round) {
    std::string changed = said;
    changed[random() % changed.size()] = static_cast<char>(random());
    checked({client(changed), server(bytes({5, 2, 1, 0}) + granted)});
  }
}
