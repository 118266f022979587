// SPDX-License-Identifier: Apache-2.0
// Against keys and a signature that minisign 0.11 made, and each way of bending them.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "control/signatures/minisign.h"

using namespace sekisho;

namespace {

const std::string content = "an image";
const std::string public_key = "untrusted comment: minisign public key A69F57ED1C52DD6F\nRWRv3VIc7VefpvvOwOfBEkvvfCllfx8VuS8WgrbetpehpW/jEK1ErX6b\n";
const std::string secret_key =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAb91SHO1Xn6bNkpR8UkRM2OyCp3Gm8QuTOdAzTpAfg4nAQj1aHhnddvvOwOfBEkvvfCllfx8V"
    "uS8WgrbetpehpW/jEK1ErX6bAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
const std::string signature =
    "untrusted comment: signature from minisign secret key\n"
    "RURv3VIc7VefpudLUXrb91fo17lfjfk9vMStCjA16dDpHw9a/uzk9vP2jsaxXe1Swjf6Q1S7NDXZUJw4PeTCukFnKqWBOtCbDQY=\n"
    "trusted comment: serial:42\tby hand\n"
    "LSBNUeJsBYVC9e4JZ5FTEGIYfvkA/QlkXCI3Q2mN4tS/fWSS0cH1DcJ23HZKrDAKDOKQd9Xm1CpWUJgLFn/iBQ==\n";

std::string error_of(const std::string& text, const std::string& sig, const std::string& key) {
  const auto verified = verify_bytes(as_bytes(text), sig, key);
  return verified ? "verified" : verified.error().text;
}
std::string replaced(std::string text, std::string_view what, std::string_view by) { return text.replace(text.find(what), what.size(), by); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_signature_of_minisign_is_verified) {
  const auto comment = verify_bytes(as_bytes(content), signature, public_key);
  BOOST_REQUIRE(comment.has_value());
  BOOST_TEST(*comment == "serial:42\tby hand");
  BOOST_TEST(serial_of(*comment).value() == 42U);
}

BOOST_AUTO_TEST_CASE(a_public_key_may_be_its_second_line_alone) {
  const size_t line = public_key.find('\n') + 1;
  BOOST_TEST(error_of(content, signature, public_key.substr(line, public_key.size() - line - 1)) == "verified");
}

BOOST_AUTO_TEST_CASE(the_same_key_makes_the_same_signature) {
  const auto made = sign_bytes(as_bytes(content), secret_key, "serial:42\tby hand");
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->substr(made->find('\n')) == signature.substr(signature.find('\n')));
}

BOOST_AUTO_TEST_CASE(nothing_bent_or_cut_is_verified) {
  BOOST_TEST(error_of("an imagf", signature, public_key) == "the signature is not of this content");
  BOOST_TEST(error_of("", signature, public_key) == "the signature is not of this content");
  BOOST_TEST(error_of(content, replaced(signature, "serial:42", "serial:43"), public_key) == "the trusted comment is not the signer's");
  BOOST_TEST(error_of(content, replaced(signature, "RURv3", "RWRv3"), public_key).starts_with("the signature is a legacy one"));
  BOOST_TEST(error_of(content, replaced(signature, "RURv3", "RURv4"), public_key) == "the signature is of another key");
  BOOST_TEST(error_of(content, signature, signature) == "the key is not a minisign public key");
  BOOST_TEST(error_of(content, signature + "more\n", public_key) == "the signature is not one of minisign");
  const size_t first = signature.find('\n');
  for (size_t length = 0; length + 1 < signature.size(); ++length) BOOST_TEST(error_of(content, signature.substr(0, length), public_key) != "verified", length);
  for (size_t at = first; at + 1 < signature.size(); ++at)
    BOOST_TEST(error_of(content, replaced(signature, signature.substr(at), std::string(1, static_cast<char>(signature[at] ^ 1)) + signature.substr(at + 1)), public_key) != "verified", at);
}

BOOST_AUTO_TEST_CASE(a_secret_key_with_a_password_or_damaged_is_refused_with_the_reason) {
  const auto reason = [](const std::string& key, const char* comment = "c") { return sign_bytes(as_bytes(content), key, comment).error().text; };
  BOOST_TEST(reason(replaced(secret_key, "RWQAAEIy", "RWRTY0Iy")).find("password") != std::string::npos);
  BOOST_TEST(reason(replaced(secret_key, "bNkpR8", "bNkpR9")) == "is a damaged minisign secret key");
  BOOST_TEST(reason(public_key) == "is not a minisign secret key");
  BOOST_TEST(reason("") == "is not a minisign secret key");
  BOOST_TEST(reason(secret_key, "two\nlines") == "a trusted comment is one line");
}

BOOST_AUTO_TEST_CASE(serials_are_whole_numbers) {
  BOOST_TEST(serial_of("timestamp:1\tserial:18446744073709551615").value() == UINT64_MAX);
  for (const char* none : {"", "serial", "serial:", "serial:-1", "serial:1x", "xserial:1", "serial:18446744073709551616"}) BOOST_TEST(!serial_of(none).has_value(), none);
}
