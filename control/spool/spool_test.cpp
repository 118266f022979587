// SPDX-License-Identifier: Apache-2.0
#include "control/spool/spool.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "control/spool/crc32c.h"

using namespace sekisho;

namespace {

namespace fs = std::filesystem;

// A directory that goes with its object.
struct Directory {
  Directory() {
    char name[] = "/tmp/sekisho_spool_XXXXXX";
    path = mkdtemp(name);
  }
  ~Directory() { fs::remove_all(path); }
  fs::path path;
};

SpoolOptions options_of(const Directory& directory, uint64_t segment_bytes = spool_segment_bytes,
                        uint64_t budget_bytes = spool_budget_bytes) {
  return {directory.path.string(), segment_bytes, budget_bytes};
}

std::string row(uint64_t number) { return "row " + std::to_string(number); }

void write_rows(Spool& spool, uint64_t first, uint64_t last) {
  for (uint64_t number = first; number <= last; ++number) {
    BOOST_REQUIRE(spool.append(as_bytes(row(number))).has_value());
    BOOST_REQUIRE(spool.sync().has_value());
  }
}

std::vector<uint64_t> read_all(Spool& spool) {
  std::vector<uint64_t> sequences;
  while (const auto record = spool.read()) {
    BOOST_REQUIRE(as_text(record->payload) == row(record->sequence));
    sequences.push_back(record->sequence);
  }
  return sequences;
}

std::vector<fs::path> segments_in(const Directory& directory) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory.path))
    if (entry.path().extension() == ".seg") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void set_bytes(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::vector<uint64_t> range(uint64_t first, uint64_t last) {
  std::vector<uint64_t> numbers;
  for (; first <= last; ++first) numbers.push_back(first);
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_CASE(crc32c_is_the_published_one_and_the_fast_twin_agrees) {
  BOOST_TEST(crc32c_plain(0, as_bytes("123456789")) == 0xe3069283U);  // RFC 3720 B.4's polynomial, its check value
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<uint8_t> bytes(random() % 100);
    for (auto& byte : bytes) byte = static_cast<uint8_t>(random());
    const uint32_t seed = static_cast<uint32_t>(random());
    BOOST_REQUIRE(crc32c(seed, bytes) == crc32c_plain(seed, bytes));
  }
}

BOOST_AUTO_TEST_CASE(rows_come_out_in_order_and_only_after_sync) {
  Directory directory;
  auto spool = *Spool::open(options_of(directory));
  BOOST_REQUIRE(spool->append(as_bytes(row(1))).has_value());
  BOOST_TEST(!spool->read().has_value());
  BOOST_REQUIRE(spool->sync().has_value());
  write_rows(*spool, 2, 50);
  BOOST_TEST(read_all(*spool) == range(1, 50));
  write_rows(*spool, 51, 52);
  BOOST_TEST(read_all(*spool) == range(51, 52));
}

BOOST_AUTO_TEST_CASE(a_new_process_reads_again_what_was_not_committed_and_numbers_on) {
  Directory directory;
  {
    auto spool = *Spool::open(options_of(directory));
    write_rows(*spool, 1, 10);
    read_all(*spool);
    spool->commit(4);
  }
  auto spool = *Spool::open(options_of(directory));
  BOOST_TEST(spool->backlog_records() == 6U);
  BOOST_TEST(read_all(*spool) == range(5, 10));
  write_rows(*spool, 11, 12);
  BOOST_TEST(read_all(*spool) == range(11, 12));
  BOOST_TEST(spool->counters().lost_records == 0U);
}

BOOST_AUTO_TEST_CASE(a_lost_or_lying_cursor_means_everything_again) {
  for (const std::string_view cursor : {std::string_view{}, std::string_view("garbage")}) {
    Directory directory;
    {
      auto spool = *Spool::open(options_of(directory));
      write_rows(*spool, 1, 3);
      spool->commit(2);
    }
    set_bytes(directory.path / "cursor", cursor);
    auto spool = *Spool::open(options_of(directory));
    BOOST_TEST(read_all(*spool) == range(1, 3));
  }
}

BOOST_AUTO_TEST_CASE(rewind_goes_back_to_the_first_uncommitted_row) {
  Directory directory;
  auto spool = *Spool::open(options_of(directory, 64));
  write_rows(*spool, 1, 20);
  BOOST_TEST(read_all(*spool) == range(1, 20));
  spool->commit(7);
  spool->rewind();
  BOOST_TEST(read_all(*spool) == range(8, 20));
  BOOST_TEST(spool->counters().lost_records == 0U);
}

BOOST_AUTO_TEST_CASE(committed_segments_go_and_the_budget_evicts_the_oldest_counted) {
  Directory directory;
  auto spool = *Spool::open(options_of(directory, 100, 400));
  write_rows(*spool, 1, 100);
  const auto counters = spool->counters();
  BOOST_TEST(counters.bytes_on_disk <= 400U);
  BOOST_TEST(counters.evicted_records > 50U);
  const auto left = read_all(*spool);
  BOOST_TEST(left == range(counters.evicted_records + 1, 100));
  BOOST_TEST(spool->counters().lost_records == 0U);
  spool->commit(100);
  BOOST_TEST(segments_in(directory).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_cut_at_every_byte_loses_only_what_was_cut_off) {
  Directory made;
  {
    auto spool = *Spool::open(options_of(made));
    write_rows(*spool, 1, 3);
  }
  const fs::path first = segments_in(made)[0];
  const std::string whole = bytes_of(first);
  const size_t record_bytes = whole.size() / 3;
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    Directory directory;
    set_bytes(directory.path / first.filename(), whole.substr(0, cut));
    auto spool = *Spool::open(options_of(directory));
    BOOST_REQUIRE(read_all(*spool) == range(1, cut / record_bytes));
    const uint64_t next = cut / record_bytes + 1;  // the torn row was never promised: its number is free
    BOOST_REQUIRE(*spool->append(as_bytes(row(next))) == next);
    BOOST_REQUIRE(spool->sync().has_value());
    BOOST_REQUIRE(read_all(*spool) == range(next, next));
  }
}

BOOST_AUTO_TEST_CASE(any_flipped_bit_loses_its_own_row_alone_and_is_reported) {
  Directory made;
  {
    auto spool = *Spool::open(options_of(made, 1));  // one row a segment
    write_rows(*spool, 1, 1);
    spool = *Spool::open(options_of(made));
    write_rows(*spool, 2, 4);
    spool = *Spool::open(options_of(made));
    write_rows(*spool, 5, 5);
  }
  const auto files = segments_in(made);
  BOOST_REQUIRE(files.size() == 3U);
  const std::string whole = bytes_of(files[1]);
  const size_t record_bytes = whole.size() / 3;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Directory directory;
    for (const fs::path& file : files) fs::copy(file, directory.path);
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    set_bytes(directory.path / files[1].filename(), damaged);
    auto spool = *Spool::open(options_of(directory));
    const uint64_t lost = 2 + bit / 8 / record_bytes;
    auto expected = range(1, 5);
    expected.erase(expected.begin() + static_cast<ptrdiff_t>(lost) - 1);
    BOOST_REQUIRE(read_all(*spool) == expected);
    BOOST_REQUIRE(spool->counters().damaged_ranges == 1U);
    BOOST_REQUIRE(spool->counters().lost_records == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_payload_that_imitates_a_record_is_not_read_as_one_after_damage) {
  Directory directory;
  std::string forged;
  append_record(forged, 0, 2, as_bytes("forged"));
  {
    auto spool = *Spool::open(options_of(directory));
    BOOST_REQUIRE(spool->append(as_bytes(forged)).has_value());
    BOOST_REQUIRE(spool->sync().has_value());
    write_rows(*spool, 2, 2);
  }
  const fs::path file = segments_in(directory)[0];
  std::string bytes = bytes_of(file);
  bytes[5] = static_cast<char>(bytes[5] ^ 1);  // the first record's length
  set_bytes(file, bytes);
  auto spool = *Spool::open(options_of(directory));
  BOOST_TEST(read_all(*spool) == range(2, 2));
}

BOOST_AUTO_TEST_CASE(a_disk_that_cannot_be_written_keeps_rows_pending_until_it_can) {
  Directory directory;
  auto spool = *Spool::open(options_of(directory));
  write_rows(*spool, 1, 2);
  spool = *Spool::open(options_of(directory));  // no segment of its own yet
  fs::rename(directory.path, directory.path.string() + ".away");
  BOOST_REQUIRE(spool->append(as_bytes(row(3))).has_value());
  BOOST_TEST(!spool->sync().has_value());
  BOOST_TEST(spool->counters().write_errors == 1U);
  fs::rename(directory.path.string() + ".away", directory.path);
  BOOST_TEST(spool->sync().has_value());
  BOOST_TEST(read_all(*spool) == range(1, 3));
}

BOOST_AUTO_TEST_CASE(payloads_at_the_bound_are_taken_and_one_past_is_refused) {
  Directory directory;
  auto spool = *Spool::open(options_of(directory));
  const std::string most(spool_payload_bytes_max, 'x');
  BOOST_REQUIRE(spool->append(as_bytes(most)).has_value());
  BOOST_TEST(!spool->append(as_bytes(most + 'x')).has_value());
  BOOST_REQUIRE(spool->sync().has_value());
  BOOST_TEST(spool->read()->payload.size() == most.size());
  while (spool->append(as_bytes(most)).has_value()) {
  }
  BOOST_TEST(spool->sync().has_value());  // makes room again
  BOOST_TEST(spool->append(as_bytes(most)).has_value());
}
