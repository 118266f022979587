// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/ftp/command.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sekisho::ftp {

namespace {

struct Name {
  std::string_view text;
  Verb verb;
  bool ftp_only;
};
constexpr Name names[] = {
    {"USER", Verb::user, false},    {"PASS", Verb::pass, false},    {"ACCT", Verb::acct, true},
    {"AUTH", Verb::auth, false},    {"PORT", Verb::port, true},     {"EPRT", Verb::eprt, true},
    {"PASV", Verb::pasv, true},     {"EPSV", Verb::epsv, true},     {"RETR", Verb::transfer, false},
    {"STOR", Verb::transfer, true}, {"STOU", Verb::transfer, true}, {"APPE", Verb::transfer, true},
    {"LIST", Verb::list, false},    {"NLST", Verb::list, true},     {"MLSD", Verb::list, true},
    {"MLST", Verb::named, true},    {"DELE", Verb::named, false},   {"RNFR", Verb::named, true},
    {"RNTO", Verb::named, true},    {"SIZE", Verb::named, true},    {"MDTM", Verb::named, true},
    {"CWD", Verb::other, true},     {"XCWD", Verb::other, true},    {"CDUP", Verb::other, true},
    {"PWD", Verb::other, true},     {"XPWD", Verb::other, true},    {"MKD", Verb::other, true},
    {"RMD", Verb::other, true},     {"TYPE", Verb::other, true},    {"MODE", Verb::other, true},
    {"STRU", Verb::other, true},    {"REST", Verb::rest, true},     {"ABOR", Verb::other, true},
    {"SYST", Verb::other, true},    {"STAT", Verb::other, false},   {"SITE", Verb::other, true},
    {"FEAT", Verb::other, true},    {"OPTS", Verb::other, true},    {"PBSZ", Verb::other, true},
    {"PROT", Verb::other, true},    {"CCC", Verb::other, true},     {"ALLO", Verb::other, true},
    {"REIN", Verb::other, true},    {"NOOP", Verb::other, false},   {"HELP", Verb::other, false},
    {"QUIT", Verb::other, false},   {"HOST", Verb::other, true},    {"CLNT", Verb::other, true},
};

constexpr bool is_white(uint8_t c) { return c == ' ' || c == '\t'; }
constexpr bool is_letter(uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
constexpr bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

// The number at the front of `text`, which it is taken off; nothing where there is none or it is too large.
std::optional<uint32_t> take_number(std::string_view& text, uint32_t most) {
  uint32_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || number > most) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(read.ptr - text.data()));
  return number;
}

bool set_ipv4(std::string_view text, char separator, DataPort& port) {
  port.address[10] = port.address[11] = 0xff;
  for (size_t i = 0; i < 4; ++i) {
    const auto number = take_number(text, 255);
    if (!number) return false;
    port.address[12 + i] = static_cast<uint8_t>(*number);
    if (i < 3 && (text.empty() || text[0] != separator)) return false;
    if (i < 3) text.remove_prefix(1);
  }
  return text.empty();
}

// RFC 4291 2.2, forms 1 and 2.
bool set_ipv6(std::string_view text, DataPort& port) {
  uint8_t groups[16] = {};
  size_t count = 0, gap = 17;
  if (text.starts_with("::")) text.remove_prefix(1);
  while (!text.empty()) {
    if (text[0] == ':') {
      if (gap != 17) return false;
      gap = count;
      text.remove_prefix(1);
      continue;
    }
    uint16_t group = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), group, 16);
    if (read.ec != std::errc{} || count == 16) return false;
    store_be16(groups + count, group);
    count += 2;
    text.remove_prefix(static_cast<size_t>(read.ptr - text.data()));
    if (text.empty()) break;
    if (text[0] != ':' || text.size() == 1) return false;
    text.remove_prefix(1);
  }
  if (gap == 17 ? count != 16 : count > 14) return false;
  const size_t front = std::min(gap, count), back = count - front;
  std::memcpy(port.address, groups, front);
  std::memcpy(port.address + 16 - back, groups + front, back);
  return true;
}

}  // namespace

// RFC 854: IAC and one byte; WILL, WONT, DO, DONT have another; IAC twice is a byte of text.
Bytes without_telnet(Bytes line, std::span<uint8_t> room) {
  constexpr uint8_t iac = 0xff, data_mark = 0xf2, will = 0xfb;
  if (std::find(line.begin(), line.end(), iac) == line.end()) return line;
  size_t size = 0;
  for (size_t at = 0; at < line.size();) {
    if (line[at] != iac) {
      room[size++] = line[at++];
      continue;
    }
    const uint8_t command = at + 1 < line.size() ? line[at + 1] : uint8_t{0};
    if (command == iac) room[size++] = iac;
    at += command >= will && command != iac ? 3 : 2;
    if (size == 0 && at < line.size() && line[at] == data_mark) ++at;  // sent as urgent data, its IAC alone
  }
  return room.first(size);
}

Command parse_command(Bytes line) {
  while (!line.empty() && is_white(line.front())) line = line.subspan(1);
  Command command;
  const auto end = std::find_if(line.begin(), line.end(), is_white);
  command.name = line.first(static_cast<size_t>(end - line.begin()));
  command.argument = line.subspan(command.name.size());
  while (!command.argument.empty() && is_white(command.argument.front()))
    command.argument = command.argument.subspan(1);
  for (const Name& name : names) {
    if (!equals_ignore_case(as_text(command.name), name.text)) continue;
    command.verb = name.verb;
    command.ftp_only = name.ftp_only;
    return command;
  }
  const bool is_word =
      !command.name.empty() && std::all_of(command.name.begin(), command.name.end(), is_letter);
  if (!is_word) command.name = {};
  return command;
}

std::optional<DataPort> read_six_numbers(Bytes bytes) {
  std::string_view text = as_text(bytes);
  while (!text.empty()) {
    const auto digit =
        std::find_if(text.begin(), text.end(), [](char c) { return is_digit(static_cast<uint8_t>(c)); });
    text.remove_prefix(static_cast<size_t>(digit - text.begin()));
    const auto end = std::find_if(text.begin(), text.end(),
                                  [](char c) { return !is_digit(static_cast<uint8_t>(c)) && c != ','; });
    std::string_view run = text.substr(0, static_cast<size_t>(end - text.begin()));
    text.remove_prefix(run.size());
    if (std::count(run.begin(), run.end(), ',') < 5) continue;
    size_t fourth = 0;
    for (int commas = 0; commas < 4; ++fourth) commas += run[fourth] == ',';
    DataPort port;
    std::string_view rest = run.substr(fourth);
    if (!set_ipv4(run.substr(0, fourth - 1), ',', port)) continue;
    const auto high = take_number(rest, 255);
    if (!high || rest.empty() || rest[0] != ',') continue;
    rest.remove_prefix(1);
    const auto low = take_number(rest, 255);
    if (!low) continue;
    port.port = static_cast<uint16_t>(*high << 8 | *low);
    return port;
  }
  return std::nullopt;
}

std::optional<DataPort> read_extended(Bytes bytes) {
  std::string_view text = as_text(bytes);
  if (const size_t open = text.find('('); open != std::string_view::npos) text.remove_prefix(open + 1);
  if (text.empty() || is_digit(static_cast<uint8_t>(text[0]))) return std::nullopt;
  const char separator = text[0];  // RFC 2428 2: any of 33 to 126
  std::string_view parts[3];
  text.remove_prefix(1);
  for (std::string_view& part : parts) {
    const size_t end = text.find(separator);
    if (end == std::string_view::npos) return std::nullopt;
    part = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  DataPort port;
  if (parts[1].empty() ? false : parts[0] == "2" ? !set_ipv6(parts[1], port) : !set_ipv4(parts[1], '.', port))
    return std::nullopt;
  const auto number = take_number(parts[2], 65535);
  if (!number || !parts[2].empty()) return std::nullopt;
  port.port = static_cast<uint16_t>(*number);
  return port;
}

}  // namespace sekisho::ftp
