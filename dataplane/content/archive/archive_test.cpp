// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/archive.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "dataplane/content/archive/limits.h"
#include "dataplane/content/archive/test_archives.h"
#include "dataplane/content/archive/zip.h"
#include "dataplane/content/decoder_harness.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace {

// Lines of the members and anomalies; the archive's own body comes last and is left out.
std::string opened(const Decoder& reader, const std::string& archive) {
  BOOST_TEST(check_decoder_splits(reader, archive) == "");
  Recording recording = run_decoder(reader, whole(archive));
  std::string out;
  for (size_t i = 0; i + 1 < recording.lines.size(); ++i) out += recording.lines[i] + "\n";
  return out;
}
std::string member(const std::string& name, const std::string& content, const std::string& how = "complete") {
  return "body 1 archive_member name=" + name + " type= " + how + " bytes=" + content + "\n";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_zips_members_are_bodies_of_their_own_wherever_their_sizes_stand) {
  for (const Sizes sizes : {Sizes::in_header, Sizes::behind_signed, Sizes::behind_unsigned, Sizes::behind_64, Sizes::in_zip64}) {
    const std::string text = "the quick brown fox jumps over the lazy dog, the quick brown fox";
    const std::string archive = zip_of({{"a.txt", text, 8, 0, sizes}, {"dir/b", "second", 8, 0, sizes}, {"empty", "", 8, 0, sizes}});
    BOOST_TEST(opened(archive::zip_reader, archive) == member("a.txt", text) + member("dir/b", "second") + member("empty", ""));
  }
}

BOOST_AUTO_TEST_CASE(stored_members_are_read_by_their_size_or_up_to_the_descriptor_that_says_it) {
  const std::string tricky = "PPKPK\7\10not a descriptor PK\7\10"s + std::string(20, 'x') + "P";
  const std::string shown = "PPKPK\\x07\\x08not a descriptor PK\\x07\\x08" + std::string(20, 'x') + "P";
  for (const Sizes sizes : {Sizes::in_header, Sizes::in_zip64, Sizes::behind_signed, Sizes::behind_64})
    BOOST_TEST(opened(archive::zip_reader, zip_of({{"a", tricky, 0, 0, sizes}, {"b", "next", 8, 0, sizes}})) ==
               member("a", shown) + member("b", "next"));
}

BOOST_AUTO_TEST_CASE(an_encrypted_member_has_a_name_and_no_content) {
  for (const Sizes sizes : {Sizes::in_header, Sizes::behind_signed}) {
    const std::string archive = zip_of({{"secret.doc", "scrambled bytes", 0, 1, sizes}, {"open", "plain", 8, 0, sizes}});
    BOOST_TEST(opened(archive::zip_reader, archive) == "anomaly 1 archive.encrypted\n" + member("secret.doc", "<gap 15>", "truncated") + member("open", "plain"));
  }
}

BOOST_AUTO_TEST_CASE(a_method_that_we_do_not_read_is_said_and_passed_over) {
  BOOST_TEST(opened(archive::zip_reader, zip_of({{"lzma", "packed", 14}, {"open", "plain"}})) ==
             "anomaly 1 archive.method_unknown\n" + member("lzma", "<gap 6>", "truncated") + member("open", "plain"));
}

BOOST_AUTO_TEST_CASE(what_the_directory_hides_or_lists_otherwise_is_said) {
  BOOST_TEST(opened(archive::zip_reader, zip_of({{"shown", "a"}, {"hidden", "evil", 8, 0, Sizes::in_header, false}})) ==
             member("shown", "a") + member("hidden", "evil") + "anomaly 1 archive.directory_differs\n");
  std::string renamed = zip_of({{"name-a", "a"}});
  renamed[renamed.rfind("name-a")] = 'N';
  BOOST_TEST(opened(archive::zip_reader, renamed) == member("name-a", "a") + "anomaly 1 archive.directory_differs\n");
}

BOOST_AUTO_TEST_CASE(behind_damage_the_next_member_is_found) {
  const std::string first = zip_of({{"a", "first"}}), second = zip_of({{"b", "second"}});
  const std::string cut = first.substr(0, first.find("PK\1\2"));
  const Recording recording = run_decoder(archive::zip_reader, whole(cut + "rubbish PK\3 PPK\3" + second));
  BOOST_TEST(recording.has("anomaly 1 archive.damaged"));
  BOOST_TEST(recording.count("body 1 archive_member name=b type= complete bytes=second") == 1U);
}

BOOST_AUTO_TEST_CASE(a_hole_in_stored_content_is_a_hole_in_that_member) {
  const std::string archive = zip_of({{"a", "0123456789", 0}, {"b", "next"}});
  const size_t at = archive.find("0123456789");
  const Recording recording =
      run_decoder(archive::zip_reader, {{archive.substr(0, at + 3)}, {"", 4}, {archive.substr(at + 7)}});
  BOOST_TEST(recording.lines[0] == "body 1 archive_member name=a type= complete bytes=012<gap 4>789");
  BOOST_TEST(recording.lines[1] == "body 1 archive_member name=b type= complete bytes=next");
}

BOOST_AUTO_TEST_CASE(members_are_counted_up_to_the_bound) {
  for (const unsigned more : {0U, 1U}) {
    std::vector<Member> members(archive::members_max + more, Member{"m", "", 0});
    const Recording recording = run_decoder(archive::zip_reader, whole(zip_of(members)));
    BOOST_TEST(recording.count("body 1 archive_member") == archive::members_max);
    BOOST_TEST(recording.count("anomaly 1 archive.too_many_members") == more);
  }
}

BOOST_AUTO_TEST_CASE(a_zip_that_unpacks_to_more_than_its_ratio_is_a_bomb) {
  const Recording recording = run_decoder(archive::zip_reader, whole(zip_of({{"zeros", std::string(20'000'000, '\0')}, {"b", "next"}})));
  BOOST_TEST(recording.count("anomaly 1 content.bomb") == 1U);
  BOOST_TEST(recording.count("body 1 archive_member name=zeros type= truncated") == 1U);
  BOOST_TEST(recording.count("body 1 archive_member") == 1U);
}

BOOST_AUTO_TEST_CASE(a_tars_files_are_bodies_of_their_own) {
  const std::string big(700, 'x');
  const std::string archive = tar_member("a.txt", "hello") + tar_member("dir/", "", '5') + tar_member("b", big, '\0', "some/where") +
                              tar_member("empty", "") + tar_end;
  BOOST_TEST(opened(archive::tar_reader, archive) == member("a.txt", "hello") + member("some/where/b", big) + member("empty", ""));
}

BOOST_AUTO_TEST_CASE(long_names_and_sizes_of_gnu_and_pax_tars_count) {
  const std::string name(300, 'n');
  const auto record = [](const std::string& text) {
    const std::string with_space = " " + text + "\n";
    size_t length = with_space.size() + 1;
    while (std::to_string(length).size() + with_space.size() != length) ++length;
    return std::to_string(length) + with_space;
  };
  const std::string gnu = tar_member("././@LongLink", name + '\0', 'L') + tar_member("short", "a");
  const std::string pax = tar_member("PaxHeaders/x", record("mtime=1.5") + record("path=" + name) + record("size=3"), 'x') +
                          tar_member("short", "abc", '0', "", octal(0, 11));
  const std::string base_256 = tar_member("large", "four", '0', "", "\x80"s + std::string(10, '\0') + "\4");
  BOOST_TEST(opened(archive::tar_reader, gnu + pax + base_256 + tar_end) == member(name, "a") + member(name, "abc") + member("large", "four"));
}

BOOST_AUTO_TEST_CASE(a_tar_whose_header_is_damaged_ends_there) {
  std::string second = tar_member("b", "second");
  second[0] = 'x';
  BOOST_TEST(opened(archive::tar_reader, tar_member("a", "first") + second + tar_end) == member("a", "first") + "anomaly 1 archive.damaged\n");
}

BOOST_AUTO_TEST_CASE(a_compressed_file_is_one_body_under_its_encoding_with_the_name_that_it_has_inside) {
  const std::string plain = "\x1f\x8b\x08\x00"s + std::string(6, '\0') + "rest of it";
  BOOST_TEST(opened(archive::gzip_reader, plain).starts_with("body 1 archive_member gzip name= type= "));
  const std::string named = "\x1f\x8b\x08\x0c"s + std::string(6, '\0') + le16(3) + "xyz" + "inside.txt\0"s + "rest";
  BOOST_TEST(opened(archive::gzip_reader, named).starts_with("body 1 archive_member gzip name=inside.txt type= "));
  const std::string endless = "\x1f\x8b\x08\x08"s + std::string(6, '\0') + std::string(2 * archive::compressed_header_bytes_max, 'n');
  BOOST_TEST(opened(archive::gzip_reader, endless).starts_with("body 1 archive_member gzip name= type= "));
  BOOST_TEST(opened(archive::zstd_reader, "\x28\xb5\x2f\xfd" "rest").starts_with("body 1 archive_member zstd name= type= "));
}

BOOST_AUTO_TEST_CASE(the_reader_is_known_as_soon_as_it_can_be) {
  const auto choice = [](std::string_view start) { return archive::reader_for(as_bytes(start)); };
  BOOST_TEST(choice("PK\3\4").reader == &archive::zip_reader);
  BOOST_TEST(choice("PK\7\10PK\3\4").reader == &archive::zip_reader);
  BOOST_TEST(choice("\x1f\x8b\x08").reader == &archive::gzip_reader);
  BOOST_TEST(!choice("PK").decided);
  const std::string tar = tar_member("a", "b");
  BOOST_TEST(!choice(std::string_view(tar).substr(0, archive::start_bytes - 1)).decided);
  BOOST_TEST(choice(std::string_view(tar).substr(0, archive::start_bytes)).reader == &archive::tar_reader);
  const archive::Choice none = choice(std::string(archive::start_bytes, 'x'));
  BOOST_TEST(none.decided);
  BOOST_TEST(none.reader == nullptr);
}

BOOST_AUTO_TEST_CASE(random_damage_breaks_nothing) {
  std::mt19937 random(4);
  const std::string good = zip_of({{"a", std::string(3000, 'a')}, {"b", "stored", 0, 0, Sizes::behind_signed}, {"c", "last", 8, 0, Sizes::behind_64}});
  const std::string tar = tar_member("a", std::string(600, 'a')) + tar_member("b", "c") + tar_end;
  for (int i = 0; i < 3000; ++i) {
    std::string zip = good, other = tar;
    for (int k = 0; k < 4; ++k) {
      zip[random() % zip.size()] = static_cast<char>(random());
      other[random() % other.size()] = static_cast<char>(random());
    }
    const Recording one = run_decoder(archive::zip_reader, whole(zip)), two = run_decoder(archive::tar_reader, whole(other));
    for (const std::string& line : one.lines) BOOST_REQUIRE(!line.starts_with("CONTRACT"));
    for (const std::string& line : two.lines) BOOST_REQUIRE(!line.starts_with("CONTRACT"));
  }
}
