// SPDX-License-Identifier: Apache-2.0
#include "control/rows/names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sekisho {

namespace {

struct NumberName {
  uint16_t number;
  std::string_view name;
};

// IANA "DNS Resource Record (RR) TYPEs", by number.
constexpr NumberName dns_types[] = {
    {1, "A"},         {2, "NS"},        {3, "MD"},        {4, "MF"},       {5, "CNAME"},     {6, "SOA"},
    {7, "MB"},        {8, "MG"},        {9, "MR"},        {10, "NULL"},    {11, "WKS"},      {12, "PTR"},
    {13, "HINFO"},    {14, "MINFO"},    {15, "MX"},       {16, "TXT"},     {17, "RP"},       {18, "AFSDB"},
    {19, "X25"},      {20, "ISDN"},     {21, "RT"},       {22, "NSAP"},    {23, "NSAP-PTR"}, {24, "SIG"},
    {25, "KEY"},      {26, "PX"},       {27, "GPOS"},     {28, "AAAA"},    {29, "LOC"},      {30, "NXT"},
    {31, "EID"},      {32, "NIMLOC"},   {33, "SRV"},      {34, "ATMA"},    {35, "NAPTR"},    {36, "KX"},
    {37, "CERT"},     {38, "A6"},       {39, "DNAME"},    {40, "SINK"},    {41, "OPT"},      {42, "APL"},
    {43, "DS"},       {44, "SSHFP"},    {45, "IPSECKEY"}, {46, "RRSIG"},   {47, "NSEC"},     {48, "DNSKEY"},
    {49, "DHCID"},    {50, "NSEC3"},    {51, "NSEC3PARAM"}, {52, "TLSA"},  {53, "SMIMEA"},   {55, "HIP"},
    {56, "NINFO"},    {57, "RKEY"},     {58, "TALINK"},   {59, "CDS"},     {60, "CDNSKEY"},  {61, "OPENPGPKEY"},
    {62, "CSYNC"},    {63, "ZONEMD"},   {64, "SVCB"},     {65, "HTTPS"},   {99, "SPF"},      {100, "UINFO"},
    {101, "UID"},     {102, "GID"},     {103, "UNSPEC"},  {104, "NID"},    {105, "L32"},     {106, "L64"},
    {107, "LP"},      {108, "EUI48"},   {109, "EUI64"},   {249, "TKEY"},   {250, "TSIG"},    {251, "IXFR"},
    {252, "AXFR"},    {253, "MAILB"},   {254, "MAILA"},   {255, "ANY"},    {256, "URI"},     {257, "CAA"},
    {32768, "TA"},    {32769, "DLV"}};

// IANA "DNS RCODEs", spelt as EVE spells them.
constexpr NumberName dns_rcodes[] = {
    {0, "NOERROR"}, {1, "FORMERR"},   {2, "SERVFAIL"}, {3, "NXDOMAIN"}, {4, "NOTIMP"},    {5, "REFUSED"},
    {6, "YXDOMAIN"}, {7, "YXRRSET"},  {8, "NXRRSET"},  {9, "NOTAUTH"},  {10, "NOTZONE"},  {16, "BADVERS"},
    {17, "BADKEY"}, {18, "BADTIME"},  {19, "BADMODE"}, {20, "BADNAME"}, {21, "BADALG"},   {22, "BADTRUNC"},
    {23, "BADCOOKIE"}};

// The code points of RFC 8446 4.1.3 and of its predecessors, in EVE's spelling.
constexpr NumberName tls_versions[] = {{0x0002, "SSLv2"},   {0x0300, "SSLv3"},   {0x0301, "TLSv1"},
                                       {0x0302, "TLS 1.1"}, {0x0303, "TLS 1.2"}, {0x0304, "TLS 1.3"}};

constexpr NumberName ip_protocols[] = {{1, "ICMP"}, {6, "TCP"}, {17, "UDP"}, {58, "IPv6-ICMP"}, {132, "SCTP"}};

// Every table is sorted by number.
std::string_view find_name(std::span<const NumberName> names, uint64_t number) {
  const auto at = std::lower_bound(names.begin(), names.end(), number,
                                   [](const NumberName& entry, uint64_t wanted) { return entry.number < wanted; });
  return at != names.end() && at->number == number ? at->name : std::string_view{};
}

void append_name_or_number(std::string& out, std::span<const NumberName> names, uint64_t number, std::string_view prefix) {
  const std::string_view name = find_name(names, number);
  out += name.empty() ? prefix : name;
  if (name.empty()) append_number(out, number);
}

void append_digits(std::string& out, uint64_t value, size_t width) {
  std::array<char, 20> digits;
  for (size_t i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits.data(), width);
}

struct CivilDate {
  int64_t year;
  unsigned month, day;
};

// Days since 1970-01-01 to the proleptic Gregorian calendar; eras of 400 years (146,097 days) begin on 1 March.
constexpr CivilDate civil_date(int64_t days) {
  days += 719468;  // from 0000-03-01
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * month_from_march + 2) / 5 + 1};
}
static_assert(civil_date(0).year == 1970 && civil_date(0).month == 1 && civil_date(0).day == 1);
static_assert(civil_date(11016).month == 2 && civil_date(11016).day == 29);  // 2000-02-29

}  // namespace

void append_number(std::string& out, uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_ip_protocol(std::string& out, uint8_t protocol) {
  const std::string_view name = find_name(ip_protocols, protocol);
  out += name;
  if (name.empty()) append_digits(out, protocol, 3);
}

void append_hex(std::string& out, Bytes bytes, std::string_view separator) {
  constexpr char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) out += separator;
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
}

void append_dns_type(std::string& out, uint64_t type) { append_name_or_number(out, dns_types, type, "TYPE"); }
void append_dns_rcode(std::string& out, uint64_t rcode) { append_name_or_number(out, dns_rcodes, rcode, "RCODE"); }

void append_tls_version(std::string& out, uint64_t version) {
  const std::string_view name = find_name(tls_versions, version);
  out += name;
  if (!name.empty()) return;
  if ((version & ~uint64_t{0xff}) == 0x7f00) {  // drafts of RFC 8446
    out += "TLS 1.3 draft-";
    append_digits(out, version & 0xff, (version & 0xff) < 100 ? 2 : 3);
    return;
  }
  const uint8_t bytes[2] = {static_cast<uint8_t>(version >> 8), static_cast<uint8_t>(version)};
  out += "0x";
  append_hex(out, bytes, {});
}

void append_quic_version(std::string& out, uint64_t version) {
  constexpr uint64_t version_2 = 0x6b3343cf, draft = 0xff000000, facebook = 0xfaceb000;
  const uint64_t low_byte = version & 0xff, high_bytes = version & ~uint64_t{0xff};
  if (version == 1 || version == version_2) {
    out += version == 1 ? '1' : '2';
  } else if (high_bytes == draft) {
    out += "draft-";
    append_number(out, low_byte);
  } else if (high_bytes == facebook) {
    out += "mvfst-";
    append_number(out, low_byte);
  } else if (version >> 24 == 'Q') {  // Google's spell themselves
    for (int shift = 24; shift >= 0; shift -= 8)
      out += static_cast<char>(std::clamp<uint64_t>(version >> shift & 0xff, ' ', '~'));
  } else {
    const uint8_t bytes[4] = {static_cast<uint8_t>(version >> 24), static_cast<uint8_t>(version >> 16),
                              static_cast<uint8_t>(version >> 8), static_cast<uint8_t>(version)};
    out += "0x";
    append_hex(out, bytes, {});
  }
}

std::string_view dhcp_type_name(uint64_t message_type) {
  // RFC 2132 9.6, 3203 4, 4388 6.1.
  static constexpr std::string_view names[] = {"unknown",    "discover",    "offer",       "request",          "decline",
                                               "ack",        "nak",         "release",     "inform",           "force_renew",
                                               "lease_query", "lease_unassigned", "lease_unknown", "lease_active"};
  return names[message_type < std::size(names) ? message_type : 0];
}

void append_utc_seconds(std::string& out, int64_t seconds) {
  constexpr int64_t first = -62'167'219'200, last = 253'402'300'799;  // 0000-01-01 .. 9999-12-31
  seconds = std::clamp(seconds, first, last);
  const int64_t days = (seconds >= 0 ? seconds : seconds - 86'399) / 86'400;
  const auto second_of_day = static_cast<uint64_t>(seconds - days * 86'400);
  const CivilDate date = civil_date(days);
  append_digits(out, static_cast<uint64_t>(date.year), 4);
  out += '-';
  append_digits(out, date.month, 2);
  out += '-';
  append_digits(out, date.day, 2);
  out += 'T';
  append_digits(out, second_of_day / 3600, 2);
  out += ':';
  append_digits(out, second_of_day / 60 % 60, 2);
  out += ':';
  append_digits(out, second_of_day % 60, 2);
}

void append_time(std::string& out, uint64_t wall_ns, int utc_offset_minutes) {
  append_utc_seconds(out, static_cast<int64_t>(wall_ns / 1'000'000'000) + utc_offset_minutes * 60);
  out += '.';
  append_digits(out, wall_ns / 1000 % 1'000'000, 6);
  const auto offset = static_cast<uint64_t>(utc_offset_minutes < 0 ? -utc_offset_minutes : utc_offset_minutes);
  out += utc_offset_minutes < 0 ? '-' : '+';
  append_digits(out, offset / 60, 2);
  append_digits(out, offset % 60, 2);
}

std::string_view ioc_type_name(Kind kind) {
  switch (kind) {
    case Kind::address: return "ip";
    case Kind::mail_address: return "email";
    case Kind::file_name: return "filename";
    default: return kind_name(kind);
  }
}

}  // namespace sekisho
