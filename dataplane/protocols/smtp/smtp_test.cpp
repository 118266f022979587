// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/parser_harness.h"
#include "dataplane/protocols/smtp/command.h"
#include "dataplane/protocols/smtp/limits.h"

using namespace sekisho;
using test::client;
using test::Conversation;
using test::end;
using test::Report;
using test::server;

namespace sekisho {
extern const Protocol smtp_protocol;
}

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

Report run(const Conversation& conversation) { return test::run(smtp_protocol, conversation); }

// The lines of the report but for the status.
std::string told(const Conversation& conversation) {
  Report report = run(conversation);
  BOOST_TEST(report.lines.back() == "status need_more");
  report.lines.pop_back();
  return report.text();
}

void check_splits(const Conversation& conversation) {
  BOOST_TEST(test::check_split_and_cut(smtp_protocol, conversation) == "");
}

// A session up to and with the reply to RCPT.
Conversation envelope() {
  return {server("220 mx.test ESMTP\r\n"),
          client("EHLO pc.test\r\n"),
          server("250-mx.test\r\n250 SIZE\r\n"),
          client("MAIL FROM:<a@x.test>\r\n"),
          server("250 Ok\r\n"),
          client("RCPT TO:<b@y.test>\r\n"),
          server("250 Ok\r\n")};
}
Conversation operator+(Conversation first, const Conversation& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}
Conversation data_session(std::string_view message) {
  return envelope() +
         Conversation{client("DATA\r\n"), server("354 Go\r\n"),  client(message), server("250 Queued\r\n"),
                      client("QUIT\r\n"), server("221 Bye\r\n"), end(c2s),        end(s2c)};
}

ProbeResult probe(std::string_view prefix, Direction direction) {
  const std::vector<uint8_t> copy(prefix.begin(), prefix.end());
  return smtp_protocol.probe(copy, direction, Transport::stream);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_mail_is_one_transaction_with_its_message_as_a_body) {
  const Conversation conversation = data_session("Subject: hi\r\n\r\n..dot\r\nend\r\n.\r\n");
  BOOST_TEST(
      told(conversation) ==
      "begin 1 c2s\n"
      "1 smtp.banner=mx.test ESMTP\n"
      "1 smtp.helo=pc.test\n"
      "1 smtp.reply_code=250\n"
      "1 smtp.mail_from=a@x.test\n"
      "1 smtp.reply_code=250\n"
      "1 smtp.rcpt_to=b@y.test\n"
      "1 smtp.reply_code=250\n"
      "1 smtp.reply_code=354\n"
      "body 1 mail_message name= type= complete bytes=Subject: hi\\x0d\\x0a\\x0d\\x0a.dot\\x0d\\x0aend\\x0d\\x0a\n"
      "1 smtp.message_bytes=26\n"
      "1 smtp.rcpt_count=1\n"
      "1 smtp.reply=Queued\n"
      "1 smtp.reply_code=250\n"
      "end 1 complete\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(the_name_of_the_client_is_repeated_in_each_mail) {
  const Conversation second{client("MAIL FROM:<> SIZE=77\r\nRCPT TO:<@r1,@r2:c@z.test>\r\nDATA\r\n"),
                            server("250 Ok\r\n250 Ok\r\n354 Go\r\n"), client("x\r\n.\r\n"),
                            server("550 No\r\n")};
  const Conversation conversation =
      envelope() +
      Conversation{client("DATA\r\n"), server("354 Go\r\n"), client("m\r\n.\r\n"), server("250 Ok\r\n")} +
      second;
  const Report report = run(conversation);
  BOOST_TEST(report.has("2 smtp.helo=pc.test"));
  BOOST_TEST(report.has("2 smtp.mail_from=<>"));
  BOOST_TEST(report.has("2 smtp.declared_bytes=77"));
  BOOST_TEST(report.has("2 smtp.rcpt_to=c@z.test"));
  BOOST_TEST(report.has("2 smtp.reply=No"));
  BOOST_TEST(report.has("2 smtp.reply_code=550"));
  BOOST_TEST(report.has("end 2 complete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_session_without_a_mail_is_one_transaction) {
  const Conversation conversation{server("220-mx.test\r\n220 ready\r\n"),
                                  client("HELO pc.test\r\n"),
                                  server("250 Hi\r\n"),
                                  client("QUIT\r\n"),
                                  server("221 Bye\r\n"),
                                  end(c2s),
                                  end(s2c)};
  BOOST_TEST(
      told(conversation) ==
      "begin 1 c2s\n1 smtp.banner=mx.test\n1 smtp.helo=pc.test\n1 smtp.reply_code=250\n1 smtp.reply_code=221\n"
      "end 1 complete\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(pipelined_commands_meet_their_replies_in_order) {
  const Conversation conversation{
      server("220 mx.test ESMTP\r\n"),
      client("EHLO pc.test\r\n"),
      server("250 PIPELINING\r\n"),
      client("MAIL FROM:<a@x.test>\r\nRCPT TO:<bad@y.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n"),
      server("250 Ok\r\n550 No such user\r\n250 Ok\r\n354 Go\r\n"),
      client("text\r\n.\r\nRSET\r\nMAIL FROM:<c@x.test>\r\n"),
      server("250 Queued\r\n250 Reset\r\n250 Ok\r\n"),
      client("QUIT\r\n"),
      server("221 Bye\r\n"),
      end(c2s),
      end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 smtp.reply_code=550"));
  BOOST_TEST(report.has("1 smtp.rcpt_count=2"));
  BOOST_TEST(report.has("1 smtp.reply=Queued"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("2 smtp.mail_from=c@x.test"));
  BOOST_TEST(report.count("begin") == 2U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_refused_sender_ends_its_transaction) {
  const Conversation conversation{server("220 mx ESMTP\r\n"),
                                  client("HELO pc\r\n"),
                                  server("250 Hi\r\n"),
                                  client("MAIL FROM:<bad@x.test>\r\n"),
                                  server("550 Go away\r\n"),
                                  client("MAIL FROM:<good@x.test>\r\n"),
                                  server("250 Ok\r\n"),
                                  end(c2s),
                                  end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("2 smtp.mail_from=good@x.test"));
  BOOST_TEST(report.has("end 2 incomplete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_refused_data_command_leaves_the_client_at_commands) {
  const Conversation conversation =
      envelope() + Conversation{client("DATA\r\n"), server("503 No\r\n"), client("RCPT TO:<c@y.test>\r\n"),
                                server("250 Ok\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 smtp.rcpt_to=c@y.test"));
  BOOST_TEST(report.count("anomaly") == 0U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(chunks_are_one_message_and_keep_their_dots) {
  const Conversation conversation = envelope() + Conversation{client("BDAT 6\r\nab\r\n.c"),
                                                              server("250 Ok\r\n"),
                                                              client("bdat 4 last\r\n\r\n.\nQUIT\r\n"),
                                                              server("250 Queued\r\n221 Bye\r\n"),
                                                              end(c2s),
                                                              end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=ab\\x0d\\x0a.c\\x0d\\x0a.\\x0a"));
  BOOST_TEST(report.has("1 smtp.message_bytes=10"));
  BOOST_TEST(report.has("1 smtp.reply=Queued"));
  BOOST_TEST(report.has("end 1 complete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_malformed_chunk_size_does_not_end_inspection) {
  for (const std::string_view size :
       {"-1", "0x10", "99999999999999999999999", "", "1 LOST", "1000000000000000000"}) {
    const Report report =
        run(envelope() + Conversation{client("BDAT " + std::string(size) + "\r\nRCPT TO:<c@y.test>\r\n")});
    BOOST_TEST(report.has("anomaly 1 smtp.bdat_malformed"), size);
    BOOST_TEST(report.has("1 smtp.rcpt_to=c@y.test"), size);
  }
  // The largest that 18 digits hold is obeyed.
  const Report report =
      run(envelope() + Conversation{client("BDAT 999999999999999999\r\nRCPT TO:<c@y.test>\r\n")});
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(!report.has("1 smtp.rcpt_to=c@y.test"));
}

BOOST_AUTO_TEST_CASE(a_bare_line_feed_end_of_data_is_read_both_ways) {
  for (const std::string_view early : {"\n.\n", "\n.\r\n", "\r\n.\n"}) {
    const std::string message =
        "Subject: one\r\n\r\nfirst" + std::string(early) +
        "mail from:<evil@x.test>\r\nRCPT TO:<victim@y.test>\r\nDATA\r\nSubject: two\r\n\r\n.\r\n";
    const Conversation conversation = data_session(message);
    const Report report = run(conversation);
    BOOST_TEST(report.count("anomaly 1 smtp.bare_lf_eod") == 1U);
    BOOST_TEST(report.count("anomaly 1 smtp.smuggled_command") == 2U);
    BOOST_TEST(report.has("1 smtp.mail_from=a@x.test"));
    BOOST_TEST(report.has("1 smtp.mail_from=evil@x.test"));
    BOOST_TEST(report.has("1 smtp.rcpt_to=victim@y.test"));
    BOOST_TEST(report.count("begin") == 1U);  // the strict reading: one mail
    BOOST_TEST(report.has("1 smtp.reply=Queued"));
    check_splits(conversation);
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_answers_a_bare_line_feed_end_decides_it) {
  const Conversation conversation = envelope() + Conversation{client("DATA\r\n"),
                                                              server("354 Go\r\n"),
                                                              client("Subject: a\n\nb\n.\n"),
                                                              server("250 Queued\r\n"),
                                                              client("QUIT\r\n"),
                                                              server("221 Bye\r\n"),
                                                              end(c2s),
                                                              end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 smtp.bare_lf_eod"));
  BOOST_TEST(report.has("1 smtp.reply=Queued"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("begin") == 1U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(dots_inside_lines_and_lone_carriage_returns_are_message) {
  const Conversation conversation = data_session("a.b\r\n...\r\n.\rx\r\nc\r\r\n.\r\n");
  const Report report = run(conversation);
  BOOST_TEST(
      report.has("body 1 mail_message name= type= complete "
                 "bytes=a.b\\x0d\\x0a..\\x0d\\x0a\\x0dx\\x0d\\x0ac\\x0d\\x0d\\x0a"));
  BOOST_TEST(report.has("anomaly 1 smtp.bare_lf_eod"));  // CRLF . CR
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(an_empty_message_ends_at_once) {
  const Conversation conversation = data_session(".\r\n");
  BOOST_TEST(run(conversation).has("body 1 mail_message name= type= complete bytes="));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(starttls_hands_both_directions_off) {
  const Conversation conversation{server("220 mx ESMTP\r\n"), client("EHLO pc\r\n"),
                                  server("250 STARTTLS\r\n"), client("STARTTLS\r\n"),
                                  server("220 Go\r\n"),       client("\x16\x03\x01 hello")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 smtp.starttls=1"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("handoff s2c 36"));
  BOOST_TEST(report.has("handoff c2s 19"));
  BOOST_TEST(report.count("anomaly") == 0U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(plain_commands_after_starttls_are_told_and_read) {
  const Conversation conversation{server("220 mx ESMTP\r\n"), client("EHLO pc\r\n"),
                                  server("250 STARTTLS\r\n"),
                                  client("STARTTLS\r\nMAIL FROM:<inj@x.test>\r\n"), server("220 Go\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 smtp.starttls_injection"));
  BOOST_TEST(report.has("1 smtp.mail_from=inj@x.test"));
  BOOST_TEST(report.has("handoff c2s 43"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_refused_starttls_goes_on_in_plain_text) {
  const Conversation conversation{server("220 mx ESMTP\r\n"), client("STARTTLS\r\n"), server("454 No\r\n"),
                                  client("MAIL FROM:<a@x.test>\r\n"), server("250 Ok\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.count("handoff") == 0U);
  BOOST_TEST(report.count("anomaly") == 0U);
  BOOST_TEST(report.has("1 smtp.mail_from=a@x.test"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(the_user_of_an_authentication_is_told_and_the_password_is_not) {
  struct Case {
    std::string_view what;
    Conversation exchange;
  };
  // "\0user\0secret", "user", "secret", "user 0123456789abcdef", "user=user^Aauth=Bearer secret^A^A"
  const Case cases[] = {
      {"plain with initial response", {client("AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"), server("235 Ok\r\n")}},
      {"plain",
       {client("auth plain\r\n"), server("334 \r\n"), client("AHVzZXIAc2VjcmV0\r\n"), server("235 Ok\r\n")}},
      {"login",
       {client("AUTH LOGIN\r\n"), server("334 VXNlcm5hbWU6\r\n"), client("dXNlcg==\r\n"),
        server("334 UGFzc3dvcmQ6\r\n"), client("c2VjcmV0\r\n"), server("235 Ok\r\n")}},
      {"login with user",
       {client("AUTH LOGIN dXNlcg==\r\n"), server("334 UGFzc3dvcmQ6\r\n"), client("c2VjcmV0\r\n"),
        server("235 Ok\r\n")}},
      {"cram",
       {client("AUTH CRAM-MD5\r\n"), server("334 PDEyMz4=\r\n"), client("dXNlciAwMTIzNDU2Nzg5YWJjZGVm\r\n"),
        server("235 Ok\r\n")}},
      {"xoauth2",
       {client("AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHNlY3JldAEB\r\n"), server("235 Ok\r\n")}},
  };
  for (const Case& one : cases) {
    const Conversation conversation =
        Conversation{server("220 mx ESMTP\r\n"), client("EHLO pc\r\n"), server("250 AUTH\r\n")} +
        one.exchange + Conversation{client("MAIL FROM:<a@x.test>\r\n"), server("250 Ok\r\n")};
    const Report report = run(conversation);
    BOOST_TEST(report.value("smtp.auth_user") == "user", one.what);
    BOOST_TEST(report.has("1 smtp.auth_result=235"), one.what);
    BOOST_TEST(report.has("1 smtp.mail_from=a@x.test"), one.what);
    BOOST_TEST(report.text().find("secret") == std::string::npos, one.what);
    check_splits(conversation);
  }
}

BOOST_AUTO_TEST_CASE(the_user_in_front_of_a_token_past_the_bound_is_told) {
  const std::string token = "dXNlcj11c2VyAWF1dGg9QmVhcmVyIHNlY3JldAEB" + std::string(4000, 'A');  // user=user^Aauth=Bearer ...
  const Report report = run({server("220 mx ESMTP\r\n"), client("EHLO pc\r\n"), server("250 AUTH\r\n"),
                             client("AUTH XOAUTH2 " + token + "\r\n"), server("235 Ok\r\n")});
  BOOST_TEST(report.value("smtp.auth_user") == "user");
}

BOOST_AUTO_TEST_CASE(a_failed_authentication_shows_its_code) {
  const Report report = run({server("220 mx ESMTP\r\n"), client("EHLO pc\r\n"), server("250 AUTH\r\n"),
                             client("AUTH PLAIN AHVzZXIAc2VjcmV0\r\n"), server("535 No\r\n")});
  BOOST_TEST(report.has("1 smtp.auth_result=535"));
}

BOOST_AUTO_TEST_CASE(a_capture_of_the_client_alone_shows_its_mails) {
  const Conversation conversation{
      client("ehlo pc.test\r\nmail FROM:<a@x.test> size=9030\r\nrcpt TO:<b@y.test>\r\ndata\r\n"
             "Subject: 1\r\n.\r\nmail FROM:<c@x.test>\r\nrcpt TO: d@y.test\r\ndata\r\n2\r\n.\r\nquit\r\n"),
      end(c2s)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 smtp.declared_bytes=9030"));
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=Subject: 1\\x0d\\x0a"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("2 smtp.helo=pc.test"));
  BOOST_TEST(report.has("2 smtp.mail_from=c@x.test"));
  BOOST_TEST(report.has("2 smtp.rcpt_to=d@y.test"));
  BOOST_TEST(report.has("end 2 complete"));
  BOOST_TEST(report.count("anomaly") == 0U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(data_before_the_354_is_told_and_searched_for_commands) {
  const Conversation conversation =
      envelope() + Conversation{client("DATA\r\nMAIL FROM:<evil@x.test>\r\n"), server("503 No\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 1 smtp.early_data"));
  BOOST_TEST(report.has("1 smtp.mail_from=evil@x.test"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_hole_in_the_message_is_a_gap_of_its_body) {
  const Report report =
      run(envelope() + Conversation{client("DATA\r\n"), server("354 Go\r\n"), client("ab"),
                                    test::gap(c2s, 100), client("cd\r\n.\r\n"), server("250 Ok\r\n")});
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=ab<gap 100>cd\\x0d\\x0a"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_chunk_counts_against_its_size) {
  const Report report =
      run(envelope() + Conversation{client("BDAT 200 LAST\r\nab"), test::gap(c2s, 190),
                                    client("12345678QUIT\r\n"), server("250 Ok\r\n221 Bye\r\n")});
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=ab<gap 190>12345678"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_hole_among_the_replies_ends_what_waited_for_them) {
  const Report report =
      run(envelope() + Conversation{client("DATA\r\n"), server("354 Go\r\n"), client("ab\r\n.\r\n"),
                                    test::gap(s2c, 10), server("xx\r\n"), client("MAIL FROM:<c@x.test>\r\n"),
                                    server("250 Ok\r\n")});
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("2 smtp.reply_code=250"));
}

BOOST_AUTO_TEST_CASE(a_line_at_the_limit_is_read_and_one_past_it_is_told) {
  const std::string at_limit = "NOOP " + std::string(smtp::line_bytes_max - 7, 'x') + "\r\n";
  const std::string past = "NOOP " + std::string(smtp::line_bytes_max - 6, 'x') + "\r\n";
  const auto with = [](const std::string& line) {
    return run({server("220 mx ESMTP\r\n"), client("HELO pc\r\n"), server("250 Hi\r\n"),
                client(line + "MAIL FROM:<a@x.test>\r\n")});
  };
  BOOST_TEST(with(at_limit).count("anomaly") == 0U);
  BOOST_TEST(with(past).has("anomaly 1 smtp.line_too_long"));
  BOOST_TEST(with(past).has("1 smtp.mail_from=a@x.test"));
  BOOST_TEST(with(std::string(300000, 'x') + "\r\n").has("1 smtp.mail_from=a@x.test"));
}

BOOST_AUTO_TEST_CASE(bytes_after_an_end_are_read_from_their_start) {
  const Report report = run({client("EHLO pc\r\nMAIL FROM:<half"), end(c2s), client("QUIT\r\n")});
  BOOST_TEST(report.count("1 smtp.mail_from") == 0U);
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(recipients_past_the_limit_are_counted_and_told_once) {
  std::string many;
  for (unsigned i = 0; i < smtp::recipients_max; ++i) many += "RCPT TO:<r@y.test>\r\n";
  const auto with = [&](const std::string& more) {
    return run({client("HELO pc\r\nMAIL FROM:<a@x.test>\r\n" + many + more + "DATA\r\n.\r\n")});
  };
  BOOST_TEST(with("").count("anomaly") == 0U);
  const Report past = with("RCPT TO:<r@y.test>\r\nRCPT TO:<r@y.test>\r\n");
  BOOST_TEST(past.count("anomaly 1 smtp.too_many_recipients") == 1U);
  BOOST_TEST(past.count("1 smtp.rcpt_to=") == smtp::recipients_max);
  BOOST_TEST(past.has("1 smtp.rcpt_count=" + std::to_string(smtp::recipients_max + 2)));
}

BOOST_AUTO_TEST_CASE(a_pipeline_past_the_limit_is_told_and_pairs_again_at_the_next_354) {
  const auto with = [](unsigned count) {
    std::string commands, replies;
    for (unsigned i = 0; i < count; ++i) commands += "NOOP\r\n", replies += "250 Ok\r\n";
    return run({server("220 mx ESMTP\r\n"), client("HELO pc\r\n"), server("250 Hi\r\n"), client(commands),
                server(replies), client("MAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n"),
                server("250 Ok\r\n251 Ok\r\n354 Go\r\n"), client("x\r\n.\r\n"), server("250 Queued\r\n")});
  };
  BOOST_TEST(with(smtp::outstanding_max).count("anomaly") == 0U);
  const Report past = with(smtp::outstanding_max + 3);
  BOOST_TEST(past.count("anomaly 1 smtp.pipeline_full") == 1U);
  BOOST_TEST(past.has("1 smtp.reply_code=251"));
  BOOST_TEST(past.has("1 smtp.reply=Queued"));
}

BOOST_AUTO_TEST_CASE(the_greeting_and_the_client_decide_what_is_smtp) {
  BOOST_TEST((probe("220 mx.test ESMTP Postfix\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("220-mx.test\r\n220 Smtp ready\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("220 mx.test ready\r\n", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("220 ProFTPD Server\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("+OK ready\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("22", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("2201", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("ehlo pc\r\n", c2s) == ProbeResult::certain));
  BOOST_TEST((probe("Mail From:<a@b>", c2s) == ProbeResult::certain));
  BOOST_TEST((probe("MAIL F", c2s) == ProbeResult::unsure));
  BOOST_TEST((probe("QUIT\r\n", c2s) == ProbeResult::unsure));
  BOOST_TEST((probe("GET / HTTP/1.1\r\n", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("EHLOX", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("", c2s) == ProbeResult::unsure));
}

BOOST_AUTO_TEST_CASE(an_ftp_session_is_given_back) {
  BOOST_TEST((run({server("220 files.test\r\n"), client("USER anonymous\r\n")}).status ==
              ParseStatus::not_this_protocol));
  BOOST_TEST(
      (run({server("220 files.test\r\n"), client("AUTH TLS\r\n")}).status == ParseStatus::not_this_protocol));
  BOOST_TEST((run({server("hello\r\n")}).status == ParseStatus::not_this_protocol));
}

// The first line after a hole is skipped; whether what follows is SMTP does not depend on the segments.
BOOST_AUTO_TEST_CASE(what_follows_a_hole_is_judged_whole_as_in_pieces) {
  const std::string_view foreign("\0\0Q\n", 4);
  const Report whole = run({test::gap(c2s, 1), client("EHLO\n" + std::string(foreign))});
  const Report pieces = run({test::gap(c2s, 1), client("EHLO\n"), client(std::string(foreign))});
  BOOST_TEST((whole.status == ParseStatus::not_this_protocol));
  BOOST_TEST(test::first_difference(whole, pieces, "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(paths_are_taken_as_servers_take_them) {
  const auto address = [](std::string_view argument) {
    const std::vector<uint8_t> copy(argument.begin(), argument.end());
    return std::string(as_text(smtp::parse_path(copy).address));
  };
  BOOST_TEST(address("<a@x.test> BODY=8BITMIME") == "a@x.test");
  BOOST_TEST(address("a@x.test SIZE=1") == "a@x.test");
  BOOST_TEST(address("<\"a b> c\"@x.test> SIZE=1") == "\"a b> c\"@x.test");
  BOOST_TEST(address("<@one.test,@two.test:a@x.test>") == "a@x.test");
  BOOST_TEST(address("<a@x.test") == "a@x.test");
  BOOST_TEST(address("<>") == "<>");
  BOOST_TEST(address("") == "");
}
