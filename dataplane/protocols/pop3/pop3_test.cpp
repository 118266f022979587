// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/parser_test.h"
#include "dataplane/protocols/pop3/command.h"
#include "dataplane/protocols/pop3/limits.h"

using namespace sekisho;
using namespace sekisho::test;

namespace sekisho {
extern const Protocol pop3_protocol;
}

namespace {

const ParserUnderTest parser(pop3_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
std::string told(const Conversation& conversation) { return parser.told(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(std::string_view prefix, Direction direction) { return parser.probe(prefix, direction); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_session_is_a_transaction_for_each_command) {
  const Conversation conversation{server("+OK ready <1.2@pop.test>\r\n"),
                                  client("user alice\r\n"),
                                  server("+OK\r\n"),
                                  client("PASS secret\r\n"),
                                  server("+OK 1 mail\r\n"),
                                  client("LIST\r\n"),
                                  server("+OK 1 messages\r\n1 120\r\n..2\r\n.\r\n"),
                                  client("RETR 1\r\n"),
                                  server("+OK 26 octets\r\nSubject: hi\r\n\r\n..dot\r\nend\r\n.\r\n"),
                                  client("QUIT\r\n"),
                                  server("+OK bye\r\n"),
                                  end(c2s),
                                  end(s2c)};
  BOOST_TEST(told(conversation) ==
             "begin 1 c2s\n"
             "1 pop3.banner=ready <1.2@pop.test>\n"
             "1 pop3.command=USER\n"
             "1 pop3.argument=alice\n"
             "1 pop3.user=alice\n"
             "1 pop3.status=OK\n"
             "1 pop3.response=\n"
             "end 1 complete\n"
             "begin 2 c2s\n"
             "2 pop3.command=PASS\n"
             "2 pop3.status=OK\n"
             "2 pop3.response=1 mail\n"
             "end 2 complete\n"
             "begin 3 c2s\n"
             "3 pop3.command=LIST\n"
             "3 pop3.status=OK\n"
             "3 pop3.response=1 messages\n"
             "3 pop3.response_line=1 120\n"
             "3 pop3.response_line=.2\n"
             "end 3 complete\n"
             "begin 4 c2s\n"
             "4 pop3.command=RETR\n"
             "4 pop3.argument=1\n"
             "4 pop3.status=OK\n"
             "4 pop3.response=26 octets\n"
             "4 pop3.user=alice\n"
             "body 4 mail_message name= type= complete bytes=Subject: "
             "hi\\x0d\\x0a\\x0d\\x0a.dot\\x0d\\x0aend\\x0d\\x0a\n"
             "4 pop3.message_bytes=26\n"
             "end 4 complete\n"
             "begin 5 c2s\n"
             "5 pop3.command=QUIT\n"
             "5 pop3.status=OK\n"
             "5 pop3.response=bye\n"
             "end 5 complete\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(pipelined_commands_meet_their_replies_in_order) {
  const Conversation conversation{server("+OK\r\n"),
                                  client("TOP 1 0\r\nRETR 9\r\nUIDL\r\nUIDL 2\r\nSTAT\r\n"),
                                  server("+OK\r\nFrom: a@x.test\r\n\r\n.\r\n-ERR no such message\r\n+OK\r\n1 "
                                         "a\r\n.\r\n+OK 2 b\r\n+OK 1 9\r\n"),
                                  end(c2s), end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=From: a@x.test\\x0d\\x0a\\x0d\\x0a"));
  BOOST_TEST(report.has("2 pop3.status=ERR"));
  BOOST_TEST(report.has("3 pop3.response_line=1 a"));
  BOOST_TEST(report.has("4 pop3.response=2 b"));
  BOOST_TEST(report.has("5 pop3.response=1 9"));
  BOOST_TEST(report.count("end ") == 5U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(each_way_to_authenticate_gives_the_user_and_never_the_secret) {
  struct Exchange {
    const char* lines;
    const char* user;
  };
  constexpr Exchange exchanges[] = {
      {"USER bob\r\nPASS hunter2\r\n", "bob"},
      {"APOP bob c4c9334bac560ecc979e58001b3e22fb\r\n", "bob"},
      {"AUTH PLAIN AGJvYgBodW50ZXIy\r\n", "bob"},
      {"AUTH PLAIN\r\nAGJvYgBodW50ZXIy\r\n", "bob"},
      {"AUTH LOGIN\r\nYm9i\r\naHVudGVyMg==\r\n", "bob"},
      {"AUTH CRAM-MD5\r\nYm9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n", "bob"},
      {"AUTH XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgaHVudGVyMgEB\r\n", "bob"},
      {"AUTH SCRAM-SHA-256\r\nbiwsbj1ib2Iscj1odW50ZXIy\r\n", "bob"},
  };
  for (const Exchange& exchange : exchanges) {
    const Conversation conversation{server("+OK\r\n"), client(exchange.lines), end(c2s), end(s2c)};
    const Report report = run(conversation);
    BOOST_TEST_CONTEXT(exchange.lines) {
      BOOST_TEST(report.value("pop3.user") == exchange.user);
      for (const char* secret : {"hunter2", "aHVudGVyMg", "c4c9334b", "b913a602", "AGJv", "dXNlcj", "biwsbj"})
        BOOST_TEST(report.text().find(secret) == std::string::npos);
      check_splits(conversation);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exchange_ends_with_its_reply_and_commands_follow) {
  const Conversation conversation{server("+OK\r\n"),
                                  client("AUTH LOGIN\r\n"),
                                  server("+ VXNlcm5hbWU6\r\n"),
                                  client("*\r\n"),
                                  server("-ERR gone\r\n"),
                                  client("AUTH NTLM\r\n"),
                                  server("-ERR unknown\r\n"),
                                  client("CAPA\r\n"),
                                  server("+OK\r\nUSER\r\nSTLS\r\n.\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 pop3.status=ERR"));
  BOOST_TEST(report.has("2 pop3.status=ERR"));
  BOOST_TEST(report.has("3 pop3.command=CAPA"));
  BOOST_TEST(report.has("3 pop3.response_line=STLS"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(stls_hands_both_directions_over) {
  const Conversation conversation{server("+OK\r\n"), client("STLS\r\n"), server("+OK go\r\n"),
                                  client("\x16\x03\x01"), server("\x16\x03\x03")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 pop3.starttls=1"));
  BOOST_TEST(report.has("handoff s2c 13"));
  BOOST_TEST(report.has("handoff c2s 6"));
  check_splits(conversation);
  BOOST_TEST(run({server("+OK\r\n"), client("STLS\r\n"), server("-ERR no\r\n"), client("STAT\r\n")})
                 .has("2 pop3.command=STAT"));
}

BOOST_AUTO_TEST_CASE(clear_text_behind_stls_is_told_and_read) {
  const Conversation conversation{server("+OK\r\n"), client("STLS\r\nUSER eve\r\n"), server("+OK go\r\n"),
                                  client("\x16\x03\x01")};
  const Report report = run(conversation);
  BOOST_TEST(report.count("anomaly 0 pop3.stls_injection") == 1U);
  BOOST_TEST(report.has("2 pop3.user=eve"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_server_of_bare_line_feeds_ends_a_mail_when_the_client_goes_on) {
  const Conversation conversation{server("+OK\n"),
                                  client("RETR 1\n"),
                                  server("+OK\nA: b\n\nx\n.\n"),
                                  client("RETR 2\n"),
                                  server("+OK\nC: d\n\ny\n.\n"),
                                  client("QUIT\n"),
                                  server("+OK\n"),
                                  end(c2s),
                                  end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 pop3.bare_lf_end"));
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=A: b\\x0a\\x0ax\\x0a.\\x0a"));
  BOOST_TEST(report.has("body 2 mail_message name= type= complete bytes=C: d\\x0a\\x0ay\\x0a.\\x0a"));
  BOOST_TEST(report.has("3 pop3.status=OK"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(what_looks_like_an_end_inside_a_mail_is_told_and_the_mail_goes_on) {
  const Conversation conversation{server("+OK\r\n"), client("RETR 1\r\n"),
                                  server("+OK\r\nA: b\r\n\r\nx\n.\n+OK\r\ny\r\n.\r\n"), end(s2c), end(c2s)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 pop3.bare_lf_end"));
  BOOST_TEST(
      report.has("body 1 mail_message name= type= complete bytes=A: "
                 "b\\x0d\\x0a\\x0d\\x0ax\\x0a.\\x0a+OK\\x0d\\x0ay\\x0d\\x0a"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_listing_that_is_none_ends_with_the_next_reply) {
  const Conversation conversation{server("+OK\r\n"), client("AUTH\r\nRETR 1\r\n"),
                                  server("+OK\r\n+OK\r\nA: b\r\n\r\nx\r\n.\r\n"), end(s2c), end(c2s)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(
      report.has("body 2 mail_message name= type= complete bytes=A: b\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(one_side_alone_is_read) {
  const Conversation replies{server("+OK 120 octets\r\nReceived: from a\r\n\r\nx\r\n.\r\n"), end(s2c)};
  BOOST_TEST(run(replies).has(
      "body 1 mail_message name= type= complete bytes=Received: from a\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a"));
  check_splits(replies);
  const Conversation commands{client("USER a\r\nPASS b\r\nRETR 1\r\nQUIT\r\n"), end(c2s)};
  const Report report = run(commands);
  BOOST_TEST(report.count("begin ") == 4U);
  BOOST_TEST(report.has("end 4 complete"));
  check_splits(commands);
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_mail_leaves_the_mail_open) {
  const Conversation conversation{server("+OK\r\n"),    client("RETR 1\r\n"), server("+OK\r\nA: b\r\n\r\nx"),
                                  gap(s2c, 100),        server("y\r\n.\r\n"), client("STAT\r\n"),
                                  server("+OK 1 1\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("2 pop3.response=1 1"));
}

BOOST_AUTO_TEST_CASE(a_mail_that_is_cut_short_is_truncated) {
  const Report report =
      run({server("+OK\r\n"), client("RETR 1\r\n"), server("+OK\r\nA: b\r\n\r\nx"), end(s2c)});
  BOOST_TEST(report.has("body 1 mail_message name= type= truncated bytes=A: b\\x0d\\x0a\\x0d\\x0ax"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_line_past_the_bound_is_cut_and_told) {
  const std::string fits(pop3::line_bytes_max - 2 - 5, 'a');
  BOOST_TEST(run({server("+OK\r\n"), client("USER " + fits + "\r\n")}).count("anomaly") == 0U);
  const Report report = run({server("+OK\r\n"), client("USER " + fits + "a\r\nSTAT\r\n")});
  BOOST_TEST(report.count("anomaly 0 pop3.line_too_long") == 1U);
  BOOST_TEST(report.has("2 pop3.command=STAT"));
}

BOOST_AUTO_TEST_CASE(pipelining_past_the_bound_is_told_and_bounded) {
  std::string commands, replies;
  for (unsigned i = 0; i < pop3::outstanding_max; ++i) commands += "NOOP\r\n", replies += "+OK\r\n";
  BOOST_TEST(run({server("+OK\r\n"), client(commands), server(replies)}).count("anomaly") == 0U);
  const Report report = run({server("+OK\r\n"), client(commands + "NOOP\r\n"), server(replies + "+OK\r\n"),
                             client("STAT\r\n"), server("+OK 1 1\r\n")});
  BOOST_TEST(report.count("anomaly 65 pop3.pipeline_full") == 1U);
  BOOST_TEST(report.has("66 pop3.response=1 1"));
}

BOOST_AUTO_TEST_CASE(a_long_listing_is_observed_up_to_the_bound) {
  std::string lines;
  for (unsigned i = 0; i <= pop3::response_lines_max; ++i) lines += "1 2\r\n";
  const Report report = run({server("+OK\r\n"), client("LIST\r\n"), server("+OK\r\n" + lines + ".\r\n")});
  BOOST_TEST(report.count("1 pop3.response_line") == pop3::response_lines_max);
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_word_that_is_no_command_is_not_shown) {
  const Report report = run({server("+OK\r\n"), client("STAT\r\nhunter2 x\r\n")});
  BOOST_TEST(report.has("2 pop3.command=UNKNOWN"));
  BOOST_TEST(report.text().find("HUNTER2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(other_protocols_are_not_taken_for_pop3) {
  BOOST_TEST((run({server("+OK\r\n"), client("*2\r\n$4\r\nAUTH\r\n")}).status == ParseStatus::not_this_protocol));
  BOOST_TEST((probe("+OK ready\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("+O", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("220 ready\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("* OK ready\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("CAPA\r\n", c2s) == ProbeResult::certain));
  BOOST_TEST((probe("USER a\r\n", c2s) == ProbeResult::unsure));
  BOOST_TEST((probe("GET / HTTP/1.1\r\n", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((run({client("HELO a\r\n")}).status == ParseStatus::not_this_protocol));
}
