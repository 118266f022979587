// SPDX-License-Identifier: Apache-2.0
#include "control/files/file_store.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "control/files/file_intake.h"
#include "control/files/test_pieces.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;
using namespace sekisho::test;
namespace fs = std::filesystem;

namespace {

// sha256sum of "hello" and of "world".
const std::string hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const std::string world = "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7";

std::string path_of(const std::string& digest) { return "store/" + digest.substr(0, 2) + "/" + digest; }

struct Store {
  explicit Store(uint64_t budget_bytes = 1 << 20, WhenFull when_full = WhenFull::evict_oldest)
      : store(*FileStore::open({folder.file("store"), budget_bytes, when_full})), intake(*store) {
    intake.set_protocols({"http"});
  }
  void file(uint64_t id, std::string_view bytes, std::string_view name = "x.exe") {
    intake.take(content(id, 0, bytes).view());
    intake.take(end(id, bytes.size(), name).view());
  }
  bool has(const std::string& digest) const { return fs::exists(folder.file(path_of(digest))); }
  size_t arriving() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder.file("store/incoming")), fs::directory_iterator{}));
  }

  TemporaryFolder folder;
  std::unique_ptr<FileStore> store;
  FileIntake intake;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_lies_under_its_digest_with_a_description_beside_it) {
  Store at;
  at.intake.take(content(1, 0, "hel").view());
  BOOST_TEST(at.arriving() == 1U);
  at.intake.take(content(1, 3, "lo").view());
  BOOST_TEST(!at.has(hello));
  at.intake.take(end(1, 5).view());
  BOOST_TEST(at.folder.read(path_of(hello)) == "hello");
  BOOST_TEST(at.arriving() == 0U);
  struct stat status {};
  BOOST_REQUIRE(::stat(at.folder.file(path_of(hello)).c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0440U);
  const auto shown = at.store->show(hello);
  BOOST_REQUIRE(shown.has_value());
  BOOST_TEST((*shown)["name"] == "x.exe");
  BOOST_TEST((*shown)["type"] == "pe");
  BOOST_TEST((*shown)["protocol"] == "http");
  BOOST_TEST((*shown)["url"] == "/x.exe");
  BOOST_TEST((*shown)["direction"] == "to_client");
  BOOST_TEST((*shown)["bytes"] == 5);
  BOOST_TEST((*shown)["path"] == at.folder.file(path_of(hello)));
  BOOST_TEST(at.store->used_bytes() == 5U);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_not_written_again) {
  Store at;
  at.file(1, "hello", "first");
  const auto written = fs::last_write_time(at.folder.file(path_of(hello)));
  at.file(2, "hello", "second");
  BOOST_TEST(at.store->counters().stored == 1U);
  BOOST_TEST(at.store->counters().duplicates == 1U);
  BOOST_TEST((*at.store->show(hello))["name"] == "first");
  BOOST_TEST((fs::last_write_time(at.folder.file(path_of(hello))) == written));
  BOOST_TEST(at.store->used_bytes() == 5U);
  BOOST_TEST(at.arriving() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_somebody_took_away_is_written_again) {
  Store at;
  at.file(1, "hello");
  fs::remove(at.folder.file(path_of(hello)));
  at.file(2, "hello");
  BOOST_TEST(at.has(hello));
  BOOST_TEST(at.store->counters().stored == 2U);
  BOOST_TEST(at.store->used_bytes() == 5U);
}

BOOST_AUTO_TEST_CASE(at_its_budget_the_store_holds_all_and_one_byte_past_it_the_oldest_goes) {
  Store at(10);
  at.file(1, "hello");
  at.file(2, "world");
  BOOST_TEST(at.store->counters().evicted == 0U);
  at.file(3, "!");
  BOOST_TEST(at.store->counters().evicted == 1U);
  BOOST_TEST(!at.has(hello));
  BOOST_TEST(!fs::exists(at.folder.file(path_of(hello) + ".json")));
  BOOST_TEST(at.has(world));
  BOOST_TEST(at.store->used_bytes() == 6U);
  at.file(4, "longer than all of it");
  BOOST_TEST(at.store->counters().refused == 1U);
  BOOST_TEST(at.has(world));  // for what can never fit nothing goes
}

BOOST_AUTO_TEST_CASE(where_new_files_are_refused_the_old_stay) {
  Store at(10, WhenFull::refuse);
  at.file(1, "hello");
  at.file(2, "world");
  at.file(3, "!");
  BOOST_TEST(at.store->counters().refused == 1U);
  BOOST_TEST(at.store->counters().evicted == 0U);
  BOOST_TEST(at.has(hello));
  BOOST_TEST(at.store->counters().stored == 2U);
  BOOST_TEST(at.store->used_bytes() == 10U);
}

BOOST_AUTO_TEST_CASE(hostile_names_stay_in_the_description) {
  Store at;
  const std::string name = std::string("../../etc/passwd\0\n\"\x1b[2J\xff", 24);
  at.file(1, "hello", name);
  BOOST_TEST(at.has(hello));
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(at.folder.file("store"))) files += entry.is_regular_file() ? 1 : 0;
  BOOST_TEST(files == 2U);
  const std::string told = (*at.store->show(hello))["name"];
  BOOST_TEST(told.starts_with(std::string("../../etc/passwd\0\n\"\x1b[2J", 23)));
  BOOST_TEST(!at.store->show("../../etc/passwd").has_value());
  BOOST_TEST(!at.store->show(path_of(hello)).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_whose_pieces_do_not_follow_one_another_is_abandoned) {
  Store at;
  at.intake.take(content(1, 0, "hel").view());
  at.intake.take(content(1, 4, "o").view());
  at.intake.take(end(1, 5).view());
  at.intake.take(content(2, 3, "lo").view());  // its beginning was another control's
  at.intake.take(end(2, 5).view());
  at.intake.take(content(3, 0, "hel").view());
  at.intake.take(end(3, 5).view());            // the last piece is missing
  BOOST_TEST(at.store->counters().stored == 0U);
  BOOST_TEST(at.store->counters().abandoned == 2U);
  BOOST_TEST(at.arriving() == 0U);
  BOOST_TEST(at.store->used_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_the_data_plane_gives_up_goes) {
  Store at;
  at.intake.take(content(1, 0, "hel").view());
  at.intake.take(end(1, 3, "", "given_up").view());
  BOOST_TEST(at.store->counters().given_up == 1U);
  BOOST_TEST(at.arriving() == 0U);
  BOOST_TEST(at.store->used_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(files_of_two_data_planes_do_not_mix) {
  Store at;
  at.intake.take(content(1, 0, "hel", 7).view());
  at.intake.take(content(1, 0, "wor", 8).view());
  at.intake.take(content(1, 3, "lo", 7).view());
  at.intake.take(end(1, 5).view());
  BOOST_TEST(at.has(hello));
}

BOOST_AUTO_TEST_CASE(as_many_files_arrive_as_the_bound_says_and_one_more_ends_the_first) {
  Store at;
  for (size_t id = 0; id < incoming_files_max; ++id) at.intake.take(content(id, 0, "hel").view());
  BOOST_TEST(at.store->counters().abandoned == 0U);
  at.intake.take(content(incoming_files_max, 0, "hel").view());
  BOOST_TEST(at.store->counters().abandoned == 1U);
  BOOST_TEST(at.intake.open_files() == incoming_files_max);
  at.intake.take(content(0, 3, "lo").view());
  at.intake.take(end(0, 5).view());
  BOOST_TEST(at.store->counters().stored == 0U);
  at.intake.take(content(1, 3, "lo").view());
  at.intake.take(end(1, 5).view());
  BOOST_TEST(at.store->counters().stored == 1U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_opened_again_goes_on_where_it_was_and_clears_what_was_half_done) {
  TemporaryFolder folder;
  {
    auto store = *FileStore::open({folder.file("store")});
    FileIntake intake(*store);
    for (uint64_t id = 1; const std::string_view text : {"hello", "world"}) {
      intake.take(content(id, 0, text).view());
      intake.take(end(id++, 5).view());
    }
  }
  folder.write("store/incoming/9", "half");
  folder.write(path_of(hello).substr(0, 9) + std::string(64, '0') + ".json", "{}");
  folder.write(path_of(hello) + ".json.new", "{");
  fs::last_write_time(folder.file(path_of(world)), fs::last_write_time(folder.file(path_of(hello))) - std::chrono::hours(1));
  auto store = *FileStore::open({folder.file("store"), 10});
  BOOST_TEST(store->used_bytes() == 10U);
  BOOST_TEST(fs::is_empty(folder.file("store/incoming")));
  BOOST_TEST(!fs::exists(folder.file(path_of(hello) + ".json.new")));
  BOOST_TEST(!fs::exists(folder.file(path_of(hello).substr(0, 9) + std::string(64, '0') + ".json")));
  BOOST_TEST((*store->show(hello))["name"] == "x.exe");
  BOOST_TEST(store->list(1)["files"][0]["sha256"] == hello);
  BOOST_REQUIRE(store->reserve(1));
  BOOST_TEST(!store->show(world).has_value());  // the older one
}

BOOST_AUTO_TEST_CASE(what_is_not_the_stores_in_its_folder_stays_when_it_is_opened) {
  TemporaryFolder folder;
  for (const char* const mine : {"store/phase-journal/1", "store/ab/notes.txt", "store/incoming/readme"}) {
    fs::create_directories(fs::path(folder.file(mine)).parent_path());
    folder.write(mine, "mine");
  }
  auto store = *FileStore::open({folder.file("store")});
  BOOST_TEST(store->used_bytes() == 0U);
  for (const char* const mine : {"store/phase-journal/1", "store/ab/notes.txt", "store/incoming/readme"}) BOOST_TEST(fs::exists(folder.file(mine)));
}
