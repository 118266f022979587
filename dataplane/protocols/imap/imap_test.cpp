// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/imap/fetch_item.h"
#include "dataplane/protocols/imap/limits.h"
#include "dataplane/protocols/parser_test.h"

using namespace sekisho;
using namespace sekisho::test;

namespace sekisho {
extern const Protocol imap_protocol;
}

namespace {

const ParserUnderTest parser(imap_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
std::string told(const Conversation& conversation) { return parser.told(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(std::string_view prefix, Direction direction) { return parser.probe(prefix, direction); }

// "{n}\r\n" and the text.
std::string literal(std::string_view text, std::string_view after_number = "") {
  return "{" + std::to_string(text.size()) + std::string(after_number) + "}\r\n" + std::string(text);
}
std::string printed(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\r' ? "\\x0d" : c == '\n' ? "\\x0a" : std::string(1, c);
  return out;
}

constexpr std::string_view mail = "Subject: hi\r\n\r\nbody\r\n";

// A session in which `fetch` was answered with `response` and agreed to.
Conversation fetched(const std::string& fetch, const std::string& response) {
  return {server("* OK ready\r\n"), client("a1 " + fetch + "\r\n"), server(response + "a1 OK done\r\n"),
          end(c2s), end(s2c)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_session_is_a_transaction_for_each_command) {
  const Conversation conversation{
      server("* OK [CAPABILITY IMAP4rev1] ready\r\n"),
      client("a1 login alice \"se cret\"\r\n"),
      server("a1 OK hello\r\n"),
      client("a2 SELECT INBOX\r\n"),
      server("* 1 EXISTS\r\na2 OK [READ-WRITE] selected\r\n"),
      client("a3 UID FETCH 7 (FLAGS BODY.PEEK[])\r\n"),
      server("* 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] " + literal(mail) + ")\r\na3 OK fetched\r\n"),
      client("a4 LOGOUT\r\n"),
      server("* BYE\r\na4 OK bye\r\n"),
      end(c2s),
      end(s2c)};
  BOOST_TEST(told(conversation) ==
             "begin 1 c2s\n"
             "1 imap.banner=[CAPABILITY IMAP4rev1] ready\n"
             "1 imap.tag=a1\n"
             "1 imap.command=LOGIN\n"
             "1 imap.user=alice\n"
             "1 imap.status=OK\n"
             "1 imap.response=hello\n"
             "end 1 complete\n"
             "begin 2 c2s\n"
             "2 imap.tag=a2\n"
             "2 imap.command=SELECT\n"
             "2 imap.mailbox=INBOX\n"
             "2 imap.status=OK\n"
             "2 imap.response=[READ-WRITE] selected\n"
             "end 2 complete\n"
             "begin 3 c2s\n"
             "3 imap.tag=a3\n"
             "3 imap.command=FETCH\n"
             "3 imap.user=alice\n"
             "body 3 mail_message name= type= complete bytes=Subject: hi\\x0d\\x0a\\x0d\\x0abody\\x0d\\x0a\n"
             "3 imap.message_bytes=21\n"
             "3 imap.status=OK\n"
             "3 imap.response=fetched\n"
             "end 3 complete\n"
             "begin 4 c2s\n"
             "4 imap.tag=a4\n"
             "4 imap.command=LOGOUT\n"
             "4 imap.status=OK\n"
             "4 imap.response=bye\n"
             "end 4 complete\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(each_way_to_authenticate_gives_the_user_and_never_the_secret) {
  constexpr const char* exchanges[] = {
      "a LOGIN bob hunter2\r\n",
      "a LOGIN \"bob\" \"hunter2\"\r\n",
      "a LOGIN {3}\r\nbob {7}\r\nhunter2\r\n",
      "a LOGIN {3+}\r\nbob {7-}\r\nhunter2\r\n",
      "a AUTHENTICATE PLAIN AGJvYgBodW50ZXIy\r\n",
      "a AUTHENTICATE PLAIN\r\nAGJvYgBodW50ZXIy\r\n",
      "a AUTHENTICATE LOGIN\r\nYm9i\r\naHVudGVyMg==\r\n",
      "a AUTHENTICATE CRAM-MD5\r\nYm9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n",
      "a AUTHENTICATE XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgaHVudGVyMgEB\r\n",
      "a AUTHENTICATE SCRAM-SHA-256\r\nbiwsbj1ib2Iscj1odW50ZXIy\r\n",
  };
  for (const char* const exchange : exchanges) {
    const Conversation conversation{server("* OK ready\r\n"), client(exchange), end(c2s), end(s2c)};
    const Report report = run(conversation);
    BOOST_TEST_CONTEXT(exchange) {
      BOOST_TEST(report.value("imap.user") == "bob");
      for (const char* secret : {"hunter2", "aHVudGVyMg", "b913a602", "AGJv", "dXNlcj", "biwsbj"})
        BOOST_TEST(report.text().find(secret) == std::string::npos);
      check_splits(conversation);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exchange_ends_with_its_reply_and_commands_follow) {
  const Conversation conversation{server("* OK ready\r\n"), client("a AUTHENTICATE NTLM\r\n"),
                                  server("+ \r\n"),         client("TlRM\r\n"),
                                  server("a NO no\r\n"),    client("b AUTHENTICATE PLAIN\r\n"),
                                  server("b BAD no\r\n"),   client("c NOOP\r\n"),
                                  server("c OK\r\n")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 imap.status=NO"));
  BOOST_TEST(report.has("2 imap.status=BAD"));
  BOOST_TEST(report.has("3 imap.command=NOOP"));
  BOOST_TEST(report.has("end 3 complete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(an_uploaded_mail_is_a_body_to_the_server) {
  const Conversation conversation{
      server("* OK ready\r\n"),
      client("a APPEND \"Sent\" (\\Seen) \"01-Jan-2026 00:00:00 +0000\" {21}\r\n"),
      server("+ go\r\n"),
      client(std::string(mail) + "\r\n"),
      server("a OK stored\r\n"),
      client("b APPEND {6+}\r\nDrafts " + literal("A: b\r\n\r\nx", "+") + " (\\Draft) ~" +
             literal("C: d\r\n\r\ny", "+") + "\r\n"),
      server("b OK\r\n"),
      end(c2s),
      end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 imap.mailbox=Sent"));
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=" + printed(mail)));
  BOOST_TEST(report.has("2 imap.mailbox=Drafts"));
  BOOST_TEST(report.has("body 2 mail_message name= type= complete bytes=A: b\\x0d\\x0a\\x0d\\x0ax"));
  BOOST_TEST(report.has("body 2 mail_message name= type= complete bytes=C: d\\x0d\\x0a\\x0d\\x0ay"));
  BOOST_TEST(report.has("2 imap.status=OK"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_literal_that_the_server_refuses_never_comes) {
  const Conversation conversation{server("* OK ready\r\n"),
                                  client("a APPEND INBOX {1000}\r\n"),
                                  server("a NO too big\r\n"),
                                  client("b NOOP\r\n"),
                                  server("b OK\r\n"),
                                  end(c2s),
                                  end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 imap.status=NO"));
  BOOST_TEST(report.has("2 imap.command=NOOP"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(each_further_mail_of_a_fetch_has_its_own_transaction) {
  const Conversation conversation =
      fetched("FETCH 1:2 RFC822",
              "* 1 FETCH (RFC822 " + literal(mail) + ")\r\n* 2 FETCH (RFC822 " + literal(mail) + ")\r\n");
  const Report report = run(conversation);
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=" + printed(mail)));
  BOOST_TEST(report.has("body 2 mail_message name= type= complete bytes=" + printed(mail)));
  BOOST_TEST(report.has("2 imap.tag=a1"));
  BOOST_TEST(report.has("2 imap.command=FETCH"));
  BOOST_TEST(report.has("end 2 complete"));
  BOOST_TEST(report.has("end 1 complete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_header_and_its_text_are_one_mail) {
  for (const char* const names : {"BODY[HEADER] BODY[TEXT]", "RFC822.HEADER RFC822.TEXT"}) {
    const std::string_view both(names);
    const std::string first(both.substr(0, both.find(' '))), second(both.substr(both.find(' ') + 1));
    const Conversation conversation =
        fetched("FETCH 1 X", "* 1 FETCH (" + first + " " + literal("Subject: hi\r\n\r\n") + " " + second +
                                 " " + literal("body\r\n") + ")\r\n");
    BOOST_TEST(run(conversation).has("body 1 mail_message name= type= complete bytes=" + printed(mail)));
    check_splits(conversation);
  }
  const Conversation part =
      fetched("FETCH 1 X", "* 1 FETCH (BODY[2.MIME] " + literal("Content-Type: a/b\r\n\r\n") + " BODY[2] " +
                               literal("x") + ")\r\n");
  BOOST_TEST(
      run(part).has("body 1 mail_part name= type= complete bytes=Content-Type: a/b\\x0d\\x0a\\x0d\\x0ax"));
  const Conversation fields = fetched(
      "FETCH 1 X", "* 1 FETCH (BODY[HEADER.FIELDS (TO SUBJECT)] " + literal("Subject: hi\r\n\r\n") + ")\r\n");
  BOOST_TEST(
      run(fields).has("body 1 mail_message name= type= complete bytes=Subject: hi\\x0d\\x0a\\x0d\\x0a"));
}

BOOST_AUTO_TEST_CASE(a_part_without_its_header_gets_the_header_that_its_bytes_suggest) {
  struct Guess {
    std::string name, content, header;
  };
  const std::string base64_line(76, 'A');
  const Guess guesses[] = {
      {"BODY[2]", base64_line + "\r\nAAAA\r\n",
       "Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n"},
      {"BODY[2]", "QUJD",
       "Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n"},
      {"BODY[1]", "Hello there\r\n", "Content-Type: text/plain\r\n\r\n"},
      {"BODY[1]", "caf=C3=A9 here\r\n",
       "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain\r\n\r\n"},
      {"BODY[1.2]", "\r\n<html>\r\n", "Content-Type: text/html\r\n\r\n"},
      {"BODY[TEXT]", "--b\r\n\r\nx\r\n--b--\r\n", "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"},
  };
  for (const Guess& guess : guesses) {
    const Conversation conversation =
        fetched("FETCH 1 X", "* 1 FETCH (" + guess.name + " " + literal(guess.content) + ")\r\n");
    const std::string carrier = guess.name == "BODY[TEXT]" ? "mail_message" : "mail_part";
    BOOST_TEST(run(conversation)
                   .has("body 1 " + carrier +
                        " name= type= complete bytes=" + printed(guess.header + guess.content)));
    check_splits(conversation);
  }
}

BOOST_AUTO_TEST_CASE(a_decoded_part_is_a_file_as_it_is) {
  const Conversation conversation =
      fetched("FETCH 1 BINARY[2]", "* 1 FETCH (BINARY[2] ~" + literal("PK") + ")\r\n");
  BOOST_TEST(run(conversation).has("body 1 mail_part name= type= complete bytes=PK"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_short_content_may_be_a_quoted_string) {
  const Conversation conversation =
      fetched("FETCH 1 BODY[]", "* 1 FETCH (BODY[] \"A: b \\\"c\\\"\" FLAGS (\\Seen))\r\n");
  BOOST_TEST(run(conversation).has("body 1 mail_message name= type= complete bytes=A: b \"c\""));
  check_splits(conversation);
  const std::string longer(3 * imap::token_bytes_max + 1, 'x');
  BOOST_TEST(run(fetched("FETCH 1 BODY[]", "* 1 FETCH (BODY[] \"" + longer + "\")\r\n"))
                 .has("1 imap.message_bytes=769"));
}

BOOST_AUTO_TEST_CASE(a_mail_fetched_in_pieces_is_one_body) {
  const Conversation conversation{
      server("* OK ready\r\n"),
      client("a UID FETCH 9 BODY.PEEK[]<0.8>\r\n"),
      server("* 4 FETCH (UID 9 BODY[]<0> " + literal("Subject:") + ")\r\na OK\r\n"),
      client("b UID FETCH 9 BODY.PEEK[]<8.8>\r\nc UID FETCH 9 BODY.PEEK[]<16.8>\r\n"),
      server("* 4 FETCH (UID 9 BODY[]<8> " + literal(" hi\r\n\r\nb") + ")\r\nb OK\r\n"),
      server("* 4 FETCH (UID 9 BODY[]<16> " + literal("ody\r\n") + ")\r\nc OK\r\n"),
      end(c2s),
      end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.count("body ") == 1U);
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=" + printed(mail)));
  BOOST_TEST(report.has("1 imap.message_bytes=21"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("end ") == 3U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(pieces_of_two_parts_by_turns_are_two_bodies) {
  const auto piece = [](const std::string& tag, const std::string& section, const std::string& origin,
                        std::string_view text) {
    return Conversation{client(tag + " FETCH 1 BODY.PEEK[" + section + "]<" + origin + ".4>\r\n"),
                        server("* 1 FETCH (BINARY[" + section + "]<" + origin + "> " + literal(text) +
                               ")\r\n" + tag + " OK\r\n")};
  };
  Conversation conversation{server("* OK ready\r\n")};
  for (const Conversation& turn : {piece("a", "1", "0", "AAAA"), piece("b", "2", "0", "BBBB"),
                                   piece("c", "1", "4", "aaa"), piece("d", "2", "4", "bb")})
    conversation.insert(conversation.end(), turn.begin(), turn.end());
  const Report report = run(conversation);
  BOOST_TEST(report.has("body 1 mail_part name= type= complete bytes=AAAAaaa"));
  BOOST_TEST(report.has("body 2 mail_part name= type= complete bytes=BBBBbb"));
  BOOST_TEST(report.has("end 2 complete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(more_contents_in_pieces_than_the_bound_end_the_oldest) {
  Conversation conversation{server("* OK ready\r\n")};
  for (unsigned i = 0; i <= imap::contents_max; ++i) {
    const std::string number = std::to_string(i + 1);
    conversation.push_back(client("a" + number + " FETCH " + number + " BODY[]<0.4>\r\n"));
    conversation.push_back(
        server("* " + number + " FETCH (BODY[]<0> " + literal("A: b") + ")\r\na" + number + " OK\r\n"));
  }
  const Report report = run(conversation);
  BOOST_TEST(report.count("body ") == 1U);
  BOOST_TEST(report.has("body 1 mail_message name= type= truncated bytes=A: b"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_piece_whose_beginning_was_not_seen_has_a_gap) {
  const Report report =
      run(fetched("FETCH 1 BODY[]<100.4>", "* 1 FETCH (BODY[]<100> " + literal("xy") + ")\r\n"));
  BOOST_TEST(report.text().find("gap") != std::string::npos);
  BOOST_TEST(report.count("body 1 mail_message") == 1U);
}

BOOST_AUTO_TEST_CASE(tagged_replies_meet_their_commands_in_any_order) {
  const Conversation conversation{server("* OK ready\r\n"),
                                  client("a STATUS x (MESSAGES)\r\nb NOOP\r\nc IDLE\r\n"),
                                  server("b OK two\r\na NO one\r\n+ idling\r\n* 5 EXISTS\r\n"),
                                  client("DONE\r\nd CHECK\r\n"),
                                  server("c OK three\r\nd OK four\r\n"),
                                  end(c2s),
                                  end(s2c)};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 imap.response=one"));
  BOOST_TEST(report.has("2 imap.response=two"));
  BOOST_TEST(report.has("3 imap.response=three"));
  BOOST_TEST(report.has("4 imap.response=four"));
  BOOST_TEST(report.count("begin ") == 4U);
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(starttls_hands_both_directions_over) {
  const Conversation conversation{server("* OK ready\r\n"), client("a STARTTLS\r\n"), server("a OK go\r\n"),
                                  client("\x16\x03\x01"), server("\x16\x03\x03")};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 imap.starttls=1"));
  BOOST_TEST(report.has("handoff s2c 21"));
  BOOST_TEST(report.has("handoff c2s 12"));
  check_splits(conversation);
  BOOST_TEST(
      run({server("* OK ready\r\n"), client("a STARTTLS\r\n"), server("a NO\r\n"), client("b NOOP\r\n")})
          .has("2 imap.command=NOOP"));
}

BOOST_AUTO_TEST_CASE(clear_text_behind_starttls_is_told_and_read) {
  const Conversation conversation{server("* OK ready\r\n"), client("a STARTTLS\r\nb LOGIN eve x\r\n"),
                                  server("a OK go\r\n"), client("\x16\x03\x01")};
  const Report report = run(conversation);
  BOOST_TEST(report.count("anomaly 0 imap.starttls_injection") == 1U);
  BOOST_TEST(report.has("2 imap.user=eve"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(a_compressed_connection_is_recognised_and_passed) {
  const Report agreed = run({server("* OK ready\r\n"), client("a COMPRESS DEFLATE\r\n"),
                             server("a OK on\r\n"), client("\x01\x02")});
  BOOST_TEST(agreed.has("1 imap.compress=1"));
  BOOST_TEST((agreed.status == ParseStatus::done));
  const Report refused = run(
      {server("* OK ready\r\n"), client("a COMPRESS DEFLATE\r\n"), server("a NO\r\n"), client("b NOOP\r\n")});
  BOOST_TEST(refused.has("2 imap.command=NOOP"));
}

BOOST_AUTO_TEST_CASE(a_literal_behind_a_long_line_is_still_found) {
  const std::string envelope = "ENVELOPE (\"" + std::string(20000, 'e') + "\" NIL)";
  const Report report =
      run(fetched("FETCH 1 X", "* 1 FETCH (" + envelope + " BODY[] " + literal(mail) + ")\r\n"));
  BOOST_TEST(report.has("body 1 mail_message name= type= complete bytes=" + printed(mail)));
}

BOOST_AUTO_TEST_CASE(braces_that_are_no_literal_are_text) {
  const std::string most(imap::literal_digits_max, '1');
  const Report report = run({server("* OK {5}\r\nx\r\n"),
                             client("a LIST \"{5}\" {x\r\nb LIST \"\" {" + most + "1}\r\nc NOOP\r\n"),
                             server("* LIST () \"/\" {0}\r\n\r\na OK {3}\r\nb OK\r\nc OK\r\n")});
  BOOST_TEST(report.count("anomaly 1 imap.literal_malformed") == 1U);
  BOOST_TEST(report.count("anomaly 2 imap.literal_malformed") == 1U);
  BOOST_TEST(report.has("1 imap.response={3}"));
  BOOST_TEST(report.has("3 imap.status=OK"));
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_literal_leaves_its_place_known) {
  const Conversation conversation{server("* OK ready\r\n"), client("a FETCH 1 BODY[]\r\n"),
                                  server("* 1 FETCH (BODY[] {21}\r\nSubject"), gap(s2c, 10),
                                  server("dy\r\n)\r\na OK\r\n")};
  BOOST_TEST(run(conversation).has("1 imap.status=OK"));
  const Conversation past{server("* OK ready\r\n"), client("a FETCH 1 BODY[]\r\n"),
                          server("* 1 FETCH (BODY[] {21}\r\nSubject"), gap(s2c, 16), server("\na OK\r\n")};
  BOOST_TEST(run(past).has("1 imap.status=OK"));
}

BOOST_AUTO_TEST_CASE(one_side_alone_is_read) {
  const Conversation replies{server("* 1 FETCH (BODY[] " + literal(mail) + ")\r\nx OK\r\n"), end(s2c)};
  BOOST_TEST(run(replies).has("body 1 mail_message name= type= complete bytes=" + printed(mail)));
  BOOST_TEST(run(replies).has("begin 1 s2c"));
  check_splits(replies);
  std::string many;
  for (unsigned i = 0; i < imap::outstanding_max + 3; ++i) many += "t" + std::to_string(i) + " NOOP\r\n";
  const Report commands = run({client(many), end(c2s)});
  BOOST_TEST(commands.count("end ") == imap::outstanding_max + 3);
  BOOST_TEST(commands.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(pipelining_past_the_bound_ends_the_oldest) {
  std::string commands;
  for (unsigned i = 0; i < imap::outstanding_max; ++i) commands += "t" + std::to_string(i) + " NOOP\r\n";
  BOOST_TEST(run({server("* OK\r\n"), client(commands)}).count("anomaly") == 0U);
  const Report report =
      run({server("* OK\r\n"), client(commands + "u NOOP\r\n"), server("u OK\r\nt0 OK\r\n")});
  BOOST_TEST(report.count("anomaly 1 imap.pipeline_full") == 1U);
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("end 17 complete"));
}

BOOST_AUTO_TEST_CASE(other_protocols_are_not_taken_for_imap) {
  BOOST_TEST((probe("* OK ready\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("* 12 EXISTS\r\n", s2c) == ProbeResult::certain));
  BOOST_TEST((probe("* O", s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("*1\r\n$4\r\nPING\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("+OK ready\r\n", s2c) == ProbeResult::not_for_us));
  BOOST_TEST((probe("A001 CAPABILITY\r\n", c2s) == ProbeResult::certain));
  BOOST_TEST((probe("1 LOGIN a b\r\n", c2s) == ProbeResult::certain));
  BOOST_TEST((probe("A001", c2s) == ProbeResult::unsure));
  BOOST_TEST((probe("AUTH LOGIN\r\n", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("USER noop\r\n", c2s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("GET / HTTP/1.1\r\n", c2s) == ProbeResult::not_for_us));
}

BOOST_AUTO_TEST_CASE(a_fetch_item_is_taken_apart) {
  using Kind = imap::FetchItem::Kind;
  const auto kind = [](std::string_view name) { return imap::parse_fetch_item(as_bytes(name)).kind; };
  BOOST_TEST((kind("BODY[]") == Kind::whole));
  BOOST_TEST((kind("body[header.fields (TO)]") == Kind::header));
  BOOST_TEST((kind("BODY[3.2]") == Kind::part));
  BOOST_TEST((kind("BODY[3.2.TEXT]") == Kind::text));
  BOOST_TEST((kind("BINARY[3]") == Kind::binary));
  BOOST_TEST((kind("BODYSTRUCTURE") == Kind::none));
  BOOST_TEST((kind("RFC822.SIZE") == Kind::none));
  BOOST_TEST((kind("BODY[") == Kind::whole));
  BOOST_TEST(imap::parse_fetch_item(as_bytes("BODY[2]<131072>")).origin == 131072U);
  BOOST_TEST(imap::requested_bytes(as_bytes("BODY.PEEK[2]<0.131072>")) == 131072U);
  BOOST_TEST(imap::requested_bytes(as_bytes("BODY.PEEK[2]")) == 0U);
}
