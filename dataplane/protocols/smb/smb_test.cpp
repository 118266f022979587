// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "dataplane/protocols/parser_test.h"
#include "dataplane/protocols/smb/limits.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace sekisho {
extern const Protocol smb_protocol;
}

namespace {

std::string le(uint64_t value, unsigned count) {
  std::string out;
  for (unsigned i = 0; i < count; ++i) out += static_cast<char>(i < 8 ? value >> 8 * i & 255 : 0);
  return out;
}
std::string wide(const std::string& text) {
  std::string out;
  for (const char c : text) out += std::string{c, '\0'};
  return out;
}
std::string framed(const std::string& message) {
  const size_t size = message.size();
  return std::string{0, static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                     static_cast<char>(size)} +
         message;
}

// --- SMB 2

struct Head {
  unsigned command = 0;
  uint64_t id = 0;
  uint32_t status = 0;
  uint32_t flags = 0;
  uint32_t next = 0;
  uint32_t tree = 0;
};
constexpr uint32_t answer = 1, related = 4;

std::string smb2(const Head& head, const std::string& body) {
  return "\xFESMB"s + le(64, 2) + le(0, 2) + le(head.status, 4) + le(head.command, 2) + le(1, 2) +
         le(head.flags, 4) + le(head.next, 4) + le(head.id, 8) + le(0, 4) + le(head.tree, 4) + le(0x4001, 8) +
         std::string(16, 's') + body;
}
const std::string guid = "0123456789abcdef";
const std::string file = le(0x1122334455667788, 8) + le(0x99, 8), same_file = std::string(16, '\xff');

std::string negotiate_body() {
  return le(36, 2) + le(2, 2) + le(1, 2) + le(0, 2) + le(0, 4) + guid + le(0, 8) + le(0x202, 2) +
         le(0x311, 2);
}
std::string negotiated_body(unsigned dialect) {
  return le(65, 2) + le(1, 2) + le(dialect, 2) + le(0, 2) + guid + std::string(36, '\0');
}
std::string ntlm() {
  const auto place = [&](size_t length, size_t at) { return le(length, 2) + le(length, 2) + le(at, 4); };
  return "NTLMSSP\0"s + le(3, 4) + place(0, 72) + place(0, 72) + place(8, 72) + place(10, 80) +
         place(12, 90) + place(0, 72) + le(0x02000001, 4) + "\x06\x01"s + le(7601, 2) + "\0\0\0\x0f"s +
         wide("CORP") + wide("alice") + wide("DESK-7");
}
std::string setup_body(const std::string& blob) {
  return le(25, 2) + std::string(10, '\0') + le(64 + 24, 2) + le(blob.size(), 2) + le(0, 8) + blob;
}
std::string tree_body(const std::string& path) {
  return le(9, 2) + le(0, 2) + le(64 + 8, 2) + le(2 * path.size(), 2) + wide(path);
}
std::string create_body(const std::string& name) {
  return le(57, 2) + std::string(22, '\0') + le(0x120089, 4) + le(0, 8) + le(1, 4) + le(0, 4) +
         le(64 + 56, 2) + le(2 * name.size(), 2) + le(0, 8) + wide(name);
}
std::string created_body() { return le(89, 2) + std::string(62, '\0') + file + le(0, 8); }
std::string write_body(size_t length, const std::string& id) {
  return le(49, 2) + le(112, 2) + le(length, 4) + le(0, 8) + id + std::string(16, '\0') +
         std::string(length, 'd');
}
std::string close_body(const std::string& id) { return le(24, 2) + le(0, 6) + id; }

// --- SMB 1

std::string smb1(unsigned command, bool reply, unsigned id, const std::string& words,
                 const std::string& bytes, uint32_t status = 0) {
  return "\xFFSMB"s + le(command, 1) + le(status, 4) + le(reply ? 0x88 : 0x08, 1) + le(0xC801, 2) +
         std::string(12, '\0') + le(7, 2) + le(42, 2) + le(1, 2) + le(id, 2) + le(words.size() / 2, 1) +
         words + le(bytes.size(), 2) + bytes;
}

const ParserUnderTest parser(smb_protocol);
Report run(const Conversation& conversation) { return parser.run(conversation); }
void check_splits(const Conversation& conversation) { parser.check_splits(conversation); }
ProbeResult probe(const std::string& bytes, Direction direction = c2s) {
  return parser.probe(bytes, direction);
}

Conversation log_in() {
  return {client(framed(smb2({0, 0}, negotiate_body()))),
          server(framed(smb2({0, 0, 0, answer}, negotiated_body(0x311)))),
          client(framed(smb2({1, 1}, setup_body(ntlm())))),
          server(framed(smb2({1, 1, 0, answer}, le(9, 2)))),
          client(framed(smb2({3, 2}, tree_body("\\\\files\\share")))),
          server(framed(smb2({3, 2, 0, answer, 0, 5}, le(16, 2) + "\1\0"s)))};
}

}  // namespace

BOOST_AUTO_TEST_CASE(dialect_log_in_and_share_are_told_command_by_command) {
  const Conversation conversation = log_in();
  BOOST_TEST(
      run(conversation).text() ==
      "begin 1 c2s\n1 smb.command=256\n1 smb.session_id=16385\n1 smb.client_guid=0123456789abcdef\n"
      "1 smb.client_dialect=2.02\n1 smb.client_dialect=3.11\n1 smb.status=0\n1 "
      "smb.server_guid=0123456789abcdef\n"
      "1 smb.dialect=3.11\nend 1 complete\n"
      "begin 2 c2s\n2 smb.command=257\n2 smb.session_id=16385\n2 smb.domain=CORP\n2 smb.user=alice\n2 "
      "smb.host=DESK-7\n"
      "2 smb.ntlm_version=6.1 build 7601 rev 15\n2 smb.status=0\n2 smb.dialect=3.11\nend 2 complete\n"
      "begin 3 c2s\n3 smb.command=259\n3 smb.session_id=16385\n3 smb.share=\\x5c\\x5cfiles\\x5cshare\n3 smb.status=0\n"
      "3 smb.share_type=1\n3 smb.dialect=3.11\nend 3 complete\nstatus need_more\n");
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(commands_on_an_open_file_name_it_until_it_is_closed) {
  const Conversation conversation{client(framed(smb2({5, 3}, create_body("plan.pdf")))),
                                  server(framed(smb2({5, 3, 0, answer}, created_body()))),
                                  client(framed(smb2({9, 4}, write_body(100, file)))),
                                  server(framed(smb2({9, 4, 0, answer}, le(17, 2)))),
                                  client(framed(smb2({6, 5}, close_body(file)))),
                                  server(framed(smb2({6, 5, 0, answer}, le(60, 2)))),
                                  client(framed(smb2({9, 6}, write_body(1, file)))),
                                  end(c2s, EndReason::reset),
                                  end(s2c, EndReason::reset)};
  const Report report = run(conversation);
  for (const char* tx : {"1", "2", "3"}) BOOST_TEST(report.has(tx + " smb.file_name=plan.pdf"s));
  BOOST_TEST(report.count("4 smb.file_name") == 0U);
  BOOST_TEST(report.has("2 smb.bytes=100"));
  BOOST_TEST(report.has("1 smb.disposition=1"));
  BOOST_TEST(report.has("end 4 incomplete"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(related_commands_of_one_message_share_a_file) {
  std::string create = smb2({5, 3, 0, 0, 192}, create_body("a.txt"));
  create.resize(192);
  const std::string chain = create + smb2({6, 4, 0, related}, close_body(same_file));
  const Report report = run({client(framed(chain))});
  BOOST_TEST(report.has("1 smb.file_name=a.txt"));
  BOOST_TEST(report.has("2 smb.command=262"));
  BOOST_TEST(report.has("2 smb.file_name=a.txt"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_only_promises_one_is_waited_past) {
  const Report report = run({client(framed(smb2({15, 9}, le(32, 2)))),
                             server(framed(smb2({15, 9, 0x103, answer | 2}, le(9, 2)))),
                             server(framed(smb2({15, 9, 0xC0000120, answer | 2}, le(9, 2))))});
  BOOST_TEST(report.count("1 smb.status=") == 1U);
  BOOST_TEST(report.has("1 smb.status=3221225760"));
}

BOOST_AUTO_TEST_CASE(file_content_is_passed_by_its_length_and_holes_in_it_too) {
  const std::string written = framed(smb2({9, 4}, write_body(3 * smb::message_bytes_max, file)));
  const std::string next = framed(smb2({13, 5}, le(4, 2)));
  const Conversation conversation{client(written + next)};
  BOOST_TEST(run(conversation).has("2 smb.command=269"));
  const size_t seen = smb::message_bytes_max + 100;
  BOOST_TEST(run({client(written.substr(0, seen)), gap(c2s, written.size() - seen), client(next)})
                 .has("2 smb.command=269"));
  BOOST_TEST(run({client(written.substr(0, 50)), gap(c2s, 5000), client("middle of a file" + next)})
                 .has("1 smb.command=269"));
}

BOOST_AUTO_TEST_CASE(encryption_is_told_once_and_what_is_not_encrypted_still_read) {
  const std::string sealed = framed("\xFDSMB"s + std::string(100, 'e'));
  const Report report = run({client(sealed + sealed + framed(smb2({13, 5}, le(4, 2))))});
  BOOST_TEST(report.count("1 smb.encrypted=1") == 1U);
  BOOST_TEST(report.has("2 smb.command=269"));
}

BOOST_AUTO_TEST_CASE(smb1_tells_dialect_user_share_and_file) {
  const std::string dialects = "\2LANMAN1.0\0\2NT LM 0.12\0"s;
  const std::string passwords = "hashhash";
  const std::string setup_words = le(0xFF, 4) + le(0, 10) + le(8, 2) + le(0, 2) + le(0, 8);
  const std::string setup_bytes = passwords + "\0"s + wide("alice") + "\0\0"s + wide("CORP") + "\0\0"s +
                                  wide("Windows 5.1") + "\0\0"s + wide("LM") + "\0\0"s;
  const std::string create_words = le(0xFF, 4) + std::string(44, '\0');
  const std::string created_words = le(0xFF, 4) + "\0"s + le(0x4002, 2) + std::string(61, '\0');
  const Conversation conversation{
      client(framed(smb1(0x72, false, 1, "", dialects))),
      server(framed(smb1(0x72, true, 1, le(1, 2) + std::string(32, '\0'), ""))),
      client(framed(smb1(0x73, false, 2, setup_words, setup_bytes))),
      server(framed(smb1(0x73, true, 2, le(0xFF, 4) + le(0, 2), "", 0xC000006D))),
      client(framed(smb1(0x75, false, 3, le(0xFF, 4) + le(0, 2) + le(1, 2),
                         "\0"s + wide("\\\\files\\IPC$") + "\0\0IPC\0"s))),
      server(framed(smb1(0x75, true, 3, le(0xFF, 4) + le(0, 2), "IPC\0"s))),
      client(framed(smb1(0xA2, false, 4, create_words, "\0"s + wide("\\srvsvc") + "\0\0"s))),
      server(framed(smb1(0xA2, true, 4, created_words, ""))),
      client(framed(smb1(0x2E, false, 5, le(0xFF, 4) + le(0x4002, 2) + le(0, 14), ""))),
      server(framed(smb1(0x2E, true, 5, le(0xFF, 4), "")))};
  const Report report = run(conversation);
  BOOST_TEST(report.has("1 smb.client_dialect=LANMAN1.0"));
  BOOST_TEST(report.has("1 smb.dialect=NT LM 0.12"));
  BOOST_TEST(report.has("2 smb.user=alice"));
  BOOST_TEST(report.has("2 smb.domain=CORP"));
  BOOST_TEST(report.has("2 smb.native_os=Windows 5.1"));
  BOOST_TEST(report.has("2 smb.status=3221225581"));
  BOOST_TEST(report.text().find("hash") == std::string::npos);
  BOOST_TEST(report.has("3 smb.share=\\x5c\\x5cfiles\\x5cIPC$"));
  BOOST_TEST(report.has("3 smb.share_type=2"));
  BOOST_TEST(report.has("4 smb.file_name=\\x5csrvsvc"));
  BOOST_TEST(report.has("5 smb.file_name=\\x5csrvsvc"));
  check_splits(conversation);
}

BOOST_AUTO_TEST_CASE(smb1_with_extended_security_names_the_user_in_ntlm) {
  const std::string blob = ntlm();
  const std::string words = le(0xFF, 4) + le(0, 10) + le(blob.size(), 2) + le(0, 8);
  const Report report = run({client(framed(smb1(0x73, false, 2, words, blob + "\0"s + wide("Windows") + "\0\0"s)))});
  BOOST_TEST(report.value("smb.user") == "alice");
  BOOST_TEST(report.value("smb.host") == "DESK-7");
  BOOST_TEST(report.value("smb.native_os") == "Windows");
}

BOOST_AUTO_TEST_CASE(a_negotiation_begun_in_smb1_is_answered_in_smb2) {
  const Report report = run({client(framed(smb1(0x72, false, 1, "", "\2NT LM 0.12\0\2SMB 2.???\0"s))),
                             server(framed(smb2({0, 0, 0, answer}, negotiated_body(0x2FF))))});
  BOOST_TEST(report.has("1 smb.dialect=2.ff"));
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.count("begin") == 1U);
}

BOOST_AUTO_TEST_CASE(open_commands_open_files_and_chains_are_bounded) {
  std::string requests;
  for (unsigned i = 0; i < smb::outstanding_max; ++i) requests += framed(smb2({13, i}, le(4, 2)));
  BOOST_TEST(run({client(requests)}).count("anomaly") == 0U);
  BOOST_TEST(run({client(requests + framed(smb2({13, 100}, le(4, 2))))}).has("anomaly 1 smb.requests_full"));
  std::string chain;
  for (unsigned i = 0; i <= smb::commands_max; ++i)
    chain += smb2({13, i, 0, answer, 72}, std::string(8, '\0'));
  BOOST_TEST(run({server(framed(chain))}).count("anomaly 0 smb.long_chain") == 1U);
  BOOST_TEST(run({client(framed(smb2({13, 1, 0, 0, 8}, le(4, 2))))}).has("anomaly 0 smb.bad_chain"));
  Conversation files;
  for (unsigned i = 0; i <= smb::files_max; ++i) {
    const std::string id = le(i, 8) + le(0, 8);
    files.push_back(client(framed(smb2({5, i}, create_body("f" + std::to_string(i))))));
    files.push_back(
        server(framed(smb2({5, i, 0, answer}, le(89, 2) + std::string(62, '\0') + id + le(0, 8)))));
  }
  files.push_back(client(framed(smb2({9, 50}, write_body(1, le(0, 8) + le(0, 8))))));
  files.push_back(client(framed(smb2({9, 51}, write_body(1, le(1, 8) + le(0, 8))))));
  const Report report = run(files);
  BOOST_TEST(report.count("8 smb.file_name") == 0U);
  BOOST_TEST(report.has("9 smb.file_name=f1"));
}

BOOST_AUTO_TEST_CASE(what_is_no_frame_is_told_and_the_next_message_found) {
  const Conversation conversation{
      client(framed(smb2({13, 1}, le(4, 2))) + "rubbish" + framed(smb2({13, 2}, le(4, 2))))};
  const Report report = run(conversation);
  BOOST_TEST(report.has("anomaly 0 smb.bad_frame"));
  BOOST_TEST(report.has("2 smb.command=269"));
  check_splits(conversation);
  BOOST_TEST(run({client(framed("\xFFSMB"
                                "short"))})
                 .has("anomaly 0 smb.short_message"));
  BOOST_TEST(run({client("\0\0\0\x10 no SMB here"s)}).text() == "status not_this_protocol\n");
}

BOOST_AUTO_TEST_CASE(the_probe_wants_a_message_or_a_netbios_session) {
  const std::string message = framed(smb2({0, 0}, negotiate_body()));
  for (size_t cut = 0; cut < message.size(); ++cut)
    BOOST_TEST((probe(message.substr(0, cut)) == (cut < 8 ? ProbeResult::unsure : ProbeResult::certain)));
  const std::string session =
      "\x81\0\0\x44\x20"s + std::string(32, 'C') + "\0\x20"s + std::string(32, 'C') + "\0"s;
  BOOST_TEST((probe(session) == ProbeResult::certain));
  BOOST_TEST((probe("\x82\0\0\0"s, s2c) == ProbeResult::unsure));
  BOOST_TEST((probe("\x81\0\0\x44\x20lower"s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\0\0\0\x54\0\1\0\0"s) == ProbeResult::not_for_us));
  BOOST_TEST((probe("\x16\3\1"s) == ProbeResult::not_for_us));
  const Conversation over_netbios{client(session), server("\x82\0\0\0"s), client(message)};
  BOOST_TEST(run(over_netbios).has("1 smb.command=256"));
  check_splits(over_netbios);
}

BOOST_AUTO_TEST_CASE(any_byte_changed_never_breaks_the_parser) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    Conversation conversation = log_in();
    conversation.push_back(
        client(framed(smb1(0x73, false, 2, le(0xFF, 4) + le(0, 10) + le(8, 2) + le(0, 10), wide("a")))));
    conversation.push_back(client(framed(smb2({5, 3, 0, 0, 120}, create_body("plan.pdf")))));
    for (test::Turn& turn : conversation)
      turn.bytes[random() % turn.bytes.size()] = static_cast<char>(random());
    conversation.push_back(end(c2s, EndReason::reset));
    conversation.push_back(end(s2c, EndReason::reset));
    const Report report = run(conversation);
    BOOST_REQUIRE(report.count("begin") == report.count("end "));
    BOOST_REQUIRE(report.count("CONTRACT") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_sessions_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(smb_protocol.state_bytes <= 2000U);
}
