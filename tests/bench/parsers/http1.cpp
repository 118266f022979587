// SPDX-License-Identifier: Apache-2.0
// Heads of requests and answers as browsers and nginx write them, without bodies, on connections that are
// kept (RFC 9112).
#include <random>

#include "tests/bench/parsers/workload.h"

namespace sekisho::bench {

namespace {

std::string hex(std::mt19937& random, size_t digits) {
  std::string out;
  for (size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[random() % 16];
  return out;
}

std::string request(std::mt19937& random) {
  const std::string host = "host" + std::to_string(random() % 100000) + ".cdn.example.test";
  return "GET /news/" + hex(random, 8) + "/story.html?id=" + hex(random, 8) +
         "&lang=ja HTTP/1.1\r\nHost: " + host +
         "\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/126.0.0.0 Safari/537.36\r\n"
         "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
         "Accept-Language: ja,en-US;q=0.7,en;q=0.3\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: "
         "http://" +
         host + "/news/\r\nCookie: session=" + hex(random, 16) + "; consent=" + hex(random, 120) +
         "; theme=light\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: "
         "same-origin\r\nConnection: keep-alive\r\n\r\n";
}

std::string answer(std::mt19937& random) {
  return "HTTP/1.1 304 Not Modified\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 10:00:00 "
         "GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
         "Last-Modified: Sat, 21 Nov 2026 08:30:00 GMT\r\nETag: \"" +
         hex(random, 12) +
         "\"\r\nCache-Control: max-age=3600\r\nVary: Accept-Encoding\r\nX-Request-Id: " + hex(random, 32) +
         "\r\nContent-Security-Policy: default-src 'self'; img-src 'self' data:; frame-ancestors 'none'\r\n"
         "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\nX-Content-Type-Options: "
         "nosniff\r\nConnection: keep-alive\r\n\r\n";
}

}  // namespace

void measure_http1(size_t rounds) {
  std::mt19937 random(1);
  Workload workload("http1, heads", "http", Transport::stream, Unit::bytes);
  constexpr size_t requests_a_flow = 8;
  while (workload.bytes() < (size_t{16} << 20)) {
    Script script;
    for (size_t i = 0; i < requests_a_flow; ++i) {
      script.say(Direction::client_to_server, request(random));
      script.say(Direction::server_to_client, answer(random));
    }
    workload.add(script, 2 * requests_a_flow);
  }
  workload.measure(rounds);
}

}  // namespace sekisho::bench
