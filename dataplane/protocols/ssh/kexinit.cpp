// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/ssh/kexinit.h"

#include "dataplane/protocols/ssh/limits.h"
#include "dataplane/protocols/text_writer.h"
#include "dataplane/protocols/tls/digest.h"

namespace sekisho::ssh {

namespace {

constexpr size_t cookie_bytes = 16;
// The name lists in their order: kex, host key, then encryption, mac and compression, each client to server
// and back.
constexpr size_t list_count = 8;
constexpr size_t hashed_lists[2][4] = {{0, 2, 4, 6}, {0, 3, 5, 7}};

struct SideFields {
  Field hassh, text;
};
constexpr SideFields side_fields[2] = {{Field::ssh_client_hassh, Field::ssh_client_hassh_string},
                                       {Field::ssh_server_hassh, Field::ssh_server_hassh_string}};

}  // namespace

bool observe_kexinit(Bytes payload, Direction sender, uint64_t offset, Sink& sink, TxId tx) {
  ByteReader reader(payload);
  reader.skip(cookie_bytes);
  Bytes lists[list_count];
  for (Bytes& list : lists) list = reader.bytes(reader.u32());
  if (reader.failed()) return false;
  const SideFields& fields = side_fields[index_of(sender)];
  if (!sink.wants(fields.hassh) && !sink.wants(fields.text)) return true;

  char memory[algorithms_bytes_max];
  TextWriter text(memory);
  tls::Md5Stream md5;
  for (const size_t list : hashed_lists[index_of(sender)]) {
    if (list != 0) {
      text.character(';');
      md5.update(as_bytes(";"));
    }
    text.text(as_text(lists[list]));
    md5.update(lists[list]);
  }
  char digest_memory[32];
  TextWriter digest(digest_memory);
  for (const uint8_t byte : md5.finish()) digest.hex(byte);
  sink.observe(tx, fields.hassh, digest.bytes(), offset + cookie_bytes);
  sink.observe(tx, fields.text, text.bytes(), offset + cookie_bytes);
  return true;
}

}  // namespace sekisho::ssh
