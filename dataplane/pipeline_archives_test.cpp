// SPDX-License-Identifier: Apache-2.0
// Archives on the wire: a listed member is met before the archive is whole at its receiver, however it is packed.
#include "dataplane/content/archive/limits.h"
#include "dataplane/content/archive/test_archives.h"
#include "dataplane/test_wire.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

const std::string evil = "MZ: the whole of a listed program, packed into something else";

std::string sha256_of(std::string_view content) {
  FileHash hash(HashKinds::sha256);
  hash.update(as_bytes(content));
  std::string out;
  for (const uint8_t byte : hash.peek().sha256) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    out += digits;
  }
  return out;
}
std::string gzip_of(std::string_view content) {
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + deflated(content, raw) +
         le32(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()))) + le32(content.size());
}
std::string response(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// A download of `body`, in segments of `size`; the fate of all of them together.
std::string download(TestWire& wire, const std::string& body, size_t size = 1400) {
  Talk talk;
  wire.send(talk.handshake());
  wire.send(talk.says(c2s, "GET /x.bin HTTP/1.1\r\nHost: h.test\r\n\r\n"));
  const std::string bytes = response(body);
  std::string fates;
  for (size_t at = 0; at < bytes.size(); at += size) fates += (at == 0 ? "" : " ") + wire.fate(talk.says(s2c, bytes.substr(at, size)));
  return fates;
}
// Of each file: name, size, state.
std::vector<std::string> files_of(TestWire& wire) {
  std::vector<std::string> out;
  for (const KeptRecord& record : wire.drain(RingKind::transactions, RecordType::file))
    out.push_back(record.text(Field::file_name) + " " + std::to_string(record.number(Field::file_size)) + " " + record.text(Field::file_state));
  return out;
}
using Files = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_listed_member_is_stopped_before_the_last_byte_of_its_archive) {
  const std::string archives[] = {zip_of({{"readme", "hello"}, {"evil.exe", evil}}),
                                  zip_of({{"evil.exe", evil, 0, 0, Sizes::behind_signed}}),
                                  zip_of({{"evil.exe", evil, 8, 0, Sizes::behind_unsigned}}),
                                  tar_member("a/evil.exe", evil) + tar_end,
                                  gzip_of(evil),
                                  gzip_of(tar_member("readme", "hello") + tar_member("evil.exe", evil) + tar_end),
                                  zip_of({{"inner.tgz", gzip_of(tar_member("evil.exe", evil) + tar_end), 0}})};
  for (const std::string& archive : archives) {
    for (const size_t size : {size_t{7}, size_t{100}, size_t{1400}}) {
      TestWire wire({listed(Kind::sha256, sha256_of(evil), Action::drop)});
      const std::string fates = download(wire, archive, size);
      BOOST_TEST((fates.ends_with("drop:verdict") || fates.ends_with("drop:blocked_flow")), fates);
      BOOST_TEST(fates.find("drop:verdict") != std::string::npos);
      BOOST_TEST(wire.balance() == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(members_are_files_with_name_and_size_and_the_archive_is_one_as_well) {
  TestWire wire;
  const std::string archive = zip_of({{"dir/a.txt", "hello"}, {"b", "second member"}});
  BOOST_TEST(download(wire, archive, 50).find("drop") == std::string::npos);
  BOOST_TEST(files_of(wire) == (Files{"dir/a.txt 5 closed", "b 13 closed", "x.bin " + std::to_string(archive.size()) + " closed"}));
  BOOST_TEST(wire.pipeline().inspector().counters().archives == 1U);
}

BOOST_AUTO_TEST_CASE(an_encrypted_member_is_told_by_name_and_said_to_be_encrypted) {
  TestWire wire({listed(Kind::file_name, "payroll.xls", Action::alert)});
  download(wire, zip_of({{"payroll.xls", "scrambled", 0, 1}}));
  BOOST_TEST(wire.drain(RingKind::sightings, RecordType::sighting).size() == 1U);
  const std::vector<KeptRecord> records = wire.drain(RingKind::transactions);
  const auto named = [](std::string_view name) {
    return [name](const KeptRecord& record) { return record.type() == RecordType::anomaly && record.text(Field::anomaly_name) == name; };
  };
  BOOST_TEST(std::count_if(records.begin(), records.end(), named("archive.encrypted")) == 1);
}

BOOST_AUTO_TEST_CASE(archives_in_archives_are_opened_to_the_stated_depth) {
  for (const unsigned layers : {archive::depth_max, archive::depth_max + 1}) {
    std::string packed = evil;
    for (unsigned i = 0; i < layers; ++i) packed = zip_of({{"inner", packed, 0}});
    TestWire wire({listed(Kind::sha256, sha256_of(evil), Action::drop)});
    const bool stopped = download(wire, packed).find("drop:verdict") != std::string::npos;
    BOOST_TEST(stopped == (layers == archive::depth_max));
  }
}

BOOST_AUTO_TEST_CASE(what_unpacks_to_much_more_through_all_layers_together_is_given_up_as_a_bomb) {
  std::string bomb = std::string(3'000'000, '\0');
  for (int i = 0; i < 2; ++i) bomb = zip_of({{"inner", bomb}});
  TestWire wire;
  download(wire, bomb);
  uint64_t opened = 0, cut = 0;
  for (const KeptRecord& record : wire.drain(RingKind::transactions, RecordType::file)) {
    if (record.text(Field::file_name) != "inner") continue;
    opened += record.number(Field::file_size);
    if (record.number(Field::file_gaps) == 0) continue;
    ++cut;
    BOOST_TEST(record.text(Field::file_sha256) == "");  // what was read is not the member
  }
  BOOST_TEST(cut > 0U);
  BOOST_TEST(opened < bomb.size() * DecoderLimits{}.ratio_max + 2 * DecoderLimits{}.ratio_free_bytes + 4 * decoded_piece_bytes_max);
  BOOST_TEST(wire.balance() == 0);
}

BOOST_AUTO_TEST_CASE(no_archive_is_opened_where_that_is_switched_off) {
  TestWire wire({listed(Kind::sha256, sha256_of(evil), Action::drop)}, [](PipelineOptions& options) { options.inspector.open_archives = false; });
  BOOST_TEST(download(wire, zip_of({{"evil.exe", evil}})).find("drop") == std::string::npos);
  BOOST_TEST(files_of(wire).size() == 1U);
}
