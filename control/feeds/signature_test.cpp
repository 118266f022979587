// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/signature.h"

#include <boost/test/unit_test.hpp>

#include "control/feeds/feed.h"
#include "control/signatures/sample_signer.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;

namespace {

std::string refusal(std::string_view key, std::string_view content, std::string_view signature) {
  const auto verified = verify_signature(key, content, signature);
  return verified ? std::string() : describe(verified.error());
}

}  // namespace

BOOST_AUTO_TEST_CASE(signatures_that_minisign_made_are_verified) {  // minisign 0.11, of a key that was made for this
  constexpr std::string_view key = "RWS/Vr9HslRrYT5TftL3jlhmj2tRfwxrw3HYjjIeRqqgtyvc4MzEhCcL", content = "evil.test\n192.0.2.1\n";
  constexpr std::string_view hashed =
      "untrusted comment: signature from minisign secret key\n"
      "RUS/Vr9HslRrYYcHqNXB78RYeL22oalIecJSU5e2/UoYcCNiy7tOd00RIdwvudho21GaScfWv8ZT/v4jBT3oaBQVBOXh2tDD5wY=\n"
      "trusted comment: signed for a test\n"
      "D+lz6JryVH5Gomdg5K9jFE1quZCdtUfiWBqKssmwhX7pXva6QH8r9W2SNnApbwhcSdRcI7FjpSLXYv/BsJBTBw==\n";
  constexpr std::string_view plain =
      "untrusted comment: signature from minisign secret key\n"
      "RWS/Vr9HslRrYecwOMoOSWFABiU5LjaFYG+2Qs93Demb0zwKUWPerP2wBr7ky+2W8DpYYUrJ+xWOf3CA/Ckyoh2Ho0n4gpP9mgw=\n"
      "trusted comment: the older kind\n"
      "q7lEkE5heIFIKqDbNlibFBT2/gmcLlnzAh1WHzAy4ypMrh0Fn1NtQomhpFr9Zt8cbHHud8pW5ZfdbiiLvm4PAg==\n";
  BOOST_TEST(refusal(key, content, hashed) == "");
  BOOST_TEST(refusal(key, content, plain) == "");
  BOOST_TEST(refusal(key, "evil.test\n192.0.2.2\n", hashed) == "the signature is not of this content");
}

BOOST_AUTO_TEST_CASE(both_kinds_of_signatures_are_verified) {
  const SampleSigner signer;
  for (const bool hashed : {true, false}) {
    const std::string signature = signer.sign("evil.test\n", "timestamp:1", hashed);
    BOOST_TEST(refusal(signer.public_key(), "evil.test\n", signature) == "");
    BOOST_TEST(refusal(signer.public_key(), "evil.tesT\n", signature) == "the signature is not of this content");
    BOOST_TEST(refusal(signer.public_key(), "", signature) == "the signature is not of this content");
  }
}

BOOST_AUTO_TEST_CASE(another_key_a_changed_comment_and_what_is_no_signature_are_refused) {
  const SampleSigner signer, other;
  std::string signature = signer.sign("x", "timestamp:1", true);
  BOOST_TEST(refusal(other.public_key(), "x", signature) == "the signature is of another key");
  BOOST_TEST(refusal("RW", "x", signature) == "the key is not a minisign public key");
  std::string changed = signature;
  changed[changed.find("timestamp:1") + 10] = '2';
  BOOST_TEST(refusal(signer.public_key(), "x", changed) == "the trusted comment is not the signer's");
  for (size_t size = 0; size + 1 < signature.size(); ++size) BOOST_TEST(refusal(signer.public_key(), "x", signature.substr(0, size)) != "");
  for (const char* bad : {"", "\n\n\n\n", "a\nb\nc\nd\n"}) BOOST_TEST(refusal(signer.public_key(), "x", bad) == "the signature is not one of minisign");
}

BOOST_AUTO_TEST_CASE(a_feed_with_a_key_is_read_only_with_its_signature) {
  const TemporaryFolder folder;
  const SampleSigner signer;
  FeedConfig feed{};
  feed.name = "acme";
  feed.path = folder.file("acme");
  feed.lines_max = 10;
  feed.public_key = signer.public_key();
  folder.write("acme", "evil.test\n");
  BOOST_TEST(describe(read_feed(feed, 1).error()) == folder.file("acme.minisig") + ": cannot be opened: No such file or directory");
  folder.write("acme.minisig", signer.sign("evil.test\n", "c", true));
  BOOST_TEST(read_feed(feed, 1).has_value());
  folder.write("acme", "good.test\n");
  BOOST_TEST(describe(read_feed(feed, 1).error()) == folder.file("acme.minisig") + ": the signature is not of this content");
}
