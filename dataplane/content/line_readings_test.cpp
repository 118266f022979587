// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/line_readings.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

using namespace sekisho;

namespace {

using Digest = std::string;

Digest digest_of(const FileHash& hash) {
  const FileDigests digests = hash.peek();
  return {reinterpret_cast<const char*>(digests.sha256), sizeof digests.sha256};
}
Digest digest_of(std::string_view text) {
  FileHash hash(HashKinds::sha256);
  hash.update(as_bytes(text));
  return digest_of(hash);
}

struct Readings {
  std::set<Digest> all;
  Digest sent;
};
Readings read(std::string_view text, size_t piece) {
  FileHash sent(HashKinds::sha256);
  LineReadings lines(HashKinds::sha256);
  for (size_t at = 0; at < text.size(); at += piece) {
    const std::string_view part = text.substr(at, piece);
    const std::vector<uint8_t> exact(part.begin(), part.end());
    lines.update(exact, sent);
  }
  std::array<FileHash, LineReadings::readings_max> out;
  const size_t count = lines.readings(sent, out);
  Readings result;
  for (size_t i = 0; i < count; ++i) result.all.insert(digest_of(out[i]));
  result.sent = digest_of(lines.as_sent(sent));
  BOOST_TEST((digest_of(out[0]) == result.sent));
  return result;
}

std::string with_lf(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i)
    if (text.compare(i, 2, "\r\n") != 0) out += text[i];
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_text_is_matched_with_either_line_end_and_one_more_or_less_at_its_end) {
  for (const std::string text : {"a\r\nb", "a\r\nb\r\n", "a\r\n\r\n", "\r\n", "a", "a\rb\r\n", "a\r\r\nb\r\n",
                                 "a\nb\n", "a\r", "a\r\nb\r"}) {
    std::set<Digest> expected;
    const bool ends = text.ends_with('\n');
    const bool bare = ends && !text.ends_with("\r\n");
    const std::string less = ends ? text.substr(0, text.size() - (bare ? 1 : 2)) : text;
    for (const std::string& reading : {text, less, text + (bare ? "\n" : "\r\n")}) {
      expected.insert(digest_of(reading));
      expected.insert(digest_of(with_lf(reading)));
    }
    for (size_t piece = 1; piece <= text.size(); ++piece) {
      const Readings got = read(text, piece);
      BOOST_TEST((got.all == expected), text << " in pieces of " << piece);
      BOOST_TEST((got.sent == digest_of(text)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_text_of_nothing_has_the_digest_of_nothing) {
  const Readings got = read("", 1);
  BOOST_TEST((got.sent == digest_of("")));
  BOOST_TEST(got.all.count(digest_of("\r\n")) == 1U);
}
