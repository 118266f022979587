// SPDX-License-Identifier: Apache-2.0
// Conversations made at random as LibHTP reads them. Where they are well formed we read them alike and flag
// nothing; where they are hostile we read them alike, or say that there is something to disagree about.
#include <htp/htp.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <random>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;

namespace sekisho {
extern const Protocol http1_protocol;
}

namespace {

// One exchange as a reader sees it. Fields by name in lower case; those of one name are joined as RFC
// 9110 5.3 has it.
struct Exchange {
  std::string method, target, status = "0", request_body, response_body;
  std::map<std::string, std::string> request_fields, response_fields;
  bool operator==(const Exchange&) const = default;
};
using Exchanges = std::vector<Exchange>;

struct Sent {
  std::string client, server;
};

enum class Manner : uint8_t { well_formed, hostile };

class Maker {
 public:
  Maker(uint64_t seed, Manner manner) : random_(seed), manner_(manner) {}

  Sent conversation() {
    Sent sent;
    const unsigned count = 1 + below(3);
    for (unsigned i = 0; i < count; ++i) {
      sent.client += request();
      sent.server += response(i + 1 == count);
    }
    return sent;
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  template <size_t count>
  std::string one_of(const std::string_view (&choices)[count]) {
    return std::string(choices[below(count)]);
  }
  // In hostile conversations, one time in `rarity`.
  bool odd(unsigned rarity) { return manner_ == Manner::hostile && below(3 * rarity) == 0; }

  std::string octets(unsigned count) {
    std::string text;
    while (count-- > 0) text += static_cast<char>(random_());
    return text;
  }
  std::string line_end() { return odd(40) ? "\n" : "\r\n"; }

  std::string request() {
    static constexpr std::string_view methods[] = {"GET",     "POST",   "PUT",     "HEAD",
                                                   "OPTIONS", "DELETE", "PROPFIND"};
    static constexpr std::string_view targets[] = {"/",
                                                   "/a/b.html?x=1&y=%20",
                                                   "/%2e%2e/etc/passwd",
                                                   "/a;b=c?q",
                                                   "/long/"
                                                   "0123456789012345678901234567890123456789",
                                                   "/?a=http://other.test/"};
    static constexpr std::string_view odd_targets[] = {
        "http://absolute.test/x", "/a b", "a", "/\x01", "/\\..\\x", "/\xff", "//x/y", "/a\tb"};
    static constexpr std::string_view odd_versions[] = {" HTTP/1.0",  " HTTP/1.2",  " http/1.1", "  HTTP/1.1",
                                                        "\tHTTP/1.1", " HTTP/1.1 ", " HTTP/01.1"};
    method_ = one_of(methods);
    std::string text = odd(12) ? "\r\n" : "";
    text += odd(20) ? " " + method_ : odd(20) ? method_ + " " : method_;
    text += " " + (odd(6) ? one_of(odd_targets) : one_of(targets));
    text += (odd(8) ? one_of(odd_versions) : " HTTP/1.1") + line_end();
    if (!odd(10)) text += field("Host", "www.site.test");
    if (odd(10)) text += field("Host", "other.test");
    return text + fields() + body(method_ == "POST" || method_ == "PUT", false);
  }

  std::string response(bool last) {
    static constexpr std::string_view lines[] = {
        "HTTP/1.1 200 OK",      "HTTP/1.1 404 Not Found",    "HTTP/1.1 206 Partial Content",
        "HTTP/1.1 500 Oh dear", "HTTP/1.1 304 Not Modified", "HTTP/1.1 204 No Content",
        "HTTP/1.1 200 "};
    static constexpr std::string_view odd_lines[] = {
        "HTTP/1.1 200",   "HTTP/1.0 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 2000 OK", "HTTP/1.1\t200\tOK",
        "HTTP/1.1 099 X", "HTTP/1.1 20 OK",  "HTTP/2.0 200 OK",  "HTTP/1.1 200OK"};
    std::string text = odd(20) ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
    const std::string line = odd(8) ? one_of(odd_lines) : one_of(lines);
    text += line + line_end() + fields();
    const bool bodiless = line.find("304") != line.npos || line.find("204") != line.npos || method_ == "HEAD";
    return text + (bodiless ? line_end() : body(true, last));
  }

  std::string field(const std::string& name, const std::string& value) {
    static constexpr std::string_view odd_starts[] = {" :", "\t:", ":", ": \t ", ":\t"};
    static constexpr std::string_view odd_ends[] = {" ", "\t", "\r\n folded", "\r\n\tfolded", "\n folded"};
    std::string start = odd(20) ? one_of(odd_starts) : ": ";
    std::string end = odd(20) ? one_of(odd_ends) : "";
    if (odd(80)) end += std::string(1, '\0') + "after";
    return name + start + value + end + line_end();
  }

  std::string fields() {
    static constexpr std::string_view names[] = {"User-Agent", "Accept", "X-One", "x-two",
                                                 "Cookie",     "Via",    "ETag",  "X_Under.Score~"};
    static constexpr std::string_view values[] = {
        "Mozilla/5.0 (X11)", "*/*", "a, b,c", "k=v; other=\"quoted\"", "\xc3\xbc and \xff", "", "a:b:c", "1"};
    static constexpr std::string_view odd_lines[] = {
        "no colon here", ": no name", "bad name: x", "na\x01me: x", "(x): y", "X-Cr: a\rb", "X-Last:"};
    std::string text;
    for (unsigned left = below(5); left > 0; --left) text += field(one_of(names), one_of(values));
    if (odd(10)) text += one_of(odd_lines) + line_end();
    return text;
  }

  // With the fields that frame it and the empty line.
  std::string body(bool has, bool until_close) {
    if (!has) return line_end();
    const std::string content = octets(below(4) == 0 ? below(5000) : below(40));
    const std::string length = std::to_string(content.size());
    switch (below(until_close ? 3 : 2)) {
      case 0:
        return odd_lengths() + field("Content-Length", odd(15) ? odd_length(length) : length) + line_end() +
               content;
      case 1:
        return odd_lengths() + field("Transfer-Encoding", odd(8) ? odd_coding() : "chunked") + line_end() +
               chunks(content);
      default: return line_end() + content;
    }
  }

  std::string odd_lengths() {
    static constexpr std::string_view lines[] = {"Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
                                                 "Content-Length: 0\r\n", "Transfer-Encoding: identity\r\n",
                                                 "Content-Length: 5, 5\r\n"};
    return odd(8) ? one_of(lines) : "";
  }
  std::string odd_length(const std::string& length) {
    static constexpr std::string_view starts[] = {"+", "0", "-", "0x", " "};
    static constexpr std::string_view ends[] = {"a", " 1", ",", ".0", ";"};
    return below(2) == 0 ? one_of(starts) + length : length + one_of(ends);
  }
  // Without "gzip, chunked", which is legal, and of which LibHTP reads no body.
  std::string odd_coding() {
    static constexpr std::string_view codings[] = {"Chunked",
                                                   "xchunked",
                                                   "chunked, chunked",
                                                   "chunked, identity",
                                                   "chunked;q=1",
                                                   "\x0b"
                                                   "chunked",
                                                   "\"chunked\"",
                                                   "chunked,"};
    return one_of(codings);
  }

  std::string chunks(const std::string& content) {
    static constexpr std::string_view odd_extensions[] = {";a=b", " ", ";", " ;x", "\t", "x"};
    std::string text;
    for (size_t at = 0; at < content.size();) {
      const size_t size = std::min<size_t>(content.size() - at, 1 + below(700));
      text += (odd(10) ? "000" : "") + hex(size) + (odd(8) ? one_of(odd_extensions) : "") + line_end();
      text += content.substr(at, size) + (odd(30) ? "\n" : odd(60) ? "" : "\r\n");
      at += size;
    }
    text += "0" + line_end();
    if (below(4) == 0) text += "X-Trailer: sum\r\n";
    return text + "\r\n";
  }
  std::string hex(size_t size) {
    char digits[20];
    std::snprintf(digits, sizeof digits, below(2) == 0 ? "%zx" : "%zX", size);
    return digits;
  }

  std::mt19937_64 random_;
  Manner manner_;
  std::string method_;
};

// ---- LibHTP ----

std::string text_of(const bstr* text) {
  return text == nullptr ? "" : printable({reinterpret_cast<const char*>(bstr_ptr(text)), bstr_len(text)});
}
std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return text;
}
std::map<std::string, std::string> fields_of(const htp_table_t* table) {
  std::map<std::string, std::string> fields;
  for (size_t i = 0; i < htp_table_size(table); ++i) {
    const auto* field = static_cast<const htp_header_t*>(htp_table_get_index(table, i, nullptr));
    fields[lower(text_of(field->name))] = text_of(field->value);
  }
  return fields;
}

// As LibHTP reads a conversation; `calm`: it remarks nothing.
class Oracle {
 public:
  explicit Oracle(const Sent& sent) {
    htp_cfg_t* settings = htp_config_create();
    htp_config_set_server_personality(settings, HTP_SERVER_GENERIC);
    htp_config_set_response_decompression(settings, 0);
    htp_config_register_request_body_data(settings,
                                          [](htp_tx_data_t* part) { return append(part, &Bodies::request); });
    htp_config_register_response_body_data(
        settings, [](htp_tx_data_t* part) { return append(part, &Bodies::response); });
    htp_connp_t* parser = htp_connp_create(settings);
    htp_connp_set_user_data(parser, &bodies_);
    htp_connp_open(parser, "192.0.2.1", 40000, "198.51.100.7", 80, nullptr);
    const int in = htp_connp_req_data(parser, nullptr, sent.client.data(), sent.client.size());
    const int out = htp_connp_res_data(parser, nullptr, sent.server.data(), sent.server.size());
    htp_connp_close(parser, nullptr);
    const htp_conn_t* connection = htp_connp_get_connection(parser);
    calm = in != HTP_STREAM_ERROR && out != HTP_STREAM_ERROR && htp_list_size(connection->messages) == 0;
    for (size_t i = 0; i < htp_list_size(connection->transactions); ++i)
      if (const auto* tx = static_cast<const htp_tx_t*>(htp_list_get(connection->transactions, i))) add(*tx);
    htp_connp_destroy_all(parser);
    htp_config_destroy(settings);
  }

  Exchanges exchanges;
  bool calm = true;

 private:
  struct Bodies {
    std::map<const htp_tx_t*, std::string> request, response;
  };
  static int append(htp_tx_data_t* part, std::map<const htp_tx_t*, std::string> Bodies::*of) {
    auto& bodies = *static_cast<Bodies*>(htp_connp_get_user_data(part->tx->connp));
    if (part->data != nullptr)
      (bodies.*of)[part->tx].append(reinterpret_cast<const char*>(part->data), part->len);
    return HTP_OK;
  }
  void add(const htp_tx_t& tx) {
    if (tx.request_line == nullptr && tx.response_line == nullptr) return;
    exchanges.push_back({text_of(tx.request_method), text_of(tx.request_uri),
                         std::to_string(std::atoi(text_of(tx.response_status).c_str())),
                         printable(bodies_.request[&tx]), printable(bodies_.response[&tx]),
                         fields_of(tx.request_headers), fields_of(tx.response_headers)});
  }

  Bodies bodies_;
};

// ---- ours ----

// Blanks around a value are not part of it (RFC 9112 5); here they are printable already.
std::string trimmed(std::string text) {
  constexpr std::string_view tab = "\\x09";
  for (;;) {
    if (text.starts_with(' '))
      text.erase(0, 1);
    else if (text.ends_with(' '))
      text.pop_back();
    else if (text.starts_with(tab))
      text.erase(0, tab.size());
    else if (text.ends_with(tab))
      text.erase(text.size() - tab.size());
    else
      return text;
  }
}

void join(std::map<std::string, std::string>& fields, const std::string& line) {
  const size_t colon = line.find(':');
  const std::string name = lower(line.substr(0, colon)),
                    value = colon == line.npos ? "" : trimmed(line.substr(colon + 1));
  const auto [at, is_new] = fields.emplace(name, value);
  if (!is_new) at->second += ", " + value;
}

// LibHTP takes the empty line before a pipelined request, which servers skip (RFC 9112 2.2), for the body of
// the request before.
void drop_empty_lines(Exchanges& theirs, const Exchanges& ours) {
  for (size_t i = 0; i < std::min(theirs.size(), ours.size()); ++i)
    if (theirs[i].request_body == ours[i].request_body + "\\x0d\\x0a")
      theirs[i].request_body = ours[i].request_body;
}

struct Ours {
  Exchanges exchanges;
  std::string flags;
};

void take(const std::string& line, Exchange& exchange) {
  const auto after = [&](std::string_view key, auto&& use) {
    const size_t at = line.find(' ') + 1;
    if (line.compare(at, key.size(), key) == 0) use(line.substr(at + key.size()));
  };
  after("http.method=", [&](std::string value) { exchange.method = value; });
  after("http.url=", [&](std::string value) { exchange.target = value; });
  after("http.status=", [&](std::string value) { exchange.status = value; });
  after("http.request_header=", [&](const std::string& value) { join(exchange.request_fields, value); });
  after("http.response_header=", [&](const std::string& value) { join(exchange.response_fields, value); });
}

Ours read_by_us(const Sent& sent) {
  const Report report =
      run(http1_protocol, {client(sent.client), server(sent.server), end(Direction::client_to_server),
                           end(Direction::server_to_client)});
  std::map<int, Exchange> by_tx;
  Ours ours;
  for (const std::string& line : report.lines) {
    if (line.starts_with("anomaly") || line.starts_with("ambiguous")) ours.flags += line + "\n";
    if (line.starts_with("begin ")) by_tx[std::atoi(&line[6])] = {};
    if (line.starts_with("body ")) {
      Exchange& exchange = by_tx[std::atoi(&line[5])];
      std::string& body =
          line.find(" http_request ") != line.npos ? exchange.request_body : exchange.response_body;
      if (line.find(" http_query ") == line.npos) body = line.substr(line.find(" bytes=") + 7);
    }
    if (std::isdigit(static_cast<unsigned char>(line[0]))) take(line, by_tx[std::atoi(line.c_str())]);
  }
  for (auto& [tx, exchange] : by_tx) ours.exchanges.push_back(std::move(exchange));
  return ours;
}

std::string told(const Exchanges& exchanges) {
  std::string text;
  for (const Exchange& exchange : exchanges) {
    text += "    " + exchange.method + " " + exchange.target + " -> " + exchange.status + "\n";
    for (const auto& [name, value] : exchange.request_fields) text += "      > " + name + ": " + value + "\n";
    text += "      > (" + std::to_string(exchange.request_body.size()) + ") " +
            exchange.request_body.substr(0, 60) + "\n";
    for (const auto& [name, value] : exchange.response_fields)
      text += "      < " + name + ": " + value + "\n";
    text += "      < (" + std::to_string(exchange.response_body.size()) + ") " +
            exchange.response_body.substr(0, 60) + "\n";
  }
  return text;
}

std::string difference(uint64_t seed, const Sent& sent, const Exchanges& theirs, const Ours& ours) {
  return "seed " + std::to_string(seed) + "\n" + printable(sent.client).substr(0, 1500) + "\n" +
         printable(sent.server).substr(0, 1500) + "\n  LibHTP\n" + told(theirs) + "  ours\n" +
         told(ours.exchanges) + ours.flags;
}

}  // namespace

BOOST_AUTO_TEST_CASE(well_formed_conversations_are_read_as_libhtp_reads_them_and_nothing_is_flagged) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    const Sent sent = Maker(seed, Manner::well_formed).conversation();
    const Oracle oracle(sent);
    const Ours ours = read_by_us(sent);
    BOOST_TEST(ours.flags == "");
    BOOST_TEST((ours.exchanges == oracle.exchanges), difference(seed, sent, oracle.exchanges, ours));
  }
}

BOOST_AUTO_TEST_CASE(a_hostile_conversation_that_libhtp_reads_otherwise_is_flagged) {
  unsigned alike = 0, flagged = 0;
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    const Sent sent = Maker(seed, Manner::hostile).conversation();
    Oracle oracle(sent);
    const Ours ours = read_by_us(sent);
    drop_empty_lines(oracle.exchanges, ours.exchanges);
    if (ours.exchanges == oracle.exchanges)
      ++alike;
    else
      BOOST_TEST(!ours.flags.empty(), difference(seed, sent, oracle.exchanges, ours));
    flagged += !ours.flags.empty();
  }
  BOOST_TEST_MESSAGE(alike << " of 1500 read alike, " << flagged << " flagged");
  BOOST_TEST(alike > 750U);  // else nothing was compared
}
