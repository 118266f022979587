// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "dataplane/protocols/http1/limits.h"
#include "dataplane/protocols/http1/session.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;

namespace sekisho {
extern const Protocol http1_protocol;
}

namespace {

constexpr Direction c2s = Direction::client_to_server, s2c = Direction::server_to_client;

// The report, after checking that no split or cut changes it.
Report checked(const Conversation& conversation) {
  BOOST_TEST(check_split_and_cut(http1_protocol, conversation) == "");
  return run(http1_protocol, conversation);
}
Report request(std::string_view bytes) { return checked({client(bytes), end(c2s), end(s2c)}); }
Report response(std::string_view bytes, std::string_view method = "GET") {
  return checked({client(std::string(method) + " /dir/a%20b.txt?q HTTP/1.1\r\nHost: h\r\n\r\n"), server(bytes), end(s2c), end(c2s)});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_plain_exchange_is_told_in_order) {
  const Report report = checked({client("GET /index.html?x=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: A/1\r\n\r\n"),
                                 server("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\nContent-Length: 5\r\n\r\nHello")});
  BOOST_TEST(report.text() ==
             "begin 1 c2s\n1 http.method=GET\n1 http.url=/index.html?x=1\n1 http.target_form=0\n1 http.protocol=HTTP/1.1\n"
             "1 http.host=www.example.com\n1 http.request_header=Host: www.example.com\n"
             "1 http.user_agent=A/1\n1 http.request_header=User-Agent: A/1\n"
             "1 http.full_url=http://www.example.com/index.html?x=1\n1 http.request_body_bytes=0\n"
             "1 http.response_protocol=HTTP/1.1\n1 http.status=200\n1 http.reason=OK\n"
             "1 http.content_type=text/html; charset=x\n1 http.response_header=Content-Type: text/html; charset=x\n"
             "1 http.content_length=5\n1 http.response_header=Content-Length: 5\n"
             "body 1 http_response name=index.html type=text/html complete bytes=Hello\n"
             "1 http.response_body_bytes=5\nend 1 complete\nstatus need_more\n");
}

// ---- the URL in full ----

namespace {
// Each reading, one a line.
std::string full_urls(std::string_view request_head) {
  std::string urls;
  constexpr std::string_view start = "1 http.full_url=";
  for (const std::string& line : request(request_head).lines)
    if (line.starts_with(start)) urls += line.substr(start.size()) + "\n";
  return urls;
}
}  // namespace

namespace {
std::string decoded_urls(std::string_view target) {
  std::string urls;
  constexpr std::string_view start = "1 http.url_decoded=";
  for (const std::string& line : request("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n").lines)
    if (line.starts_with(start)) urls += line.substr(start.size()) + "\n";
  return urls;
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_target_is_told_decoded_where_that_changes_it) {
  BOOST_TEST(decoded_urls("/a?b=c") == "");
  BOOST_TEST(decoded_urls("/a+b?c%zz%4") == "");  // a plus of a path, escapes that are none
  BOOST_TEST(decoded_urls("/%65tc%2Fpasswd") == "/etc/passwd\n");
  BOOST_TEST(decoded_urls("/a+b?id=1+union%20select") == "/a+b?id=1 union select\n");
  BOOST_TEST(decoded_urls("/%3fa+b") == "/?a+b\n");
}

BOOST_AUTO_TEST_CASE(each_decoding_of_a_target_is_told_up_to_the_bound) {
  BOOST_TEST(decoded_urls("/%252e") == "/%2e\n/.\n");
  std::string thrice = "/%2e";
  for (unsigned i = 1; i < http1::target_decodings_max; ++i) thrice.insert(2, "25");
  const std::string head = " HTTP/1.1\r\nHost: h\r\n\r\n";
  BOOST_TEST(decoded_urls(thrice) == "/%252e\n/%2e\n/.\n");
  BOOST_TEST(request("GET " + thrice + head).count("anomaly 1 http.url_encoded_again") == 0U);
  std::string once_more = thrice;
  once_more.insert(2, "25");
  BOOST_TEST(decoded_urls(once_more) == "/%25252e\n/%252e\n/%2e\n");
  BOOST_TEST(request("GET " + once_more + head).count("anomaly 1 http.url_encoded_again") == 1U);
}

BOOST_AUTO_TEST_CASE(the_url_of_an_origin_form_request_is_its_host_and_target) {
  BOOST_TEST(full_urls("GET /a?b HTTP/1.1\r\nHost: Evil.test:8080\r\n\r\n") == "http://Evil.test:8080/a?b\n");
  BOOST_TEST(full_urls("GET //a HTTP/1.1\r\nhost: evil.test\r\n\r\n") == "http://evil.test//a\n");
  BOOST_TEST(full_urls("GET / HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n") == "http://[2001:db8::1]:81/\n");
  BOOST_TEST(full_urls("GET /a HTTP/1.0\r\nHost: evil.test\r\n\r\n") == "http://evil.test/a\n");
  BOOST_TEST(full_urls("GET /a HTTP/1.0\r\n\r\n") == "/a\n");  // of the server's address: the core knows it
  BOOST_TEST(full_urls("OPTIONS * HTTP/1.1\r\nHost: evil.test\r\n\r\n") == "");
}

BOOST_AUTO_TEST_CASE(the_url_of_an_absolute_or_authority_form_request_is_its_target) {
  BOOST_TEST(full_urls("GET http://u:p@evil.test/a HTTP/1.1\r\nHost: evil.test\r\n\r\n") == "http://u:p@evil.test/a\n");
  BOOST_TEST(full_urls("GET https://evil.test:8443?q HTTP/1.1\r\nHost: EVIL.test\r\n\r\n") == "https://evil.test:8443?q\n");
  BOOST_TEST(full_urls("CONNECT evil.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n") == "evil.test:443\n");
}

BOOST_AUTO_TEST_CASE(each_reading_of_host_and_target_makes_a_url) {
  BOOST_TEST(full_urls("GET http://a.test/x?y HTTP/1.1\r\nHost: b.test\r\n\r\n") == "http://a.test/x?y\nhttp://b.test/x?y\n");
  BOOST_TEST(full_urls("GET /x HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n") == "http://a.test/x\nhttp://b.test/x\n");
  BOOST_TEST(full_urls("GET http://a.test HTTP/1.1\r\nHost: b.test\r\nHost: c.test\r\n\r\n") ==
             "http://a.test\nhttp://b.test/\nhttp://c.test/\n");
  BOOST_TEST(full_urls("GET x HTTP/1.1\r\nHost: a.test\r\n\r\n") == "x\nhttp://a.test/x\n");
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_composed_url_are_bounded) {
  const auto with_host = [](size_t bytes) {
    return run(http1_protocol, {client("GET /" + std::string(http1::target_bytes_max, 'a') + " HTTP/1.1\r\nHost: " +
                                       std::string(bytes, 'h') + "\r\n\r\n")});
  };
  BOOST_TEST(with_host(http1::url_host_bytes_max).value("http.full_url").size() ==
             std::string_view("http://").size() + http1::url_host_bytes_max + http1::target_bytes_max);
  BOOST_TEST(with_host(http1::url_host_bytes_max + 1).value("http.full_url") == "");
}

// ---- pairing ----

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  const Report report = checked({client("GET /a HTTP/1.1\r\nHost: h\r\n\r\nHEAD /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n"),
                                 server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nA"
                                        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")});
  BOOST_TEST(report.has("body 1 http_response name=a type= complete bytes=A"));
  BOOST_TEST(report.has("2 http.status=200"));
  BOOST_TEST(report.has("3 http.status=304"));
  BOOST_TEST(report.count("end ") == 3U);
  BOOST_TEST(report.count("body ") == 1U);  // HEAD and 304 have none
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(interim_responses_are_passed_over) {
  const Report report = checked({client("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
                                 server("HTTP/1.1 100 Continue\r\n\r\n"), client("abc"),
                                 server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")});
  BOOST_TEST(report.count("1 http.status=") == 1U);
  BOOST_TEST(report.has("1 http.status=204"));
  BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=abc"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_response_before_the_end_of_its_request_waits_for_it) {
  const Report report = checked({client("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc"),
                                 server("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"), client("def")});
  BOOST_TEST(report.lines[report.lines.size() - 2] == "end 1 complete");
  BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=abcdef"));
}

BOOST_AUTO_TEST_CASE(a_refused_expectation_may_be_followed_by_the_next_request_or_by_the_body) {
  const std::string put = "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  const std::string refused = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
  const Report next = checked({client(put), server(refused), client("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"), end(s2c)});
  BOOST_TEST(next.has("2 http.url=/b"));
  BOOST_TEST(next.has("anomaly 1 http.smuggling"));
  BOOST_TEST(next.has("end 1 complete"));
  const Report body = checked({client(put), server(refused), client("abcdGET /b HTTP/1.1\r\nHost: h\r\n\r\n"), end(s2c)});
  BOOST_TEST(body.has("body 1 http_request name=a type= complete bytes=abcd"));
  BOOST_TEST(body.has("2 http.url=/b"));
  BOOST_TEST(body.count("anomaly") == 0U);
  BOOST_TEST(checked({client(put + "GET "), server(refused)}).has("body 1 http_request name=a type= complete bytes=GET "));
}

BOOST_AUTO_TEST_CASE(a_request_without_response_ends_incomplete) {
  const Report report = request("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_response_without_request_is_a_transaction_of_its_own) {
  const Report report = checked({server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")});
  BOOST_TEST(report.has("begin 1 s2c"));
  BOOST_TEST(report.has("anomaly 1 http.response_without_request"));
  BOOST_TEST(report.has("2 http.status=404"));
  BOOST_TEST(report.count("end ") == 2U);
}

BOOST_AUTO_TEST_CASE(a_response_to_half_a_request_belongs_to_it) {
  const Report report = checked({client("GET /x HTTP/1.1\r\nUser-Agent: M\r\n"), server("HTTP/1.0 408 Time-out\r\nContent-Length: 0\r\n\r\n"),
                                 end(c2s), end(s2c)});
  BOOST_TEST(report.count("begin ") == 1U);
  BOOST_TEST(report.has("1 http.status=408"));
  BOOST_TEST(report.has("1 http.url=/x"));
  BOOST_TEST(report.has("1 http.user_agent=M"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(the_pipeline_is_bounded_and_late_responses_are_not_paired_wrongly) {
  for (const unsigned count : {http1::open_requests_max, http1::open_requests_max + 1}) {
    std::string requests;
    for (unsigned i = 0; i < count; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    const Report report = run(http1_protocol, {client(requests), server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                                        "HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n")});
    const bool past = count > http1::open_requests_max;
    BOOST_TEST(report.count("anomaly " + std::to_string(count) + " http.pipeline_full") == (past ? 1U : 0U));
    BOOST_TEST(report.has(past ? "end 1 incomplete" : "end 1 complete"));
    BOOST_TEST(report.has("2 http.status=201"));
    BOOST_TEST(report.has("1 http.status=200") == !past);
  }
}

// ---- bodies ----

BOOST_AUTO_TEST_CASE(chunks_are_joined_and_trailers_observed) {
  const Report report = response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "5\r\nHello\r\n6;ext=1\r\n World\r\n0\r\nX-Sum: 1\r\n\r\n");
  BOOST_TEST(report.has("body 1 http_response name=a b.txt type= complete bytes=Hello World"));
  BOOST_TEST(report.has("1 http.response_header=X-Sum: 1"));
  BOOST_TEST(report.has("1 http.response_body_bytes=11"));
  BOOST_TEST(report.has("anomaly 1 http.chunk_extension"));
  BOOST_TEST(report.has("end 1 complete"));
}

BOOST_AUTO_TEST_CASE(a_body_without_length_ends_with_the_connection) {
  BOOST_TEST(response("HTTP/1.0 200 OK\r\n\r\nto the end").has("body 1 http_response name=a b.txt type= complete bytes=to the end"));
  const Report reset = run(http1_protocol, {client("GET / HTTP/1.0\r\n\r\n"), server("HTTP/1.0 200 OK\r\n\r\nx"), end(s2c, EndReason::reset)});
  BOOST_TEST(reset.has("body 1 http_response name= type= aborted bytes=x"));
  BOOST_TEST(reset.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(a_counted_body_that_stops_early_is_truncated) {
  const Report report = response("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
  BOOST_TEST(report.has("body 1 http_response name=a b.txt type= truncated bytes=short"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

BOOST_AUTO_TEST_CASE(what_the_core_needs_for_a_body_comes_with_it) {
  const Report report = response(
      "HTTP/1.1 200 OK\r\nContent-Type: application/zip ; x=y\r\nContent-Encoding: br, x-gzip\r\nTransfer-Encoding: deflate, chunked\r\n"
      "Content-Disposition: attachment; filename=\"old.zip\"; filename*=UTF-8''%e2%82%ac.zip\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  BOOST_TEST(report.has("body 1 http_response brotli gzip deflate name=\\xe2\\x82\\xac.zip type=application/zip complete bytes=abc"));
  const Report four = response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip\r\nContent-Length: 1\r\n\r\nx");
  BOOST_TEST(four.has("anomaly 1 http.too_many_encodings"));
  BOOST_TEST(four.has("body 1 http_response gzip gzip unknown name=a b.txt type= complete bytes=x"));
}

BOOST_AUTO_TEST_CASE(nobody_subscribed_to_bodies_and_the_bytes_still_count) {
  const Report report = run(http1_protocol, {client("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")}, {.bodies_wanted = false});
  BOOST_TEST(report.count("body") == 0U);
  BOOST_TEST(report.has("1 http.request_body_bytes=3"));
}

// ---- lenient readings ----

BOOST_AUTO_TEST_CASE(target_forms_name_their_hosts) {
  const Report absolute = request("GET HTTP://user@a.test:8080/x HTTP/1.1\r\nHost: A.TEST:8080\r\n\r\n");
  BOOST_TEST(absolute.has("1 http.target_form=1"));
  BOOST_TEST(absolute.has("1 http.target_host=a.test:8080"));
  BOOST_TEST(absolute.count("anomaly") == 0U);
  BOOST_TEST(request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").has("1 http.target_form=3"));
  const Report connect = request("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n");
  BOOST_TEST(connect.has("1 http.target_form=2"));
  BOOST_TEST(connect.has("1 http.target_host=a.test:443"));
}

BOOST_AUTO_TEST_CASE(http_0_9_has_a_body_and_no_head) {
  const Report report = checked({client("GET /old\r\nGET /ignored\r\n"), server("<html>"), end(s2c), end(c2s)});
  BOOST_TEST(report.has("1 http.protocol=HTTP/0.9"));
  BOOST_TEST(report.has("anomaly 1 http.no_version"));
  BOOST_TEST(report.count("begin ") == 1U);
  BOOST_TEST(report.has("body 1 http_response name=old type= complete bytes=<html>"));
}

BOOST_AUTO_TEST_CASE(odd_white_space_is_read_as_servers_read_it_and_said) {
  const Report report = request("\r\n GET \t/a b  HTTP/1.1\nHost : h\r\nX:1\r\n  folded\r\n\tmore\r\n\r\n");
  BOOST_TEST(report.has("1 http.method= GET"));
  BOOST_TEST(report.has("1 http.url=/a b"));
  BOOST_TEST(report.has("1 http.host=h"));
  BOOST_TEST(report.has("1 http.request_header=X:1 folded more"));
  for (const char* name : {"request_line_odd", "bare_lf", "space_before_colon", "folded"})
    BOOST_TEST(report.count("anomaly 1 http." + std::string(name)) == 1U);
}

BOOST_AUTO_TEST_CASE(a_nul_cuts_the_target_as_it_cuts_a_c_string) {
  const Report report = request(std::string_view("GET /a\0b HTTP/1.1\r\nHost: h\r\nX: \0y\r\n\r\n", 38));
  BOOST_TEST(report.has("1 http.url=/a"));
  BOOST_TEST(report.has("anomaly 1 http.nul"));
}

BOOST_AUTO_TEST_CASE(odd_methods_and_versions_are_requests) {
  BOOST_TEST(request("XYZZY /a HTTP/1.1\r\nHost: h\r\n\r\n").has("1 http.method=XYZZY"));
  BOOST_TEST(request("GET /a HTTP/1.10\r\nHost: h\r\n\r\n").has("anomaly 1 http.request_line_odd"));
  BOOST_TEST(response("HTTP/1.1  200\r\nContent-Length: 0\r\n\r\n").has("anomaly 1 http.status_line_odd"));
  BOOST_TEST(response("ICY 200 OK\r\nicy-name: x\r\n\r\nmp3").has("body 1 http_response name=a b.txt type= complete bytes=mp3"));
  BOOST_TEST(response("xxHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").has("anomaly 1 http.leading_junk"));
  BOOST_TEST(response("no http at all").has("body 1 http_response name=a b.txt type= complete bytes=no http at all"));
}

BOOST_AUTO_TEST_CASE(users_are_named_and_passwords_are_not) {
  const Report report = request("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
                                "Proxy-Authorization: Digest realm=\"x\", username=\"bob\", nc=1\r\n\r\n");
  BOOST_TEST(report.has("1 http.auth_scheme=Basic"));
  BOOST_TEST(report.has("1 http.auth_user=Aladdin"));
  BOOST_TEST(report.has("1 http.proxy_auth_scheme=Digest"));
  BOOST_TEST(report.has("1 http.proxy_user=bob"));
  const std::string at(http1::credentials_bytes_max, 'O'), past(http1::credentials_bytes_max + 4, 'O');  // "Ojjj" repeats 0x38..
  BOOST_TEST(request("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic OmE=" + at.substr(8) + "\r\n\r\n").count("1 http.auth_user=") == 1U);
  BOOST_TEST(run(http1_protocol, {client("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic OmE=" + past + "\r\n\r\n")}).count("1 http.auth_user=") == 0U);
}

BOOST_AUTO_TEST_CASE(forwarding_fields_cookies_and_the_rest_are_named) {
  const Report report = request("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\nForwarded: for=10.0.0.3\r\nCOOKIE: a=b\r\nReferer: http://r/\r\n\r\n");
  BOOST_TEST(report.has("1 http.xff=10.0.0.1, 10.0.0.2"));
  BOOST_TEST(report.has("1 http.xff=for=10.0.0.3"));
  BOOST_TEST(report.has("1 http.cookie=a=b"));
  BOOST_TEST(report.has("1 http.referer=http://r/"));
}

// ---- evasions ----

BOOST_AUTO_TEST_CASE(ambiguous_request_lengths_are_smuggling) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n", body = "\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char* fields : {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n",
                             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Transfer-Encoding:\x0b" "chunked\r\nContent-Length: 3\r\n",
                             "Transfer-Encoding : chunked\r\nContent-Length: 3\r\n", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n",
                             "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: \"chunked\"\r\n",
                             "Transfer-Encoding: \x0b" "chunked\r\n", "Transfer-Encoding: chunked\f\r\n"}) {
    const Report report = request(start + fields + body);
    BOOST_TEST(report.has("anomaly 1 http.smuggling"));
    BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=abc"));
  }
  for (const char* fields : {"Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3, 4\r\n", "Content-Length: 3\r\nContent-Length: +3\r\n",
                             "Content-Length: \x0b" "3\r\n", "Content-Length: 3\f\r\n"}) {
    const Report report = request(start + fields + "\r\nabc");
    BOOST_TEST(report.has("anomaly 1 http.smuggling"));
    BOOST_TEST(report.has("body 1 http_request name= type= complete bytes=abc"));
  }
  BOOST_TEST(request(start + "Transfer-Encoding: chunked,\r\n" + body).has("anomaly 1 http.transfer_encoding_odd"));
  const Report same = request(start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc");
  BOOST_TEST(same.has("anomaly 1 http.content_length_repeated"));
  BOOST_TEST(same.count("anomaly 1 http.smuggling") == 0U);
  BOOST_TEST(request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + body).has("anomaly 1 http.smuggling"));
}

BOOST_AUTO_TEST_CASE(ambiguous_response_lengths_are_said_and_an_unreadable_one_is_close_delimited) {
  const Report both = response("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
  BOOST_TEST(both.has("anomaly 1 http.framing_ambiguous"));
  BOOST_TEST(both.has("body 1 http_response name=a b.txt type= complete bytes=ab"));
  const Report unreadable = response("HTTP/1.1 200 OK\r\nContent-Length: 2.0\r\n\r\nabcd");
  BOOST_TEST(unreadable.has("anomaly 1 http.content_length_invalid"));
  BOOST_TEST(unreadable.has("body 1 http_response name=a b.txt type= complete bytes=abcd"));
  const Report not_chunked = response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nplain");
  BOOST_TEST(not_chunked.has("anomaly 1 http.chunk_invalid"));
  BOOST_TEST(not_chunked.has("body 1 http_response name=a b.txt type= complete bytes=plain"));
}

BOOST_AUTO_TEST_CASE(every_host_is_observed_and_a_second_one_is_ambiguous) {
  const Report two = request("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  BOOST_TEST(two.has("1 http.host=a"));
  BOOST_TEST(two.has("1 http.host=b"));
  BOOST_TEST(two.has("anomaly 1 http.host_ambiguous"));
  BOOST_TEST(request("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n").has("anomaly 1 http.host_ambiguous"));
  BOOST_TEST(request("GET / HTTP/1.1\r\n\r\n").has("anomaly 1 http.host_missing"));
}

BOOST_AUTO_TEST_CASE(chunk_sizes_past_the_bounds_are_malformed) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto status_of = [&](const std::string& body) { return run(http1_protocol, {client(head + body)}); };
  BOOST_TEST((status_of("10000000000\r\n").status == ParseStatus::need_more));  // 2^40
  const Report large = checked({client(head + "10000000001\r\nx")});
  BOOST_TEST((large.status == ParseStatus::malformed));
  BOOST_TEST(large.has("anomaly 1 http.chunk_too_large"));
  BOOST_TEST(large.has("end 1 incomplete"));
  BOOST_TEST((status_of(std::string(14, '0') + "1\r\nx").status == ParseStatus::need_more));
  BOOST_TEST(status_of(std::string(15, '0') + "1\r\nx").has("anomaly 1 http.chunk_too_large"));
  BOOST_TEST((status_of("1;" + std::string(http1::chunk_line_bytes_max - 4, 'e') + "\r\nx").status == ParseStatus::need_more));
  BOOST_TEST(status_of("1;" + std::string(http1::chunk_line_bytes_max - 3, 'e') + "\r\nx").has("anomaly 1 http.chunk_line_too_long"));
  BOOST_TEST(checked({client(head + "3\r\nabcX")}).has("anomaly 1 http.chunk_invalid"));
  BOOST_TEST(checked({client(head + "3\nabc\n0\n\n"), end(s2c)}).has("anomaly 1 http.chunk_bare_lf"));
}

BOOST_AUTO_TEST_CASE(trailers_are_bounded) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  BOOST_TEST((run(http1_protocol, {client(head + std::string(http1::trailer_line_bytes_max, 'x'))}).status == ParseStatus::need_more));
  BOOST_TEST((run(http1_protocol, {client(head + std::string(http1::trailer_line_bytes_max + 1, 'x'))}).status == ParseStatus::malformed));
  std::string lines;
  while (lines.size() < http1::trailer_bytes_max) lines += "X: 0123456789\r\n";
  BOOST_TEST(run(http1_protocol, {client(head + lines)}).has("anomaly 1 http.trailer_too_long"));
}

BOOST_AUTO_TEST_CASE(heads_are_bounded) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const auto of_size = [&](size_t bytes) { return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n"; };
  const Report at = run(http1_protocol, {client(of_size(http1::head_bytes_max)), end(s2c)});
  BOOST_TEST((at.status == ParseStatus::need_more));
  BOOST_TEST(at.count("anomaly") == 0U);
  const Report past = run(http1_protocol, {client(of_size(http1::head_bytes_max + 1))});
  BOOST_TEST((past.status == ParseStatus::malformed));
  BOOST_TEST(past.has("1 http.host=h"));
  BOOST_TEST(past.count("anomaly 0 http.head_too_long") == 1U);
  Conversation small_pieces;
  const std::string whole = of_size(http1::head_bytes_max + 1);
  for (size_t i = 0; i < whole.size(); i += 97) small_pieces.push_back(client(whole.substr(i, 97)));
  BOOST_TEST(run(http1_protocol, small_pieces).text() == past.text());
}

BOOST_AUTO_TEST_CASE(fields_targets_and_folds_are_bounded) {
  const auto with_fields = [](unsigned count) {
    std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (unsigned i = 1; i < count; ++i) text += "X: y\r\n";
    return run(http1_protocol, {client(text + "\r\n")});
  };
  BOOST_TEST(with_fields(http1::fields_max).count("anomaly") == 0U);
  BOOST_TEST(with_fields(http1::fields_max + 1).has("anomaly 1 http.too_many_fields"));
  BOOST_TEST(with_fields(http1::fields_max + 1).count("1 http.request_header=") == http1::fields_max);
  const auto with_target = [](size_t bytes) {
    return run(http1_protocol, {client("GET /" + std::string(bytes - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n")});
  };
  BOOST_TEST(with_target(http1::target_bytes_max).count("anomaly") == 0U);
  BOOST_TEST(with_target(http1::target_bytes_max + 1).has("anomaly 1 http.url_too_long"));
  BOOST_TEST(with_target(http1::target_bytes_max + 1).value("http.url").size() == http1::target_bytes_max);
  const auto with_fold = [](size_t bytes) {  // "X: a" + " " + the rest
    return run(http1_protocol, {client("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n " + std::string(bytes - 5, 'f') + "\r\n\r\n")});
  };
  BOOST_TEST(with_fold(http1::unfolded_bytes_max).count("anomaly 1 http.fold_too_long") == 0U);
  BOOST_TEST(with_fold(http1::unfolded_bytes_max + 1).has("anomaly 1 http.fold_too_long"));
}

// ---- tunnels ----

BOOST_AUTO_TEST_CASE(an_accepted_connect_hands_both_directions_off) {
  const std::string connect = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", ok = "HTTP/1.1 200 Connection established\r\n\r\n";
  const Report report = checked({client(connect), server(ok + "server first"), client("\x16\x03\x01")});
  BOOST_TEST(report.has("end 1 complete"));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(ok.size())));
  BOOST_TEST(report.has("handoff c2s " + std::to_string(connect.size())));
  BOOST_TEST(report.count("anomaly") == 0U);
  const Report early = checked({client(connect + "early"), server(ok)});
  BOOST_TEST(early.has("anomaly 1 tunnel.early_data"));
  BOOST_TEST(early.has("handoff c2s " + std::to_string(connect.size())));
}

BOOST_AUTO_TEST_CASE(where_a_connect_leads_is_told_without_its_port) {
  const auto target = [](const std::string& authority) {
    const Report report = checked({client("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n"),
                                   server("HTTP/1.1 200 OK\r\n\r\n")});
    return report.value("proxy.target") + " " + report.value("proxy.target_port");
  };
  BOOST_TEST(target("a.test:443") == "a.test 443");
  BOOST_TEST(target("a.test") == "a.test ");
  BOOST_TEST(target("[2001:db8::1]:8443") == "[2001:db8::1] 8443");
  BOOST_TEST(target("[2001:db8::1]") == "[2001:db8::1] ");
  BOOST_TEST(target("a.test:80x") == "a.test ");
}

BOOST_AUTO_TEST_CASE(a_refused_connect_goes_on_with_http) {
  const Report report = checked({client("CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\nHEAD /x HTTP/1.0\r\n\r\n"),
                                 server("HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno"
                                        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")});
  BOOST_TEST(report.count("handoff") == 0U);
  BOOST_TEST(report.has("1 http.status=407"));
  BOOST_TEST(report.has("2 http.method=HEAD"));
  BOOST_TEST(report.has("2 http.status=200"));
  BOOST_TEST(report.has("end 2 complete"));
}

BOOST_AUTO_TEST_CASE(a_connect_that_nobody_answers_becomes_a_tunnel_at_the_bound) {
  const std::string connect = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n";
  BOOST_TEST(run(http1_protocol, {client(connect + std::string(http1::held_bytes_max - 1, 'x'))}).count("handoff") == 0U);
  BOOST_TEST(run(http1_protocol, {client(connect + std::string(http1::held_bytes_max, 'x'))}).has("handoff c2s " + std::to_string(connect.size())));
}

BOOST_AUTO_TEST_CASE(switching_protocols_hands_off_and_a_refused_upgrade_does_not) {
  const std::string upgrade = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const std::string switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
  const Report report = checked({client(upgrade), server(switching + "\x81\x01x"), client("\x81\x81")});
  BOOST_TEST(report.has("1 http.status=101"));
  BOOST_TEST(report.has("handoff c2s " + std::to_string(upgrade.size())));
  BOOST_TEST(report.has("handoff s2c " + std::to_string(switching.size())));
  const Report refused = checked({client(upgrade + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")});
  BOOST_TEST(refused.has("2 http.url=/next"));
  BOOST_TEST(refused.count("handoff") == 0U);
}

// ---- holes, ends, garbage ----

BOOST_AUTO_TEST_CASE(a_hole_inside_a_counted_body_keeps_the_framing) {
  const Report report = checked({client("GET /f HTTP/1.1\r\nHost: h\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), gap(s2c, 5),
                                 server("cdeHTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")});
  BOOST_TEST(report.has("body 1 http_response name=f type= complete bytes=ab<gap 5>cde"));
  BOOST_TEST(report.has("2 http.status=500"));
}

BOOST_AUTO_TEST_CASE(a_hole_inside_a_chunk_keeps_the_framing_and_a_longer_one_does_not) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab";
  const Conversation asked = {client("GET /f HTTP/1.1\r\nHost: h\r\n\r\n"), server(head)};
  Conversation inside = asked, past = asked;
  inside.insert(inside.end(), {gap(s2c, 6), server("\r\n0\r\n\r\n")});
  BOOST_TEST(checked(inside).has("body 1 http_response name=f type= complete bytes=ab<gap 6>"));
  past.insert(past.end(), {gap(s2c, 7), server("junk\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")});
  const Report report = checked(past);
  BOOST_TEST(report.has("body 1 http_response name=f type= truncated bytes=ab"));
  BOOST_TEST(report.has("2 http.status=404"));
}

BOOST_AUTO_TEST_CASE(after_lost_responses_the_next_one_answers_the_newest_request) {
  const Report report = checked({client("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"), gap(s2c, 100), client("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"),
                                 server("tail\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")});
  BOOST_TEST(report.has("end 1 incomplete"));
  BOOST_TEST(report.has("2 http.status=200"));
}

BOOST_AUTO_TEST_CASE(a_flow_picked_up_in_its_middle_finds_the_next_message) {
  const Report report = checked({client("rest of a body\x01\r\nmore\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n"),
                                 server("...\nrest\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")});
  BOOST_TEST(report.has("1 http.url=/x"));
}

// A line that blanks precede may be anything after a hole: it is not waited for, and so not taken for a start line when it comes whole.
BOOST_AUTO_TEST_CASE(after_a_hole_a_start_line_begins_at_its_first_byte) {
  const Report whole = run(http1_protocol, {gap(s2c, 3), server("\tHTTP/2.1 100\n")});
  const Report pieces = run(http1_protocol, {gap(s2c, 3), server("\tHTTP/2."), server("1 100\n")});
  BOOST_TEST(!whole.has("anomaly 0 http.leading_junk"));
  BOOST_TEST(test::first_difference(whole, pieces, "in pieces") == "");
}

BOOST_AUTO_TEST_CASE(an_unexpected_body_is_passed_over) {
  const Report report = checked({client("POST / HTTP/1.1\r\nHost: h\r\n\r\nlogin=foo&password=bar\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"), end(s2c)});
  BOOST_TEST(report.has("anomaly 0 http.unexpected_data"));
  BOOST_TEST(report.has("2 http.url=/2"));
  const std::string one = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  BOOST_TEST((run(http1_protocol, {client(one + std::string(http1::garbage_bytes_max - 1, '{') + "\n")}).status == ParseStatus::need_more));
  BOOST_TEST((run(http1_protocol, {client(one + std::string(http1::garbage_bytes_max, '{') + "\n")}).status == ParseStatus::malformed));
}

BOOST_AUTO_TEST_CASE(a_cut_head_is_reported_as_far_as_it_came) {
  const Report report = checked({client("GET /cut HTTP/1.1\r\nHost: h\r\nUser-Ag"), end(c2s), end(s2c)});
  BOOST_TEST(report.has("1 http.url=/cut"));
  BOOST_TEST(report.has("1 http.host=h"));
  BOOST_TEST(report.has("end 1 incomplete"));
}

// ---- detection ----

BOOST_AUTO_TEST_CASE(detection_goes_by_content) {
  const auto probe = [](std::string_view text, Direction direction = c2s) {
    return http1_protocol.probe(as_bytes(text), direction, Transport::stream);
  };
  using enum ProbeResult;
  for (const char* text : {"GET / HTTP/1.1\r\n", "XYZZY /a HTTP/1.0\r\nX", "\r\nGET /x\r\n", " GET / HTTP/1.0\r\n", "GET /\n"})
    BOOST_TEST((probe(text) == certain), text);
  for (const char* text : {"", "G", "GET ", "GET /path HTTP/1", "XYZZY"}) BOOST_TEST((probe(text) == unsure), text);
  for (const char* text : {"EHLO a.test\r\n", "PRI * HTTP/2.0\r\n\r\n", "\x16\x03\x01", "OPTIONS rtsp://a/ RTSP/1.0\r\n", "USER x\r\n", "\n\x01"})
    BOOST_TEST((probe(text) == not_for_us), text);
  BOOST_TEST((probe("GET /" + std::string(400, 'a')) == certain));
  BOOST_TEST((probe("HTTP/1.1 200", s2c) == certain));
  BOOST_TEST((probe("HTT", s2c) == unsure));
  BOOST_TEST((probe("220 smtp", s2c) == not_for_us));
  BOOST_TEST((http1_protocol.probe(as_bytes("GET / HTTP/1.1\r\n"), c2s, Transport::datagram) == not_for_us));
}
