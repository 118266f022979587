// SPDX-License-Identifier: Apache-2.0
// Messages that two receivers read in different ways: each reading is told, and once that there are several.
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
Report request(std::string_view bytes) { return checked({client(bytes), end(c2s), end(s2c)}); }
// What is said of the first message; "" where there is one reading.
std::string readings(std::string_view bytes) {
  constexpr std::string_view start = "ambiguous 1 http.ambiguous: ";
  const Report report = request(bytes);
  BOOST_TEST(report.count(start) <= 1U);
  for (const std::string& line : report.lines)
    if (line.starts_with(start)) return line.substr(start.size());
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_anomaly_names_all_readings_of_a_request) {
  BOOST_TEST(readings("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == "");
  BOOST_TEST(readings("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n") == "");
  BOOST_TEST(
      readings(
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") ==
      "length by transfer-encoding or content-length");
  BOOST_TEST(readings("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab") ==
             "length of the first or the last content-length");
  BOOST_TEST(readings("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n") ==
             "content-length with or without what is no digit");
  BOOST_TEST(readings("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n") ==
             "transfer-encoding chunked or unknown");
  BOOST_TEST(readings("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") ==
             "host of the first or the last field");
  BOOST_TEST(readings("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n") == "host of the field or of the target");
  BOOST_TEST(readings("CONNECT a:443 HTTP/1.1\r\nHost: b:443\r\n\r\n") ==
             "host of the field or of the target");
  BOOST_TEST(readings("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\nY : c\nZ: 1\r\n\r\n") ==
             "folded field joined or two; line ended by LF or not; field name with white space known or not");
}

BOOST_AUTO_TEST_CASE(a_response_of_several_readings_is_named_as_well) {
  const Report report = checked(
      {client("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
       server(
           "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")});
  BOOST_TEST(report.has("ambiguous 1 http.ambiguous: length by transfer-encoding or content-length"));
  BOOST_TEST(report.has("anomaly 1 http.framing_ambiguous"));
}

// --- the smuggled request

BOOST_AUTO_TEST_CASE(a_request_that_only_the_reader_of_content_length_sees_is_told) {
  const std::string smuggled = "GET /evil HTTP/1.1\r\nHost: evil.test\r\nUser-Agent: bad\r\n\r\n";
  char size[16];
  std::snprintf(size, sizeof size, "%zx", smuggled.size());
  const std::string chunk_line = std::string(size) + "\r\n";
  const Report report =
      request("POST /front HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(chunk_line.size()) +
              "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk_line + smuggled + "\r\n0\r\n\r\n");
  BOOST_TEST(report.has("anomaly 2 http.smuggled_request"));
  BOOST_TEST(report.has("2 http.host=evil.test"));
  BOOST_TEST(report.has("2 http.user_agent=bad"));
  BOOST_TEST(report.has("2 http.full_url=http://evil.test/evil"));
  BOOST_TEST(report.count("body 1 http_request") == 1U);  // the other reading: all of it is the body
}

BOOST_AUTO_TEST_CASE(a_request_that_only_the_reader_of_chunks_sees_is_the_next_one) {
  const std::string rest = "0\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil.test\r\n\r\n";
  const Report report =
      request("POST /front HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(rest.size()) +
              "\r\nTransfer-Encoding: chunked\r\n\r\n" + rest);
  BOOST_TEST(report.has("2 http.url=/evil"));
  BOOST_TEST(report.count("anomaly 2 http.smuggled_request") == 0U);
}

BOOST_AUTO_TEST_CASE(a_request_behind_the_smaller_of_two_lengths_is_told) {
  const std::string smuggled = "GET /evil HTTP/1.1\r\nHost: evil.test\r\n\r\n";
  const Report report =
      request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(smuggled.size() + 2) +
              "\r\nContent-Length: 2\r\n\r\nab" + smuggled);
  BOOST_TEST(report.has("anomaly 2 http.smuggled_request"));
  BOOST_TEST(report.has("2 http.url=/evil"));
}

BOOST_AUTO_TEST_CASE(what_is_no_request_where_the_other_reading_ends_is_only_a_body) {
  const Report report = request(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  BOOST_TEST(report.count("begin ") == 1U);
  BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=hello"));
}

BOOST_AUTO_TEST_CASE(where_our_reading_fails_the_other_goes_on) {
  const std::string smuggled = "GET /evil HTTP/1.1\r\nHost: evil.test\r\n\r\n";
  for (const char* body : {"secret", "4\r\nse"}) {  // no chunk at all; a chunk that the other reader's end cuts
    const Report report = request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: " +
                                  std::to_string(std::string(body).size()) + "\r\n\r\n" + body + smuggled);
    BOOST_TEST(report.has("2 http.url=/evil"), body);
    BOOST_TEST(report.has("2 http.host=evil.test"), body);
  }
  // Cut anywhere, and with the head of the next request not yet there.
  for (const char* behind : {"GET /a/b?c=d HTTP/1.1\r", "GET /evil HTTP/1.1\r\nHost: evil.test\r\n\r\n"})
    BOOST_TEST(check_split_and_cut(http1_protocol, {client(std::string("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                                                                       "Content-Length: 6\r\n\r\nsecret") + behind)}) == "");
}

BOOST_AUTO_TEST_CASE(a_trailer_that_the_other_readers_end_cuts_is_read_whole) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 8\r\n\r\n";
  const Conversation conversation = {client(head + "0\r\nX-Trailer: GET / HTTP/1.1\r\n\r\n"), client("GET /next HTTP/1.1\r\nHost: h\r\n\r\n")};
  BOOST_TEST(run(http1_protocol, conversation).has("2 http.url=/next"));
  BOOST_TEST(check_split_and_cut(http1_protocol, conversation) == "");
}

BOOST_AUTO_TEST_CASE(the_wait_for_a_smuggled_head_is_bounded) {
  const auto with = [](size_t bytes) {
    const std::string start =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n";
    const std::string smuggled = "GET /evil HTTP/1.1\r\nX: ";
    return run(http1_protocol, {client(start + smuggled + std::string(bytes - smuggled.size(), 'x'))});
  };
  BOOST_TEST(with(http1::other_head_bytes_max - 1).count("begin ") == 1U);
  BOOST_TEST(with(http1::other_head_bytes_max).has("2 http.url=/evil"));
}

BOOST_AUTO_TEST_CASE(a_hole_behind_what_waits_for_a_smuggled_head_loses_no_byte_of_the_body) {
  const Report report =
      checked({client("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nContent-Length: 2\r\n\r\nabGET"),
               gap(c2s, 5), client("yzGET /next HTTP/1.1\r\nHost: h\r\n\r\n")});
  BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=abGET<gap 5>yz"));
  BOOST_TEST(report.has("2 http.url=/next"));
}

BOOST_AUTO_TEST_CASE(a_word_that_is_no_method_begins_no_smuggled_request_in_the_whole_as_in_pieces) {
  const Report report = request(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nContent-Length: 2\r\n\r\nsecretGET /next "
      "HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(report.count("begin ") == 2U);
  BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=secret"));
  BOOST_TEST(report.has("2 http.url=/next"));
  BOOST_TEST(!report.has("smuggled_request"));
}
