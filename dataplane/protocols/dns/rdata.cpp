// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/rdata.h"

#include <arpa/inet.h>

#include <array>

namespace sekisho::dns {

namespace {

// What a type's data consists of, part by part. A new type is one row of `formats`.
enum class Part : uint8_t {
  none,
  ipv4,
  ipv6,
  host,  // a name that somebody will connect to or look up next: observed as a name
  name,  // a name in the text only
  u8,
  u16,
  u32,
  type,       // a type's number, as its mnemonic
  string,     // one <character-string>, quoted
  label,      // one <character-string>, bare
  joined,     // <character-string>s to the end, joined without quotes
  quoted,     // all octets to the end, quoted
  hex,        // all octets to the end
  base64,     // all octets to the end
  salt,       // one <character-string> in hex, - where it is empty
  next_hash,  // one <character-string> in RFC 4648's base32hex without padding
  type_map,   // RFC 4034 4.1.2
  parameters  // RFC 9460 2.1
};

inline constexpr size_t parts_max = 9;

struct Format {
  uint16_t type;
  std::string_view mnemonic;
  std::array<Part, parts_max> parts;
};

using enum Part;
constexpr Format formats[] = {
    {1, "A", {ipv4}},                                                 // RFC 1035 3.4.1
    {2, "NS", {host}},                                                // RFC 1035 3.3.11
    {3, "MD", {host}},                                                // RFC 1035 3.3.4
    {4, "MF", {host}},                                                // RFC 1035 3.3.5
    {5, "CNAME", {host}},                                             // RFC 1035 3.3.1
    {6, "SOA", {host, name, u32, u32, u32, u32, u32}},                // RFC 1035 3.3.13
    {7, "MB", {host}},                                                // RFC 1035 3.3.3
    {8, "MG", {host}},                                                // RFC 1035 3.3.6
    {9, "MR", {host}},                                                // RFC 1035 3.3.8
    {12, "PTR", {host}},                                              // RFC 1035 3.3.12
    {13, "HINFO", {string, string}},                                  // RFC 1035 3.3.2
    {14, "MINFO", {name, name}},                                      // RFC 1035 3.3.7
    {15, "MX", {u16, host}},                                          // RFC 1035 3.3.9
    {16, "TXT", {joined}},                                            // RFC 1035 3.3.14
    {17, "RP", {name, name}},                                         // RFC 1183 2.2
    {18, "AFSDB", {u16, host}},                                       // RFC 1183 1
    {24, "SIG", {type, u8, u8, u32, u32, u32, u16, name, base64}},    // RFC 2535 4.1
    {25, "KEY", {u16, u8, u8, base64}},                               // RFC 2535 3.1
    {28, "AAAA", {ipv6}},                                             // RFC 3596 2.2
    {33, "SRV", {u16, u16, u16, host}},                               // RFC 2782
    {35, "NAPTR", {u16, u16, string, string, string, host}},          // RFC 3403 4.1
    {36, "KX", {u16, host}},                                          // RFC 2230 3.1
    {37, "CERT", {u16, u16, u8, base64}},                             // RFC 4398 2
    {39, "DNAME", {host}},                                            // RFC 6672 2.1
    {43, "DS", {u16, u8, u8, hex}},                                   // RFC 4034 5.1
    {44, "SSHFP", {u8, u8, hex}},                                     // RFC 4255 3.1
    {46, "RRSIG", {type, u8, u8, u32, u32, u32, u16, name, base64}},  // RFC 4034 3.1
    {47, "NSEC", {name, type_map}},                                   // RFC 4034 4.1
    {48, "DNSKEY", {u16, u8, u8, base64}},                            // RFC 4034 2.1
    {49, "DHCID", {base64}},                                          // RFC 4701 3.1
    {50, "NSEC3", {u8, u8, u16, salt, next_hash, type_map}},          // RFC 5155 3.2
    {51, "NSEC3PARAM", {u8, u8, u16, salt}},                          // RFC 5155 4.2
    {52, "TLSA", {u8, u8, u8, hex}},                                  // RFC 6698 2.1
    {53, "SMIMEA", {u8, u8, u8, hex}},                                // RFC 8162 2
    {59, "CDS", {u16, u8, u8, hex}},                                  // RFC 7344 3.1
    {60, "CDNSKEY", {u16, u8, u8, base64}},                           // RFC 7344 3.2
    {61, "OPENPGPKEY", {base64}},                                     // RFC 7929 2.1
    {62, "CSYNC", {u32, u16, type_map}},                              // RFC 7477 2.1.1
    {63, "ZONEMD", {u32, u8, u8, hex}},                               // RFC 8976 2.2
    {64, "SVCB", {u16, host, parameters}},                            // RFC 9460 2.2
    {65, "HTTPS", {u16, host, parameters}},                           // RFC 9460 9
    {99, "SPF", {joined}},                                            // RFC 7208 3.1
    {256, "URI", {u16, u16, quoted}},                                 // RFC 7553 4.5
    {257, "CAA", {u8, label, quoted}},                                // RFC 8659 4.1
};

constexpr uint16_t indexed_types = 258;
// Type number to row; 0xFF = none.
constexpr auto row_of_type = [] {
  std::array<uint8_t, indexed_types> rows{};
  rows.fill(0xFF);
  for (size_t i = 0; i < std::size(formats); ++i) rows[formats[i].type] = static_cast<uint8_t>(i);
  return rows;
}();

const Format* format_of(uint16_t type) {
  if (type >= indexed_types || row_of_type[type] == 0xFF) return nullptr;
  return &formats[row_of_type[type]];
}

// A bare address or name is said by its own field.
constexpr bool has_text(const Format& format) {
  const Part first = format.parts[0];
  return format.parts[1] != none || (first != ipv4 && first != ipv6 && first != host);
}

void append_base64(TextWriter& out, Bytes octets) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < octets.size() && !out.cut(); i += 3) {
    const size_t count = octets.size() - i < 3 ? octets.size() - i : 3;
    uint32_t group = uint32_t{octets[i]} << 16;
    if (count > 1) group |= uint32_t{octets[i + 1]} << 8;
    if (count > 2) group |= octets[i + 2];
    out.character(digits[group >> 18]);
    out.character(digits[group >> 12 & 63]);
    out.character(count > 1 ? digits[group >> 6 & 63] : '=');
    out.character(count > 2 ? digits[group & 63] : '=');
  }
}

void append_base32hex(TextWriter& out, Bytes octets) {
  static constexpr char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  uint32_t group = 0;
  unsigned bits = 0;
  for (const uint8_t octet : octets) {
    group = group << 8 | octet;
    for (bits += 8; bits >= 5; bits -= 5) out.character(digits[group >> (bits - 5) & 31]);
  }
  if (bits != 0) out.character(digits[group << (5 - bits) & 31]);
}

void append_hex(TextWriter& out, Bytes octets) {
  for (size_t i = 0; i < octets.size() && !out.cut(); ++i) out.hex(octets[i]);
}

void append_type(TextWriter& out, uint16_t number) {
  if (const Format* format = format_of(number)) return out.text(format->mnemonic);
  out.text("TYPE");
  out.decimal(number);
}

// Takes the data of one record apart.
class RdataWalk {
 public:
  RdataWalk(Bytes message, const Rdata& rdata, const SectionFields& fields, NameReader& names, Sink& sink, TxId tx,
            uint64_t message_offset)
      : message_(message), rdata_(rdata), fields_(fields), names_(names), sink_(sink), tx_(tx), offset_(message_offset),
        at_(rdata.begin), text_wanted_(sink.wants(fields.rdata_text)),
        text_({memory_, text_wanted_ ? sizeof memory_ : 0}) {}

  RdataFaults run() {
    const Format* format = format_of(rdata_.type);
    if (format == nullptr) {
      observe_generic();
    } else if (!walk(*format) || at_ != rdata_.end) {
      faults_.bad = true;
      observe_generic();
    } else if (has_text(*format)) {
      observe_text();
    }
    return faults_;
  }

 private:
  bool walk(const Format& format) {
    for (const Part part : format.parts) {
      if (part == none) return true;
      if (!text_.empty()) text_.character(' ');
      if (!walk_part(part)) return false;
    }
    return true;
  }

  bool walk_part(Part part) {
    switch (part) {
      case none: return true;
      case ipv4: return walk_address(rest().size() < 4 ? Bytes{} : take(4));
      case ipv6: return walk_address(rest().size() < 16 ? Bytes{} : take(16));
      case host: return walk_name(part);
      case name: return walk_name(part);
      case u8: return walk_number(1);
      case u16: return walk_number(2);
      case u32: return walk_number(4);
      case type: return walk_type();
      case string: return walk_string(part);
      case label: return walk_string(part);
      case joined: return walk_strings();
      case quoted: return walk_quoted(take(rest().size()));
      case hex: return append_hex(text_, take(rest().size())), true;
      case base64: return append_base64(text_, take(rest().size())), true;
      case salt: return walk_salt();
      case next_hash: return walk_next_hash();
      case type_map: return walk_type_map();
      case parameters: return walk_parameters();
    }
    return false;
  }

  bool walk_address(Bytes address) {
    if (address.empty()) return false;
    sink_.observe(tx_, fields_.address, address, offset_of(address));
    return true;
  }

  bool walk_name(Part part) {
    const size_t begin = at_;
    const Name name = names_.read(at_, rdata_.end);
    faults_.forward_pointer |= name.forward_pointer;
    if (faults_.name == NameFault::none) faults_.name = name.fault;
    if (name.end == 0) return false;
    at_ = name.end;
    if (part == Part::host && name.ok()) sink_.observe(tx_, fields_.rdata_name, as_bytes(name.text), offset_ + begin);
    // Between blanks, a blank inside a name must not look like one.
    for (const char c : name.text) c == ' ' ? text_.decimal_escape(' ') : text_.character(c);
    return true;
  }

  bool walk_number(size_t octets) {
    if (rest().size() < octets) return false;
    uint32_t value = 0;
    for (const uint8_t octet : take(octets)) value = value << 8 | octet;
    text_.decimal(value);
    return true;
  }

  bool walk_type() {
    if (rest().size() < 2) return false;
    append_type(text_, load_be16(take(2).data()));
    return true;
  }

  bool walk_string(Part part) {
    if (rest().empty() || rest().size() - 1 < rest()[0]) return false;
    const Bytes octets = take(1U + rest()[0]).subspan(1);
    if (part == string) return walk_quoted(octets);
    append_presentation(text_, octets, " \"\\");
    return true;
  }

  // RFC 5155 3.3.
  bool walk_salt() {
    if (rest().empty() || rest().size() - 1 < rest()[0]) return false;
    const Bytes octets = take(1U + rest()[0]).subspan(1);
    if (octets.empty()) text_.character('-');
    append_hex(text_, octets);
    return true;
  }
  bool walk_next_hash() {
    if (rest().empty() || rest()[0] == 0 || rest().size() - 1 < rest()[0]) return false;
    append_base32hex(text_, take(1U + rest()[0]).subspan(1));
    return true;
  }

  bool walk_strings() {
    while (!rest().empty()) {
      if (rest().size() - 1 < rest()[0]) return false;
      append_presentation(text_, take(1U + rest()[0]).subspan(1), "\\");
    }
    return true;
  }

  bool walk_quoted(Bytes octets) {
    text_.character('"');
    append_presentation(text_, octets, "\"\\");
    text_.character('"');
    return true;
  }

  bool walk_type_map() {
    bool first = true;
    while (!rest().empty()) {
      if (rest().size() < 2) return false;
      const Bytes head = take(2);
      if (head[1] == 0 || head[1] > 32 || rest().size() < head[1]) return false;
      const Bytes bits = take(head[1]);
      for (size_t bit = 0; bit < bits.size() * 8 && !text_.cut(); ++bit) {
        if ((bits[bit / 8] & 0x80 >> bit % 8) == 0) continue;
        if (!first) text_.character(' ');
        first = false;
        append_type(text_, static_cast<uint16_t>(head[0] << 8 | bit));
      }
    }
    return true;
  }

  bool walk_parameters() {
    bool first = true;
    while (!rest().empty()) {
      if (rest().size() < 4) return false;
      const Bytes head = take(4);
      const uint16_t length = load_be16(&head[2]);
      if (rest().size() < length) return false;
      if (!first) text_.character(' ');
      first = false;
      append_parameter(load_be16(head.data()), take(length));
    }
    return true;
  }

  // RFC 9460 7 and 14.3.2. A hint is an address that the client may connect to without asking for it.
  void append_parameter(uint16_t key, Bytes value) {
    static constexpr std::string_view keys[] = {"mandatory", "alpn", "no-default-alpn", "port",
                                                "ipv4hint",  "ech",  "ipv6hint",        "dohpath"};
    if (key < std::size(keys)) {
      text_.text(keys[key]);
    } else {
      text_.text("key");
      text_.decimal(key);
    }
    if (value.empty()) return;
    text_.character('=');
    switch (key) {
      case 1: return append_alpn(value);
      case 3: return value.size() == 2 ? text_.decimal(load_be16(value.data())) : append_hex(text_, value);
      case 4: return append_hints(value, 4, AF_INET);
      case 5: return append_base64(text_, value);
      case 6: return append_hints(value, 16, AF_INET6);
      default: append_presentation(text_, value, " \"\\");
    }
  }

  void append_alpn(Bytes list) {
    for (bool first = true; !list.empty() && list.size() - 1 >= list[0]; first = false) {
      if (!first) text_.character(',');
      append_presentation(text_, list.subspan(1, list[0]), " ,\"\\");
      list = list.subspan(1U + list[0]);
    }
  }

  void append_hints(Bytes list, size_t octets, int family) {
    char spelling[INET6_ADDRSTRLEN];
    for (bool first = true; list.size() >= octets; first = false, list = list.subspan(octets)) {
      sink_.observe(tx_, fields_.address, list.first(octets), offset_of(list));
      if (!first) text_.character(',');
      text_.text(inet_ntop(family, list.data(), spelling, sizeof spelling));
    }
  }

  // RFC 3597 5: \# length hex.
  void observe_generic() {
    const Bytes all = message_.subspan(rdata_.begin, rdata_.end - rdata_.begin);
    if (all.empty()) return;
    text_.clear();
    text_.text("\\# ");
    text_.decimal(all.size());
    text_.character(' ');
    append_hex(text_, all);
    observe_text();
  }

  void observe_text() {
    if (!text_wanted_) return;
    faults_.text_cut = text_.cut();
    sink_.observe(tx_, fields_.rdata_text, text_.bytes(), offset_ + rdata_.begin);
  }

  Bytes rest() const { return message_.subspan(at_, rdata_.end - at_); }
  Bytes take(size_t octets) {
    at_ += octets;
    return message_.subspan(at_ - octets, octets);
  }
  uint64_t offset_of(Bytes part) const { return offset_ + static_cast<size_t>(part.data() - message_.data()); }

  Bytes message_;
  const Rdata& rdata_;
  const SectionFields& fields_;
  NameReader& names_;
  Sink& sink_;
  TxId tx_;
  uint64_t offset_;
  size_t at_;
  RdataFaults faults_;
  bool text_wanted_;
  char memory_[rdata_text_bytes_max];
  TextWriter text_;  // without memory where nobody wants the text: every append is then a no-op
};

}  // namespace

RdataFaults observe_rdata(Bytes message, const Rdata& rdata, const SectionFields& fields, NameReader& names, Sink& sink,
                          TxId tx, uint64_t message_offset) {
  return RdataWalk(message, rdata, fields, names, sink, tx, message_offset).run();
}

}  // namespace sekisho::dns
