// SPDX-License-Identifier: Apache-2.0
// Fields that are more than a line: clients behind proxies, users and realms, ranges, multipart bodies,
// interim responses.
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/http1/limits.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;

namespace sekisho {
extern const Protocol http1_protocol;
}

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

Report checked(const Conversation& conversation) {
  BOOST_TEST(check_split_and_cut(http1_protocol, conversation) == "");
  return run(http1_protocol, conversation);
}
Report request_with(std::string_view fields) {
  return checked(
      {client("GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n\r\n"), end(c2s), end(s2c)});
}
Report response(std::string_view bytes) {
  return checked({client("GET /dir/a.bin HTTP/1.1\r\nHost: h\r\n\r\n"), server(bytes), end(s2c), end(c2s)});
}
// The values of a field, one a line.
std::string all(const Report& report, std::string_view field) {
  std::string values;
  const std::string start = "1 " + std::string(field) + "=";
  for (const std::string& line : report.lines)
    if (line.starts_with(start)) values += line.substr(start.size()) + "\n";
  return values;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_client_that_a_proxy_names_is_observed) {
  const auto clients = [](std::string_view fields) {
    return all(request_with(fields), "http.forwarded_for");
  };
  BOOST_TEST(
      clients("X-Forwarded-For: 192.0.2.1, 198.51.100.2:4711 ,\"[2001:db8::1]:80\", unknown, 2001:db8::2") ==
      "192.0.2.1\n198.51.100.2\n2001:db8::1\n2001:db8::2\n");
  BOOST_TEST(
      clients(
          "Forwarded: for=192.0.2.1;proto=http;by=203.0.113.9, For=\"[2001:db8::17]:4711\", for=_hidden") ==
      "192.0.2.1\n2001:db8::17\n_hidden\n");
  BOOST_TEST(clients("Forwarded: by=\"a,for=b;c\";for=192.0.2.7") == "192.0.2.7\n");
  BOOST_TEST(clients("X-Real-IP: 192.0.2.3\r\nTrue-Client-IP: 192.0.2.4\r\nCF-Connecting-IP: 192.0.2.5") ==
             "192.0.2.3\n192.0.2.4\n192.0.2.5\n");
  for (const char* nobody : {"X-Forwarded-For:", "X-Forwarded-For: ,,", "Forwarded: for",
                             "Forwarded: for=", "X-Forwarded-For: [", "Forwarded: for=\""})
    BOOST_TEST(clients(nobody) == "", nobody);
}

BOOST_AUTO_TEST_CASE(the_clients_of_one_field_are_bounded) {
  const auto with = [](size_t count) {
    std::string list;
    for (size_t i = 0; i < count; ++i) list += "192.0.2.1,";
    return run(http1_protocol, {client("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: " + list + "\r\n\r\n")})
        .count("1 http.forwarded_for=");
  };
  BOOST_TEST(with(http1::forwarded_clients_max) == http1::forwarded_clients_max);
  BOOST_TEST(with(http1::forwarded_clients_max + 1) == http1::forwarded_clients_max);
}

BOOST_AUTO_TEST_CASE(realms_of_credentials_and_challenges_are_observed) {
  const Report digest = request_with(
      "Proxy-Authorization: Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/\"");
  BOOST_TEST(digest.has("1 http.proxy_user=Mufasa"));
  BOOST_TEST(digest.has("1 http.proxy_auth_scheme=Digest"));
  BOOST_TEST(digest.has("1 http.auth_realm=http-auth@example.org"));
  BOOST_TEST(request_with("Authorization: Bearer abc").has("1 http.auth_scheme=Bearer"));
  BOOST_TEST(all(response("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"one\", Digest xrealm=\"no\", "
                          "realm=\"two\"\r\nContent-Length: 0\r\n\r\n"),
                 "http.auth_realm") == "one\ntwo\n");
  BOOST_TEST(response("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n")
                 .count("1 http.auth_realm") == 0U);
}

BOOST_AUTO_TEST_CASE(interim_responses_are_counted_and_their_fields_seen) {
  const Report report = response(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nContent-Length: "
      "9\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
  BOOST_TEST(all(report, "http.interim_status") == "100\n103\n");
  BOOST_TEST(report.has("1 http.response_header=Link: </style.css>"));
  BOOST_TEST(all(report, "http.content_length") == "1\n");
  BOOST_TEST(report.has("body 1 http_response name=a.bin type= complete bytes=x"));
}

BOOST_AUTO_TEST_CASE(a_range_of_a_file_is_said_to_be_one) {
  BOOST_TEST(
      response("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-4/10\r\nContent-Length: 3\r\n\r\nabc")
          .has("body 1 http_response name=a.bin type= range=2-4/10 complete bytes=abc"));
  BOOST_TEST(
      response("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/3\r\nContent-Length: 3\r\n\r\nabc")
          .has("body 1 http_response name=a.bin type= complete bytes=abc"));
  BOOST_TEST(response("HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\nabc")
                 .has("body 1 http_response name=a.bin type= range=?-?/? complete bytes=abc"));
  // RFC 9110 14.4: without 206 the field means nothing.
  BOOST_TEST(response("HTTP/1.1 200 OK\r\nContent-Range: bytes 2-4/10\r\nContent-Length: 3\r\n\r\nabc")
                 .has("body 1 http_response name=a.bin type= complete bytes=abc"));
  BOOST_TEST(
      checked(
          {client(
              "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Range: bytes 5-7/*\r\nContent-Length: 3\r\n\r\nabc")})
          .has("body 1 http_request name=a type= range=5-7/? complete bytes=abc"));
}
