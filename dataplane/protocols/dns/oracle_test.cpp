// SPDX-License-Identifier: Apache-2.0
// Messages made at random, whole and damaged, as ldns reads them: what ldns accepts we read alike, value by value.
#include <stdbool.h>  // else ldns makes a macro of bool

#include <ldns/ldns.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>

#include "dataplane/protocols/dns/name.h"
#include "dataplane/protocols/dns/test_message.h"
#include "dataplane/protocols/parser_harness.h"

using namespace sekisho;
using namespace sekisho::test;
using namespace sekisho::dns::test;

namespace sekisho {
extern const Protocol dns_protocol;
}

namespace {

// What a type's data consists of: a, A: address; n: name; 1, 2, 4: numbers; s: a character-string, S:
// several; h: octets; t: a type map; p: SVCB's parameters.
struct Shape {
  uint16_t type;
  std::string_view parts;
};
constexpr Shape shapes[] = {{1, "a"},     {2, "n"},     {5, "n"},     {6, "nn44444"}, {12, "n"},
                            {13, "ss"},   {14, "nn"},   {15, "2n"},   {16, "S"},      {17, "nn"},
                            {18, "2n"},   {28, "A"},    {33, "222n"}, {35, "22sssn"}, {36, "2n"},
                            {37, "221h"}, {39, "n"},    {43, "211h"}, {44, "11h"},    {46, "2114442nh"},
                            {47, "nt"},   {48, "211h"}, {49, "h"},    {50, "112sst"}, {51, "112s"},
                            {52, "111h"}, {53, "111h"}, {59, "211h"}, {60, "211h"},   {61, "h"},
                            {62, "42t"},  {63, "411h"}, {64, "2np"},  {65, "2np"},    {99, "S"},
                            {256, "22h"}, {257, "1sh"}, {3000, "h"}};

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  std::string message() {
    const Counts counts{below(8) == 0 ? below(3) : 1, below(4), below(3), below(3)};
    const bool opt = below(2) == 0;
    const unsigned flags = below(2) == 0 ? 0x8180 | below(16) : below(4) == 0 ? below(65536) : 0x0100;
    out_ = header(below(65536), flags,
                  {counts.questions, counts.answers, counts.authorities, counts.additionals + opt});
    for (unsigned i = 0; i < counts.questions; ++i) {
      name();
      out_ += u16(shape().type) + u16(1);
    }
    for (unsigned i = 0; i < counts.answers + counts.authorities + counts.additionals; ++i) record();
    if (opt) edns();
    return below(2) == 0 ? out_ : damaged();
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  const Shape& shape() { return shapes[below(std::size(shapes))]; }
  std::string octets(unsigned count) {
    std::string text;
    while (count-- > 0) text += static_cast<char>(random_());
    return text;
  }

  // Labels, then often a pointer at an earlier name.
  void name() {
    static constexpr std::string_view labels[] = {"www",  "Mail",       "a",   "xn--bcher-kva",
                                                  "_sip", "with blank", "d.t", "back\\slash"};
    const size_t begin = out_.size();
    for (unsigned left = below(4); left > 0; --left)
      out_ += label(below(12) == 0 ? octets(1 + below(63)) : std::string(labels[below(std::size(labels))]));
    if (!names_.empty() && below(2) == 0)
      out_ += pointer(static_cast<unsigned>(names_[below(static_cast<unsigned>(names_.size()))]));
    else
      out_ += '\0';
    if (begin < 0x4000) names_.push_back(begin);
  }

  void record() {
    const Shape& of = shape();
    name();
    out_ += u16(of.type) + u16(1) + u32(below(100000));
    const size_t length_at = out_.size();
    out_ += u16(0);
    for (const char part : of.parts) data(part);
    const std::string length = u16(static_cast<unsigned>(out_.size() - length_at - 2));
    out_.replace(length_at, 2, length);
  }

  void data(char part) {
    switch (part) {
      case 'a': out_ += octets(4); return;
      case 'A': out_ += octets(16); return;
      case 'n': return name();
      case '1':
      case '2':
      case '4': out_ += octets(static_cast<unsigned>(part - '0')); return;
      case 's': out_ += label(octets(1 + below(20))); return;
      case 'S':
        for (unsigned left = 1 + below(3); left > 0; --left) out_ += label(octets(below(30)));
        return;
      case 'h': out_ += octets(1 + below(40)); return;
      case 't': out_ += u8(0) + label(octets(1 + below(32))); return;
      default: return parameters();
    }
  }

  void parameters() {
    if (below(2) == 0) out_ += u16(1) + u16(3) + label("h2");
    if (below(2) == 0) out_ += u16(3) + u16(2) + u16(below(65536));
    if (below(2) == 0) out_ += u16(4) + u16(8) + octets(8);
    if (below(2) == 0) out_ += u16(6) + u16(16) + octets(16);
  }

  void edns() {
    std::string options;
    if (below(2) == 0) options += u16(10) + u16(8) + octets(8);
    if (below(3) == 0) options += u16(12) + u16(5) + std::string(5, '\0');
    out_ += '\0' + u16(41) + u16(below(65536)) + u8(below(4) == 0 ? below(256) : 0) + u8(0) +
            u16(below(2) << 15) + u16(static_cast<unsigned>(options.size())) + options;
  }

  std::string damaged() {
    std::string text = out_;
    for (unsigned left = 1 + below(3); left > 0 && text.size() > 12; --left) {
      const unsigned at = below(static_cast<unsigned>(text.size()));
      switch (below(6)) {
        case 0: text.resize(at); break;
        case 1: text[at] = static_cast<char>(random_()); break;
        case 2: text.insert(at, octets(1 + below(4))); break;
        case 3: text.erase(at, 1 + below(4)); break;
        case 4: text[4 + 2 * below(4) + 1] = static_cast<char>(below(8)); break;
        default: text[at] = static_cast<char>(text[at] ^ 1 << below(8)); break;
      }
    }
    return text;
  }

  std::mt19937_64 random_;
  std::string out_;
  std::vector<size_t> names_;
};

Bytes bytes_of(const ldns_rdf* part) { return {ldns_rdf_data(part), ldns_rdf_size(part)}; }

// ldns has undone the compression.
std::string name_of(const ldns_rdf* name) {
  dns::NameReader reader(bytes_of(name));
  return printable(reader.read(0).text);
}

// What sekisho's report of the same message must hold, line by line.
class Expected {
 public:
  explicit Expected(const ldns_pkt& packet) : packet_(packet) {
    number("id", ldns_pkt_id(&packet));
    number("opcode", ldns_pkt_get_opcode(&packet));
    const ldns_rr_list* questions = ldns_pkt_question(&packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(questions); ++i) question(*ldns_rr_list_rr(questions, i));
    records("answer", ldns_pkt_answer(&packet));
    records("authority", ldns_pkt_authority(&packet));
    records("additional", ldns_pkt_additional(&packet));
    if (ldns_pkt_edns(&packet)) edns();
    if (ldns_pkt_qr(&packet))
      number("rcode", unsigned{ldns_pkt_edns_extended_rcode(&packet)} << 4 | ldns_pkt_get_rcode(&packet));
  }

  std::vector<std::string> lines;

 private:
  void line(const std::string& field, const std::string& value) {
    lines.push_back("1 dns." + field + "=" + value);
  }
  void number(const std::string& field, uint64_t value) { line(field, std::to_string(value)); }

  void question(const ldns_rr& rr) {
    line("query.name", name_of(ldns_rr_owner(&rr)));
    number("query.type", ldns_rr_get_type(&rr));
    number("query.class", ldns_rr_get_class(&rr) & 0x7FFF);
  }

  void records(const std::string& section, const ldns_rr_list* list) {
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
      const ldns_rr& rr = *ldns_rr_list_rr(list, i);
      line(section + ".name", name_of(ldns_rr_owner(&rr)));
      number(section + ".type", ldns_rr_get_type(&rr));
      number(section + ".ttl", ldns_rr_ttl(&rr));
      for (size_t part = 0; part < ldns_rr_rd_count(&rr); ++part) rdata(section, rr, part);
    }
  }

  // Addresses, and names that somebody will look up next.
  void rdata(const std::string& section, const ldns_rr& rr, size_t index) {
    static constexpr uint16_t of_hosts[] = {2, 3, 4, 5, 7, 8, 9, 12, 15, 18, 33, 35, 36, 39, 64, 65};
    const ldns_rdf& part = *ldns_rr_rdf(&rr, index);
    const bool is_primary = ldns_rr_get_type(&rr) == LDNS_RR_TYPE_SOA && index == 0;
    switch (ldns_rdf_get_type(&part)) {
      case LDNS_RDF_TYPE_A:
      case LDNS_RDF_TYPE_AAAA: line(section + ".rdata_address", printable(as_text(bytes_of(&part)))); return;
      case LDNS_RDF_TYPE_DNAME:
        if (is_primary ||
            std::find(std::begin(of_hosts), std::end(of_hosts), ldns_rr_get_type(&rr)) != std::end(of_hosts))
          line(section + ".rdata_name", name_of(&part));
        return;
      case LDNS_RDF_TYPE_SVCPARAMS: return hints(section, bytes_of(&part));
      default: return;
    }
  }

  void hints(const std::string& section, Bytes parameters) {
    while (parameters.size() >= 4) {
      const unsigned key = load_be16(parameters.data()), length = load_be16(&parameters[2]);
      if (length > parameters.size() - 4) return;
      const size_t size = key == 4 ? 4 : key == 6 ? 16 : 0;
      for (size_t at = 4; size != 0 && at + size <= 4 + length; at += size)
        line(section + ".rdata_address", printable(as_text(parameters.subspan(at, size))));
      parameters = parameters.subspan(4 + length);
    }
  }

  void edns() {
    number("edns.udp_size", ldns_pkt_edns_udp_size(&packet_));
    number("edns.version", ldns_pkt_edns_version(&packet_));
    number("edns.do", ldns_pkt_edns_do(&packet_));
  }

  const ldns_pkt& packet_;
};

// Of our report: what ldns's reading can be held against. OPT, which is no record of its section, comes
// behind the records.
std::vector<std::string> compared(const Report& report) {
  std::vector<std::string> lines, of_opt;
  for (const std::string& line : report.lines) {
    const bool other = line.find("message_bytes=") != line.npos || line.find("dns.flags=") != line.npos ||
                       line.find("query_longest_label=") != line.npos ||
                       line.find("query_entropy=") != line.npos || line.find("rdata_text=") != line.npos ||
                       line.find("answer_bytes=") != line.npos || line.find("edns.option=") != line.npos ||
                       line.find("edns.cookie=") != line.npos ||
                       line.find("edns.client_subnet=") != line.npos ||
                       line.find("edns.nsid=") != line.npos || line.find("edns.error") != line.npos;
    if (!line.starts_with("1 ") || other) continue;
    if (line.starts_with("1 dns.rcode=")) lines.insert(lines.end(), of_opt.begin(), of_opt.end());
    (line.starts_with("1 dns.edns.") ? of_opt : lines).push_back(line);
  }
  if (!report.count("1 dns.rcode=")) lines.insert(lines.end(), of_opt.begin(), of_opt.end());
  return lines;
}

std::string hex_of(const std::string& message) {
  std::string text;
  for (const char c : message) {
    static constexpr char hex[] = "0123456789abcdef";
    text += {hex[static_cast<uint8_t>(c) >> 4], hex[static_cast<uint8_t>(c) & 15]};
  }
  return text;
}

// What we remark of messages that ldns accepts, and why. Nothing else may be remarked.
struct Allowed {
  std::string_view anomaly;
  bool reads_otherwise;
};
constexpr Allowed allowed[] = {
    {"dns.trailing_bytes", false},   // ldns looks at nothing behind the last record
    {"dns.bad_option", false},       // nor into OPT's options,
    {"dns.forward_pointer", false},  // and follows pointers forward, as glibc does and BIND does not
    // Data that is longer or shorter than its type's: ldns reads the next record where its own reading ends,
    // not where the record's length says (RFC 1035 3.2.1) and everybody else reads on.
    {"dns.bad_rdata", true},
    {"dns.odd_opt", true},  // OPT where it may not stand (RFC 6891 6.1.1) is a record like others to ldns
};

struct Tally {
  unsigned accepted = 0, read_otherwise = 0;
};

// "" where both read `message` alike.
std::string difference(const std::string& message, const ldns_pkt& packet, Tally& tally) {
  const Report report = run(dns_protocol, {{Direction::client_to_server, message, InputKind::datagram}},
                            {.transport = Transport::datagram});
  std::string text;
  for (const Allowed& entry : allowed)
    if (entry.reads_otherwise && report.has("anomaly 1 " + std::string(entry.anomaly)))
      return ++tally.read_otherwise, "";
  for (const std::string& line : report.lines)
    if (line.starts_with("anomaly 1 ") &&
        std::none_of(std::begin(allowed), std::end(allowed),
                     [&](const Allowed& entry) { return line.substr(10) == entry.anomaly; }))
      text += "  " + line + "\n";
  const std::vector<std::string> expected = Expected(packet).lines, got = compared(report);
  if (got == expected) return text;
  for (const std::string& line : expected) text += "  ldns " + line + "\n";
  for (const std::string& line : got) text += "  ours " + line + "\n";
  return text;
}

void check(uint64_t seed, Tally& tally) {
  const std::string message = Maker(seed).message();
  const std::vector<uint8_t> copy(message.begin(), message.end());
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, copy.data(), copy.size()) != LDNS_STATUS_OK) return;
  const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(parsed, ldns_pkt_free);
  ++tally.accepted;
  const std::string text = difference(message, *packet, tally);
  BOOST_TEST(text == "", "seed " << seed << " " << hex_of(message) << "\n" << text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_ldns_accepts_is_read_as_ldns_reads_it) {
  constexpr unsigned messages = 10000;
  Tally tally;
  for (uint64_t seed = 1; seed <= messages; ++seed) check(seed, tally);
  BOOST_TEST(tally.accepted > messages / 2);  // else little was compared
  BOOST_TEST(tally.read_otherwise < messages / 200);
}
