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

const std::string directory_differs = "ambiguous 1 archive.directory_differs: what the members' headers say, or the directory\n";
const std::string not_alone = "ambiguous 1 archive.not_alone: the file's front, or the archive in it that comes last\n";

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

BOOST_AUTO_TEST_CASE(encryption_is_known_by_each_of_its_marks) {
  for (const unsigned flags : {0x0001U, 0x0040U, 0x2000U})
    BOOST_TEST(opened(archive::zip_reader, zip_of({{"a", "sealed", 0, flags}})) == "anomaly 1 archive.encrypted\n" + member("a", "<gap 6>", "truncated"));
  BOOST_TEST(opened(archive::zip_reader, zip_of({{"a", "sealed", 99}})) == "anomaly 1 archive.encrypted\n" + member("a", "<gap 6>", "truncated"));
  Member aes{"a", "sealed", 0};
  aes.extra = le16(0x9901) + le16(7) + le16(2) + "AE" + "\3" + le16(0);
  BOOST_TEST(opened(archive::zip_reader, zip_of({aes})) == "anomaly 1 archive.encrypted\n" + member("a", "<gap 6>", "truncated"));
}

BOOST_AUTO_TEST_CASE(a_name_that_leaves_the_folder_is_said) {
  for (const std::string name : {"../evil", "a/../../evil", "/etc/passwd", "\\evil", "..\\evil", "C:evil", "a/b/../../..", ".."}) {
    const Recording zip = run_decoder(archive::zip_reader, whole(zip_of({{name, "x"}})));
    const Recording tar = run_decoder(archive::tar_reader, whole(tar_member(name, "x") + tar_end));
    for (const Recording* one : {&zip, &tar}) {
      BOOST_TEST(one->count("anomaly 1 archive.name_escapes") == 1U, name);
      BOOST_TEST(one->count("body 1 archive_member") == 1U);
    }
  }
  for (const std::string name : {"a/../b", "a..b", "..a", "./a", "a//b", "a/..", "C", "1:2"})
    BOOST_TEST(run_decoder(archive::zip_reader, whole(zip_of({{name, "x"}}))).count("anomaly") == 0U, name);
}

BOOST_AUTO_TEST_CASE(the_name_of_a_compressed_file_is_its_first_bytes_however_late_it_is_known) {
  const std::string file = std::string("\x1f\x8b\x08\x08\0\0\0\0\0\xff", 10) + std::string("../evil\0", 8) + deflated("x", raw);
  Chunks pieces;
  for (const char c : file) pieces.push_back({std::string(1, c)});
  BOOST_TEST(first_difference(run_decoder(archive::gzip_reader, whole(file)), run_decoder(archive::gzip_reader, pieces), "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(a_link_in_a_tar_that_points_out_of_its_folder_is_said) {
  for (const char type : {'1', '2'}) {
    std::string link = tar_member("innocent", "", type);
    link.replace(157, 12, "../../shadow");
    BOOST_TEST(opened(archive::tar_reader, tar_with_checksum(link) + tar_member("a", "b") + tar_end) == "anomaly 1 archive.name_escapes\n" + member("a", "b"));
  }
}

BOOST_AUTO_TEST_CASE(an_archive_behind_an_archive_is_read_too) {
  const std::string first = zip_of({{"harmless", "a"}}), second = zip_of({{"evil", "b"}});
  BOOST_TEST(opened(archive::zip_reader, first + second) == member("harmless", "a") + not_alone + member("evil", "b"));
  BOOST_TEST(opened(archive::zip_reader, first + "padding" + second) == member("harmless", "a") + not_alone + member("evil", "b"));
  BOOST_TEST(opened(archive::zip_reader, first + "a comment, PK it says") == member("harmless", "a"));
}

BOOST_AUTO_TEST_CASE(an_archive_behind_something_else_is_found) {
  BOOST_TEST(opened(archive::zip_behind_reader, "GIF89a PK and so on " + zip_of({{"evil", "b"}, {"c", "d"}})) ==
             not_alone + member("evil", "b") + member("c", "d"));
  BOOST_TEST(opened(archive::zip_behind_reader, "nothing of the kind PPK\3") == "anomaly 1 archive.cut_short\n");
}

BOOST_AUTO_TEST_CASE(an_archive_that_ends_early_is_cut_short) {
  const std::string zip = zip_of({{"a", "first"}, {"b", "second", 0}});
  for (const size_t cut : {zip.find("second") + 3, zip.find("PK\1\2") + 20, zip.size() - 22}) {
    const Recording recording = run_decoder(archive::zip_reader, whole(zip.substr(0, cut)));
    BOOST_TEST(recording.count("anomaly 1 archive.cut_short") == 1U);
  }
  BOOST_TEST(run_decoder(archive::zip_reader, whole(zip)).count("anomaly") == 0U);
  const std::string tar = tar_member("a", "first");
  BOOST_TEST(run_decoder(archive::tar_reader, whole(tar.substr(0, 514))).count("anomaly 1 archive.cut_short") == 1U);
  BOOST_TEST(run_decoder(archive::tar_reader, whole(tar)).count("anomaly") == 0U);  // many writers leave the end out
}

BOOST_AUTO_TEST_CASE(a_method_that_we_do_not_read_is_said_and_passed_over) {
  BOOST_TEST(opened(archive::zip_reader, zip_of({{"lzma", "packed", 14}, {"open", "plain"}})) ==
             "anomaly 1 archive.method_unknown\n" + member("lzma", "<gap 6>", "truncated") + member("open", "plain"));
}

BOOST_AUTO_TEST_CASE(what_the_directory_hides_or_lists_otherwise_is_said) {
  BOOST_TEST(opened(archive::zip_reader, zip_of({{"shown", "a"}, {"hidden", "evil", 8, 0, Sizes::in_header, false}})) ==
             member("shown", "a") + member("hidden", "evil") + directory_differs);
  Member renamed{"notes.txt", "a"};
  renamed.listed_as = "evil.exe";
  BOOST_TEST(opened(archive::zip_reader, zip_of({{"first", "1"}, renamed})) ==
             member("first", "1") + member("notes.txt", "a") + member("evil.exe", "<gap 1>", "truncated") + directory_differs);
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

BOOST_AUTO_TEST_CASE(behind_a_damaged_header_of_a_tar_the_next_good_one_is_found) {
  std::string second = tar_member("b", "second");
  second[0] = 'x';
  BOOST_TEST(opened(archive::tar_reader, tar_member("a", "first") + second + tar_member("c", "third") + tar_end) ==
             member("a", "first") + "anomaly 1 archive.damaged\n" + member("c", "third"));
}

BOOST_AUTO_TEST_CASE(behind_the_zeros_of_a_tar_another_may_follow) {
  BOOST_TEST(opened(archive::tar_reader, tar_member("a", "first") + tar_end + tar_member("b", "second") + tar_end + std::string(700, 'x')) ==
             member("a", "first") + member("b", "second"));
}

BOOST_AUTO_TEST_CASE(a_link_or_folder_with_a_size_hides_no_header) {
  for (const char type : {'1', '2', '5'}) {
    const std::string link = tar_member("link", "", type, "", octal(1024, 11));
    BOOST_TEST(opened(archive::tar_reader, link + tar_member("evil", "b") + tar_end) == "anomaly 1 archive.damaged\n" + member("evil", "b"));
  }
}

BOOST_AUTO_TEST_CASE(a_type_that_nobody_knows_is_a_file_as_it_is_to_tar) {
  BOOST_TEST(opened(archive::tar_reader, tar_member("a", "hello", 'Q') + tar_end) == member("a", "hello"));
}

BOOST_AUTO_TEST_CASE(a_tar_without_a_magic_is_one_by_its_checksum) {
  std::string old = tar_member("a.txt", "hello");
  old.replace(257, 8, 8, '\0');
  old = tar_with_checksum(old);
  BOOST_TEST(archive::reader_for(as_bytes(old)).reader == &archive::tar_reader);
  BOOST_TEST(opened(archive::tar_reader, old + tar_end) == member("a.txt", "hello"));
}

BOOST_AUTO_TEST_CASE(sparse_files_of_gnu_tar_are_the_data_that_they_have) {
  std::string one = tar_member("sparse", "data", 'S'), more = tar_member("more", "data", 'S').substr(0, 512);
  more[482] = 1;
  std::string map(512, '\0');
  map[504] = 1;
  BOOST_TEST(opened(archive::tar_reader, tar_with_checksum(one) + tar_with_checksum(more) + map + std::string(512, '\0') + padded("data", 512) + tar_end) ==
             member("sparse", "data") + member("more", "data"));
}

BOOST_AUTO_TEST_CASE(a_line_end_inside_a_value_of_pax_begins_no_record) {
  const auto record = [](const std::string& text) {
    const std::string with_space = " " + text + "\n";
    size_t length = with_space.size() + 1;
    while (std::to_string(length).size() + with_space.size() != length) ++length;
    return std::to_string(length) + with_space;
  };
  const std::string pax = tar_member("p", record("path=evil.exe") + record("comment=x\n17 path=harmless\n") + record("comment=" + std::string(900, 'y') + "\n17 path=harmless\n"), 'x');
  BOOST_TEST(opened(archive::tar_reader, pax + tar_member("short", "a") + tar_end) == member("evil.exe", "a"));
  const std::string nonsense = tar_member("p", "no record at all\n17 path=harmless\n", 'x');
  BOOST_TEST(opened(archive::tar_reader, nonsense + tar_member("short", "a") + tar_end) == member("short", "a"));
}

BOOST_AUTO_TEST_CASE(behind_a_hole_in_a_tar_the_blocks_are_still_in_step) {
  const std::string tar = tar_member("a", std::string(600, 'a')) + tar_member("b", "second") + tar_end;
  const Recording inside = run_decoder(archive::tar_reader, {{tar.substr(0, 600)}, {"", 100}, {tar.substr(700)}});
  BOOST_TEST(inside.count("body 1 archive_member name=b type= complete bytes=second") == 1U);
  const Recording across = run_decoder(archive::tar_reader, {{tar.substr(0, 600)}, {"", 600}, {tar.substr(1200)}});
  BOOST_TEST(across.count("anomaly 1 content.decode_gap") == 1U);
  BOOST_TEST(across.count("body 1 archive_member name=b type= complete bytes=second") == 1U);
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
  BOOST_TEST(choice("\x5a\x2a\x4d\x18").reader == &archive::zstd_reader);
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
