// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/ntlm.h"

#include "dataplane/protocols/limits.h"
#include "dataplane/protocols/little_endian.h"
#include "dataplane/protocols/utf16.h"

namespace sekisho {

namespace {

constexpr std::string_view signature("NTLMSSP\0", 8);  // MS-NLMP 2.2.1
constexpr uint32_t type_challenge = 2, type_authenticate = 3;
constexpr uint32_t flag_unicode = 0x00000001, flag_version = 0x02000000;  // 2.2.2.5

// The places in an AUTHENTICATE message (2.2.1.3), and of the other types' versions.
namespace at {
constexpr size_t type = 8, domain = 28, user = 36, host = 44, flags = 60, version = 64;
constexpr size_t challenge_flags = 20, challenge_version = 48, payload = 64;
}  // namespace at
constexpr size_t version_bytes = 8;

Bytes find_message(Bytes token, size_t& begin) {
  begin = as_text(token).find(signature);
  return begin == std::string_view::npos ? Bytes{} : token.subspan(begin);
}

// A length and an offset from the message's first octet (2.2.1.3): what lies outside of it is no name.
void observe_name(Bytes message, size_t place, bool unicode, uint64_t offset, Field field, Sink& sink,
                  TxId tx) {
  const size_t length = load_le16(&message[place]), begin = load_le32(&message[place + 4]);
  if (length == 0 || begin > message.size() || length > message.size() - begin || !sink.wants(field)) return;
  const Bytes name = message.subspan(begin, length);
  char memory[ntlm_name_bytes_max];
  TextWriter text(memory);
  if (unicode)
    write_utf16_le(name, text);
  else
    text.text(as_text(name));
  sink.observe(tx, field, text.bytes(), offset + begin);
}

}  // namespace

bool observe_ntlm(Bytes token, uint64_t offset, const NtlmFields& fields, Sink& sink, TxId tx) {
  size_t begin = 0;
  const Bytes message = find_message(token, begin);
  if (message.size() < at::type + 4) return false;
  if (load_le32(&message[at::type]) != type_authenticate || message.size() < at::payload) return true;
  const bool unicode = (load_le32(&message[at::flags]) & flag_unicode) != 0;
  observe_name(message, at::domain, unicode, offset + begin, fields.domain, sink, tx);
  observe_name(message, at::user, unicode, offset + begin, fields.user, sink, tx);
  observe_name(message, at::host, unicode, offset + begin, fields.host, sink, tx);
  return true;
}

void observe_ntlm_version(Bytes token, uint64_t offset, Field field, Sink& sink, TxId tx) {
  size_t begin = 0;
  const Bytes message = find_message(token, begin);
  if (message.size() < at::type + 4) return;
  const uint32_t type = load_le32(&message[at::type]);
  if (type != type_challenge && type != type_authenticate) return;
  const size_t flags = type == type_challenge ? at::challenge_flags : at::flags;
  const size_t place = type == type_challenge ? at::challenge_version : at::version;
  if (message.size() < place + version_bytes || (load_le32(&message[flags]) & flag_version) == 0) return;
  char memory[48];
  TextWriter text(memory);
  text.decimal(message[place]);
  text.character('.');
  text.decimal(message[place + 1]);
  text.text(" build ");
  text.decimal(load_le16(&message[place + 2]));
  text.text(" rev ");
  text.decimal(message[place + version_bytes - 1]);
  sink.observe(tx, field, text.bytes(), offset + begin + place);
}

}  // namespace sekisho
