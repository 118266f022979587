// SPDX-License-Identifier: Apache-2.0
// LZW beside what every coding is asked (decoder_test.cpp): widths, clear codes, and gunzip as a second
// reader.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <random>
#include <vector>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoder.h"
#include "dataplane/content/decoder_harness.h"
#include "dataplane/content/lzw.h"
#include "dataplane/content/test_lzw.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace std::string_literals;

namespace {

// Decoded, with anomalies; as RecordingSink writes bytes.
Recording decoded(std::string_view coded) { return run_decoder(compress_decoder, whole(coded)); }
std::string bytes_in(const Recording& report) {
  return report.lines.back().substr(report.lines.back().find(" bytes=") + 7);
}

// What gzip -d makes of it; "" where it complains.
std::string gunzipped(std::string_view coded) {
  char path[] = "/tmp/sekisho_lzw_XXXXXX";
  const int file = mkstemp(path);
  BOOST_REQUIRE(file >= 0);
  BOOST_REQUIRE(write(file, coded.data(), coded.size()) == static_cast<ssize_t>(coded.size()));
  close(file);
  FILE* pipe = popen(("gzip -dc < "s + path + " 2> /dev/null").c_str(), "r");
  std::string out;
  char piece[4096];
  for (size_t size; (size = fread(piece, 1, sizeof piece, pipe)) > 0;) out.append(piece, size);
  const int status = pclose(pipe);
  unlink(path);
  return status == 0 ? out : "";
}

// Few letters for long texts behind a code, many for many codes.
std::string random_text(std::mt19937& random, size_t bytes) {
  const unsigned letters = 1 + random() % 60;
  std::string text;
  while (text.size() < bytes) text += static_cast<char>('!' + random() % letters);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(texts_of_every_code_width_come_back_and_gunzip_agrees) {
  std::mt19937 random(1);
  for (unsigned bits = 10; bits <= 16; ++bits)
    for (const WhenFull when_full : {WhenFull::go_on, WhenFull::clear}) {
      const std::string text = random_text(random, bits < 14 ? 60000 : 200000),
                        coded = LzwWriter(bits, when_full).write(text);
      BOOST_REQUIRE((gunzipped(coded) == text));
      const Recording report = decoded(coded);
      BOOST_TEST(report.count("anomaly") == 0U);
      BOOST_TEST((bytes_in(report) == printable(text)), bits << " bits");
    }
}

BOOST_AUTO_TEST_CASE(what_gunzip_reads_of_damaged_streams_we_read_too) {
  std::mt19937 random(2);
  unsigned alike = 0;
  for (unsigned round = 0; round < 60; ++round) {
    std::string coded = LzwWriter(10 + random() % 7, WhenFull::clear).write(random_text(random, 500));
    coded[3 + random() % (coded.size() - 3)] ^= static_cast<char>(1 << random() % 8);
    const std::string theirs = gunzipped(coded);
    if (theirs.empty()) continue;
    ++alike;
    BOOST_TEST(bytes_in(decoded(coded)) == printable(theirs));
  }
  BOOST_TEST(alike > 5U);
}

BOOST_AUTO_TEST_CASE(the_report_does_not_depend_on_how_a_stream_is_cut) {
  std::mt19937 random(3);
  for (const unsigned bits : {10U, 16U})
    BOOST_TEST(check_decoder_splits(compress_decoder,
                                    LzwWriter(bits, WhenFull::clear).write(random_text(random, 900))) == "");
}

BOOST_AUTO_TEST_CASE(codes_that_nobody_defined_end_the_decoding) {
  for (const std::string& coded : {"\x1f\x9d\x90\xff\xff\xff"s, "\x1f\x9d\x90"s + "a\xfe\x03\x00"s}) {
    const Recording report = decoded(coded);
    BOOST_TEST(report.has("anomaly 1 content.decode_failed"));
  }
}

BOOST_AUTO_TEST_CASE(widths_that_compress_does_not_know_pass_as_they_are) {
  for (const char width : {'\x08', '\x11', '\x1f'}) {
    const Recording report = decoded("\x1f\x9d"s + width + "text");
    BOOST_TEST(report.has("anomaly 1 content.not_encoded"));
    BOOST_TEST(bytes_in(report).ends_with("text"));
  }
}

BOOST_AUTO_TEST_CASE(the_state_is_as_small_as_the_readme_says) {
  BOOST_TEST(compress_decoder.state_bytes <= 128U);
}
