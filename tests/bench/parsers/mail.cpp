// SPDX-License-Identifier: Apache-2.0
// Mails of one text and one attachment in base64, in segments, through the SMTP parser and the mail decoder
// (RFC 5321, RFC 2045).
#include <random>

#include "tests/bench/parsers/workload.h"

namespace sekisho::bench {

namespace {

std::string base64_lines(std::mt19937& random, size_t lines) {
  std::string out;
  for (size_t i = 0; i < lines; ++i) {
    for (size_t at = 0; at < 76; ++at) {
      out += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random() % 64];
    }
    out += "\r\n";
  }
  return out;
}

Script mail(std::mt19937& random) {
  constexpr Direction client = Direction::client_to_server, server = Direction::server_to_client;
  const std::string number = std::to_string(random() % 100000);
  Script script;
  script.say(server, "220 mail.example.test ESMTP Postfix\r\n");
  script.say(client, "EHLO host" + number + ".example.test\r\n");
  script.say(server, "250-mail.example.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
  script.say(client, "MAIL FROM:<a" + number + "@example.test>\r\n");
  script.say(server, "250 2.1.0 Ok\r\n");
  script.say(client, "RCPT TO:<b@example.test>\r\n");
  script.say(server, "250 2.1.5 Ok\r\n");
  script.say(client, "DATA\r\n");
  script.say(server, "354 End data with <CR><LF>.<CR><LF>\r\n");
  script.say_in_segments(
      client,
      "From: <a@example.test>\r\nTo: <b@example.test>\r\nSubject: Report " + number + "\r\nMessage-ID: <" +
          number +
          "@example.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_limit\"\r\n\r\n"
          "--=_limit\r\nContent-Type: text/plain\r\n\r\nSee the report.\r\n--=_limit\r\nContent-Type: "
          "application/pdf; name=\"report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
          "Content-Disposition: attachment; filename=\"report.pdf\"\r\n\r\n" +
          base64_lines(random, 6000) + "--=_limit--\r\n.\r\n",
      1448);
  script.say(server, "250 2.0.0 Ok: queued\r\n");
  script.say(client, "QUIT\r\n");
  script.say(server, "221 2.0.0 Bye\r\n");
  return script;
}

}  // namespace

void measure_mail(size_t rounds) {
  std::mt19937 random(1);
  Workload workload("smtp, base64 attachment, no hash", "smtp", Transport::stream, Unit::bytes);
  while (workload.bytes() < (size_t{16} << 20)) workload.add(mail(random), 1);
  workload.decode_mails();
  workload.measure(rounds);
}

}  // namespace sekisho::bench
