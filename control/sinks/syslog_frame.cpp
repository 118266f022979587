// SPDX-License-Identifier: Apache-2.0
#include "control/sinks/syslog_frame.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace sekisho {

namespace {

constexpr size_t host_bytes_max = 255, app_name_bytes_max = 48;  // RFC 5424 6

// HOSTNAME and APP-NAME are PRINTUSASCII: no blank, no control, no byte above 0x7e.
void append_token(std::string& out, std::string_view text, size_t bytes_max) {
  if (text.empty()) out += '-';
  for (const char c : text.substr(0, bytes_max)) out += c > 0x20 && c < 0x7f ? c : '-';
}

void append_time(std::string& out, uint64_t wall_ns) {
  const auto seconds = static_cast<time_t>(wall_ns / 1'000'000'000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[80];
  const int length = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ", parts.tm_year + 1900, parts.tm_mon + 1,
                                   parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                                   static_cast<unsigned>(wall_ns / 1000 % 1'000'000));
  out.append(text, static_cast<size_t>(length));
}

void append_id(std::string& out, uint32_t enterprise, uint64_t id) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, "[sekisho@%u id=\"%016llx\"]", enterprise, static_cast<unsigned long long>(id));
  out.append(text, static_cast<size_t>(length));
}

// At most `bytes_max`, never through a UTF-8 sequence. The text is valid UTF-8: the formats see to it.
std::string_view cut(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

uint8_t syslog_severity(uint8_t severity) {
  constexpr std::array<uint8_t, 11> by_severity = {6, 5, 5, 5, 4, 4, 4, 3, 3, 2, 2};
  return by_severity[severity < by_severity.size() ? severity : by_severity.size() - 1];
}

bool append_syslog_frame(std::string& out, const SyslogHeader& header, const SinkMessage& message) {
  thread_local std::string frame;
  frame = '<' + std::to_string(header.facility * 8 + syslog_severity(message.severity)) + ">1 ";
  append_time(frame, message.wall_ns);
  frame += ' ';
  append_token(frame, header.host_name, host_bytes_max);
  frame += ' ';
  append_token(frame, message.app_name, app_name_bytes_max);
  frame += " - - ";
  append_id(frame, header.enterprise, message.id);
  frame += ' ';
  const std::string_view text = cut(message.text, header.message_bytes_max);
  out.append(std::to_string(frame.size() + text.size())).append(1, ' ').append(frame).append(text);
  return text.size() != message.text.size();
}

}  // namespace sekisho
