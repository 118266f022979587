// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "control/sinks/sink.h"

namespace sekisho {

namespace {

struct MessageHeader {
  uint64_t wall_ns;
  uint64_t id;
  uint8_t severity;
  uint8_t app_name_bytes;
  uint8_t reserved[6];
};
static_assert(sizeof(MessageHeader) == 24);
constexpr size_t app_name_bytes_max = 48;  // RFC 5424 6

}  // namespace

void encode_message(const SinkMessage& message, std::string& out) {
  const std::string_view app_name = message.app_name.substr(0, app_name_bytes_max);
  const MessageHeader header{message.wall_ns, message.id, message.severity, static_cast<uint8_t>(app_name.size()), {}};
  out.append(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(app_name).append(message.text);
}

std::optional<SinkMessage> decode_message(Bytes payload) {
  MessageHeader header;
  if (payload.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, payload.data(), sizeof header);
  const std::string_view rest = as_text(payload.subspan(sizeof header));
  if (header.app_name_bytes > rest.size()) return std::nullopt;
  return SinkMessage{header.wall_ns, header.id, header.severity, rest.substr(0, header.app_name_bytes),
                     rest.substr(header.app_name_bytes)};
}

}  // namespace sekisho
