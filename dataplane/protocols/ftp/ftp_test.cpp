// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/protocols/ftp/command.h"
#include "dataplane/protocols/ftp/limits.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using test::client;
using test::Conversation;
using test::end;
using test::gap;
using test::Report;
using test::server;

namespace sekisho {
extern const Protocol ftp_protocol;
}

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

Report run(const Conversation& conversation) { return test::run(ftp_protocol, conversation); }
Report checked(const Conversation& conversation) {
  BOOST_TEST(test::check_split_and_cut(ftp_protocol, conversation) == "");
  return run(conversation);
}
ProbeResult probe(std::string_view prefix, Direction direction) {
  const std::vector<uint8_t> copy(prefix.begin(), prefix.end());
  return ftp_protocol.probe(copy, direction, Transport::stream);
}
uint16_t port_of(const std::optional<ftp::DataPort>& port) { return port ? port->port : uint16_t{0}; }
std::string address_of(const std::optional<ftp::DataPort>& port) {
  return port ? std::string(as_text(Bytes(port->address))) : "";
}
const std::string mapped = std::string(10, '\0') + "\xff\xff";

}  // namespace

BOOST_AUTO_TEST_CASE(a_session_is_a_transaction_for_each_command_and_a_transfer_is_expected) {
  const Conversation conversation{server("220 FTP ready\r\n"),
                                  client("USER alice\r\n"),
                                  server("331 password?\r\n"),
                                  client("PASS secret\r\n"),
                                  server("230-welcome\r\n 230 not the end\r\n230 in\r\n"),
                                  client("PASV\r\n"),
                                  server("227 Entering Passive Mode (192,0,2,1,7,208).\r\n"),
                                  client("retr /pub/a.zip\r\n"),
                                  server("150 here it comes\r\n226 done\r\n"),
                                  client("QUIT\r\n"),
                                  server("221 bye\r\n"),
                                  end(c2s),
                                  end(s2c)};
  const Report report = checked(conversation);
  BOOST_TEST(
      report.text() ==
      "begin 1 c2s\n"
      "1 ftp.command=USER\n"
      "1 ftp.command_data=alice\n"
      "1 ftp.user=alice\n"
      "1 ftp.reply_code=331\n"
      "1 ftp.reply=password?\n"
      "end 1 complete\n"
      "begin 2 c2s\n"
      "2 ftp.command=PASS\n"
      "2 ftp.user=alice\n"
      "2 ftp.reply_code=230\n"
      "2 ftp.reply=welcome\n"
      "2 ftp.reply= 230 not the end\n"
      "2 ftp.reply=in\n"
      "end 2 complete\n"
      "begin 3 c2s\n"
      "3 ftp.command=PASV\n"
      "3 ftp.user=alice\n"
      "3 ftp.reply_code=227\n"
      "3 ftp.reply=Entering Passive Mode (192,0,2,1,7,208).\n"
      "3 ftp.mode=passive\n"
      "3 ftp.data_address=\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\xc0\\x00\\x02\\x01\n"
      "3 ftp.data_port=2000\n"
      "expect 3 ftp-data client own 0 server "
      "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\xc0\\x00\\x02\\x01 2000 unknown \"\" "
      "\"alice\" \"\"\n"
      "end 3 complete\n"
      "begin 4 c2s\n"
      "4 ftp.command=RETR\n"
      "4 ftp.command_data=/pub/a.zip\n"
      "4 ftp.user=alice\n"
      "4 ftp.file_name=/pub/a.zip\n"
      "4 ftp.mode=passive\n"
      "4 ftp.data_port=2000\n"
      "expect 4 ftp-data client own 0 server "
      "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\xc0\\x00\\x02\\x01 2000 file \"RETR\" "
      "\"alice\" \"/pub/a.zip\"\n"
      "4 ftp.reply_code=150\n"
      "4 ftp.reply=here it comes\n"
      "4 ftp.reply_code=226\n"
      "4 ftp.reply=done\n"
      "end 4 complete\n"
      "begin 5 c2s\n"
      "5 ftp.command=QUIT\n"
      "5 ftp.user=alice\n"
      "5 ftp.reply_code=221\n"
      "5 ftp.reply=bye\n"
      "end 5 complete\n"
      "status need_more\n");
}

BOOST_AUTO_TEST_CASE(passwords_are_shown_of_anonymous_users_only) {
  BOOST_TEST(run({client("USER anonymous\r\nPASS me@a.test\r\n")}).has("2 ftp.command_data=me@a.test"));
  for (const char* hidden : {"USER alice\r\nPASS hunter2\r\n", "ACCT hunter2\r\n",
                             "hunter2 hunter2\r\nUSER x\r\n", "USER ftpx\r\nPASS hunter2\r\n"})
    BOOST_TEST(run({client("SYST\r\n"), server("215 UNIX\r\n"), client(hidden)}).text().find("=hunter2") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(both_sides_name_ports_in_both_forms) {
  using namespace ftp;
  struct Named {
    std::optional<DataPort> (*read)(Bytes);
    std::string text;
    uint16_t port;
    std::string address;
  };
  const std::string none(16, '\0'), six = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x01";
  const Named all[] = {
      {read_six_numbers, "192,0,2,1,7,208", 2000, mapped + std::string("\xc0\x00\x02\x01", 4)},
      {read_six_numbers, "Entering Passive Mode 192,0,2,1,0,21", 21,
       mapped + std::string("\xc0\x00\x02\x01", 4)},
      {read_six_numbers, "a 1,2 (192,0,2,1,255,255)", 65535, mapped + std::string("\xc0\x00\x02\x01", 4)},
      {read_six_numbers, "192,0,2,256,7,208", 0, ""},
      {read_six_numbers, "192,0,2,1,7", 0, ""},
      {read_six_numbers, "1,2,3,4,5,999999999999", 0, ""},
      {read_extended, "|1|192.0.2.1|2000|", 2000, mapped + std::string("\xc0\x00\x02\x01", 4)},
      {read_extended, "|2|2001:db8::1|2000|", 2000, six},
      {read_extended, "!2!2001:db8:0:0:0:0:0:1!21!", 21, six},
      {read_extended, "Extended Passive Mode (|||6446|)", 6446, none},
      {read_extended, "(|||65536|)", 0, ""},
      {read_extended, "|2|2001:db8::1::|2000|", 0, ""},
      {read_extended, "|2|1:2:3:4:5:6:7:8:9|2000|", 0, ""},
      {read_extended, "|2|::|7|", 7, none},
      {read_extended, "|1|192.0.2|2000|", 0, ""},
      {read_extended, "|||", 0, ""},
      {read_extended, "", 0, ""},
  };
  for (const Named& named : all) {
    const std::vector<uint8_t> copy(named.text.begin(), named.text.end());
    const auto port = named.read(copy);
    BOOST_TEST(port_of(port) == named.port, named.text);
    BOOST_TEST(address_of(port) == named.address, named.text);
  }
}

BOOST_AUTO_TEST_CASE(an_active_transfer_is_expected_at_the_clients_port) {
  const Report report = checked({client("PORT 192,0,2,9,7,208\r\n"), server("200 ok\r\n"),
                                 client("STOR x\r\n"), server("150 go\r\n226 ok\r\n")});
  BOOST_TEST(report.has("1 ftp.mode=active"));
  BOOST_TEST(report.has("1 ftp.data_port=2000"));
  BOOST_TEST(report.has("expect 2 ftp-data client " +
                        std::string(R"(\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xc0\x00\x02\x09)") +
                        " 2000 server own 0 file \"STOR\" \"\" \"x\""));
  const Report bad = checked({client("PORT 192,0,2,9\r\n"), server("500 no\r\n"), client("STOR x\r\n")});
  BOOST_TEST(bad.has("anomaly 1 ftp.bad_port"));
  BOOST_TEST(bad.count("expect") == 0U);
}

BOOST_AUTO_TEST_CASE(a_listing_is_expected_as_one_and_the_agreement_holds_on) {
  const Report report = checked({client("EPSV\r\n"), server("229 (|||2000|)\r\n"), client("NLST d\r\n"),
                                 server("226 ok\r\n"), client("RETR a\r\n")});
  BOOST_TEST(report.has("expect 1 ftp-data client own 0 server own 2000 unknown \"\" \"\" \"\""));
  BOOST_TEST(report.has("expect 2 ftp-data client own 0 server own 2000 listing \"NLST\" \"\" \"d\""));
  BOOST_TEST(report.has("expect 3 ftp-data client own 0 server own 2000 file \"RETR\" \"\" \"a\""));
  const Report refused = checked({client("EPSV\r\n"), server("229 (|||2000|)\r\n"), client("EPSV\r\n"),
                                  server("500 no\r\n"), client("RETR a\r\n")});
  BOOST_TEST(refused.count("expect 3") == 0U);
}

BOOST_AUTO_TEST_CASE(a_transfer_that_does_not_wait_for_the_port_is_told_with_it) {
  const Report report = checked({server("220 FTP\r\n"), client("PASV\r\nREST 5\r\nSTOR /up/a.zip\r\n"),
                                 server("227 (0,0,0,0,7,208)\r\n350 ok\r\n150 go\r\n226 ok\r\n")});
  BOOST_TEST(report.count("expect 1") == 2U);
  BOOST_TEST(report.text().find("2000 file \"STOR\" \"\" \"/up/a.zip\" from 5\n") != std::string::npos);
  BOOST_TEST(report.count("end ") == 3U);
}

BOOST_AUTO_TEST_CASE(a_restarted_file_begins_where_rest_said_once) {
  const Report report =
      checked({client("EPSV\r\n"), server("229 (|||7|)\r\n"), client("REST 1000\r\n"), server("350 ok\r\n"),
               client("RETR a\r\n"), server("226 ok\r\n"), client("RETR b\r\n")});
  BOOST_TEST(report.has("expect 3 ftp-data client own 0 server own 7 file \"RETR\" \"\" \"a\" from 1000"));
  BOOST_TEST(report.has("expect 4 ftp-data client own 0 server own 7 file \"RETR\" \"\" \"b\""));
  BOOST_TEST(
      run({client("REST 99999999999999999999999999\r\nREST x\r\nPWD\r\n")}).count("3 ftp.command=PWD") == 1U);
}

BOOST_AUTO_TEST_CASE(the_greeting_answers_no_command) {
  const Report report = checked(
      {client("USER a\r\nSYST\r\n"), server("120 wait\r\n220-FTP\r\n220 here\r\n331 b\r\n215 c\r\n")});
  BOOST_TEST(report.has("1 ftp.reply_code=331"));
  BOOST_TEST(report.has("2 ftp.reply=c"));
}

BOOST_AUTO_TEST_CASE(telnet_in_a_command_is_taken_out_and_told) {
  for (const char* sent : {"RE\xff\xf1TR a\r\n", "\xff\xfb\x01RETR a\r\n", "\xff\xf4\xff\xf2RETR a\r\n",
                           "\xff\xf4\xf2RETR a\r\n", "RETR a\xff\r\n"}) {
    const Report report = checked({client("SYST\r\n"), server("215 x\r\n"), client(sent)});
    BOOST_TEST(report.has("2 ftp.command=RETR"), sent);
    BOOST_TEST(report.has("2 ftp.command_data=a"), sent);
    BOOST_TEST(report.has("anomaly 0 ftp.telnet_command"), sent);
  }
  BOOST_TEST(run({client("SYST\r\nRETR a\xff\xff\r\n")}).has("2 ftp.command_data=a\\xff"));
}

BOOST_AUTO_TEST_CASE(auth_tls_hands_both_directions_off) {
  const std::string auth = "AUTH TLS\r\n", ok = "234 go\r\n";
  const Report report = checked({server("220 FTP\r\n"), client(auth), server(ok), client("\x16\x03\x01")});
  BOOST_TEST(report.has("handoff c2s " + std::to_string(auth.size())));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(9 + ok.size())));
  BOOST_TEST(report.has("1 ftp.starttls=1"));
  const Report refused = checked({client(auth), server("502 no\r\n"), client("USER a\r\n")});
  BOOST_TEST(refused.count("handoff") == 0U);
  BOOST_TEST(refused.has("2 ftp.command=USER"));
  BOOST_TEST(run({client(auth + "USER a\r\n"), server(ok)}).has("anomaly 0 ftp.auth_tls_injection"));
  const Report kerberos = checked({client("AUTH GSSAPI\r\n"), server("334 go\r\n"), client("ADAT x\r\n")});
  BOOST_TEST(kerberos.count("handoff") == 0U);
  BOOST_TEST(kerberos.has("2 ftp.command=ADAT"));
  const Report alone = run({client(auth), client("\x16\x03\x01")});
  BOOST_TEST(alone.has("handoff c2s " + std::to_string(auth.size())));
}

BOOST_AUTO_TEST_CASE(lines_and_pipelines_past_their_bounds_are_told) {
  const Report longer = checked({client("CWD " + std::string(ftp::line_bytes_max, 'x') + "\r\nPWD\r\n")});
  BOOST_TEST(longer.count("anomaly 0 ftp.line_too_long") == 1U);
  BOOST_TEST(longer.has("2 ftp.command=PWD"));
  std::string many;
  for (unsigned i = 0; i < ftp::outstanding_max + 1; ++i) many += "NOOP\r\n";
  const Report full = run({server("220 FTP\r\n"), client(many)});
  BOOST_TEST(full.has("anomaly " + std::to_string(ftp::outstanding_max + 1) + " ftp.pipeline_full"));
}

BOOST_AUTO_TEST_CASE(one_side_alone_and_holes_are_read) {
  const Report client_only = checked({client("USER a\r\nPASV\r\nRETR b\r\n"), end(c2s), end(s2c)});
  BOOST_TEST(client_only.count("end ") == 3U);
  const Report hole =
      run({client("USER a\r\n"), gap(s2c, 10), client("PWD\r\n"), server("rest\r\n257 /\r\n")});
  BOOST_TEST(hole.has("end 1 incomplete"));
  BOOST_TEST(hole.has("2 ftp.reply_code=257"));
}

BOOST_AUTO_TEST_CASE(the_probe_leaves_mail_to_mail) {
  BOOST_TEST((probe("220 (vsFTPd 3.0)\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("220 mx.test ESMTP\r\n", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("220 ready\r\n331 password\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("257 \"/\"\r\n", s2c) == ProbeResult::certain));  // its beginning was not seen
  BOOST_TEST((probe("250 ok\r\n", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("2x0 ok\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("+OK\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("22", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("PASV\r\n", c2s) == ProbeResult::certain));
  BOOST_TEST((probe("USER a\r\n", c2s) == ProbeResult::unsure));
  BOOST_TEST((probe("EHLO a\r\n", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("GET / HTTP/1.1\r\n", c2s) == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(any_bytes_changed_are_survived_however_they_are_cut) {
  std::mt19937 random(5);
  const std::string said = "USER a\r\nPASV\r\nRETR b\r\nEPRT |2|2001:db8::1|5|\r\n",
                    answers = "220-FTP\r\n220 a\r\n331 b\r\n227 (1,2,3,4,5,6)\r\n226 c\r\n";
  for (int round = 0; round < 100; ++round) {
    std::string changed = said, answered = answers;
    changed[random() % changed.size()] = static_cast<char>(random());
    answered[random() % answered.size()] = static_cast<char>(random());
    checked({server(answered.substr(0, 16)), client(changed), server(answered.substr(16))});
  }
}
