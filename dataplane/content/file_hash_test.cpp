// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/file_hash.h"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sekisho;

namespace {
std::string hex(Bytes bytes) {
  std::string out;
  for (const uint8_t byte : bytes) out += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return out;
}
}  // namespace

// Digests of RFC 1321 A.5, RFC 3174 7.3, FIPS 180-4.
BOOST_AUTO_TEST_CASE(digests_are_the_published_ones) {
  FileHash hash(HashKinds::all);
  FileDigests empty = hash.peek();
  BOOST_TEST(hex(empty.md5) == "d41d8cd98f00b204e9800998ecf8427e");
  BOOST_TEST(hex(empty.sha1) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  BOOST_TEST(hex(empty.sha256) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  hash.update(as_bytes("abc"));
  const FileDigests abc = hash.peek();
  BOOST_TEST(hex(abc.md5) == "900150983cd24fb0d6963f7d28e17f72");
  BOOST_TEST(hex(abc.sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(hex(abc.sha256) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(a_peek_at_every_byte_is_the_digest_of_the_prefix_and_disturbs_nothing) {
  const std::string text(300, 'x');
  FileHash running(HashKinds::all);
  for (size_t at = 0; at < text.size(); ++at) {
    FileHash prefix(HashKinds::all);
    prefix.update(as_bytes(text).first(at));
    const FileDigests expected = prefix.peek(), got = running.peek();
    BOOST_REQUIRE(hex(got.md5) == hex(expected.md5));
    BOOST_REQUIRE(hex(got.sha1) == hex(expected.sha1));
    BOOST_REQUIRE(hex(got.sha256) == hex(expected.sha256));
    running.update(as_bytes(text).subspan(at, 1));
  }
}

BOOST_AUTO_TEST_CASE(only_what_was_asked_for_is_computed_and_a_copy_goes_its_own_way) {
  FileHash hash(HashKinds::md5 | HashKinds::sha256);
  hash.update(as_bytes("ab"));
  FileHash copy = hash;
  copy.update(as_bytes("c"));
  hash.update(as_bytes("x"));
  BOOST_TEST(!has(copy.peek().kinds, HashKinds::sha1));
  BOOST_TEST(hex(copy.peek().md5) == "900150983cd24fb0d6963f7d28e17f72");
  BOOST_TEST(hex(hash.peek().md5) != "900150983cd24fb0d6963f7d28e17f72");
  BOOST_TEST((FileHash().peek().kinds == HashKinds::none));
}
