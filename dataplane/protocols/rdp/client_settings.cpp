// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/rdp/client_settings.h"

#include <algorithm>

#include "dataplane/protocols/little_endian.h"
#include "dataplane/protocols/rdp/limits.h"
#include "dataplane/protocols/rdp/negotiation.h"
#include "dataplane/protocols/tls/der.h"
#include "dataplane/protocols/utf16.h"

namespace sekisho::rdp {

namespace {

constexpr uint8_t x224_data[] = {0x02, 0xF0, 0x80};  // RFC 905 13.7
constexpr uint8_t connect_initial[] = {0x7F, 0x65};  // T.125 7: [APPLICATION 101]
constexpr std::string_view block_key = "Duca";       // T.124: the client's data follow (MS-RDPBCGR 2.2.1.3)
constexpr uint16_t block_core = 0xC001, block_channels = 0xC003;
constexpr size_t build_at = 16, name_at = 20, name_bytes = 32;  // behind the block's header, 2.2.1.3.2
constexpr size_t channel_bytes = 12, channel_name_bytes = 8;    // 2.2.1.3.4.1

// The settings' own octets: the last item of the PDU, behind domain parameters (T.125 7).
Bytes user_data(Bytes packet) {
  namespace der = tls::der;
  const size_t begin = tpkt_bytes + sizeof x224_data;
  if (packet.size() < begin + sizeof connect_initial) return {};
  if (!std::equal(std::begin(x224_data), std::end(x224_data), packet.begin() + tpkt_bytes)) return {};
  if (packet[begin] != connect_initial[0] || packet[begin + 1] != connect_initial[1]) return {};
  ByteReader reader(packet.subspan(begin + sizeof connect_initial));
  const uint8_t length = reader.u8();
  if (length > 0x84) return {};
  if (length > 0x80) reader.skip(length & 0x7F);
  tls::DerReader items(reader.rest());
  for (const uint8_t tag :
       {der::octet_string, der::octet_string, der::boolean, der::sequence, der::sequence, der::sequence})
    items.expect(tag);
  return items.expect(der::octet_string);
}

void observe_core(Bytes block, uint64_t offset, Sink& sink, TxId tx) {
  if (block.size() < name_at + name_bytes) return;
  sink.observe_number(tx, Field::rdp_client_build, load_le32(&block[build_at]), offset + build_at);
  char memory[name_bytes / 2 * 3];
  TextWriter name(memory);
  write_utf16_le(block.subspan(name_at, name_bytes), name);
  if (!name.empty()) sink.observe(tx, Field::rdp_client_name, name.bytes(), offset + name_at);
}

void observe_channels(Bytes block, uint64_t offset, Sink& sink, TxId tx) {
  for (size_t i = 0, at = 4; i < channels_max && at + channel_bytes <= block.size();
       ++i, at += channel_bytes) {
    const std::string_view name = as_text(block.subspan(at, channel_name_bytes));
    sink.observe(tx, Field::rdp_channel, as_bytes(name.substr(0, name.find('\0'))), offset + at);
  }
}

}  // namespace

bool observe_client_settings(Bytes packet, uint64_t offset, Sink& sink, TxId tx) {
  const Bytes data = user_data(packet);
  const size_t key = as_text(data).find(block_key);
  if (key == std::string_view::npos) return false;
  ByteReader reader(data.subspan(key + block_key.size()));
  if ((reader.u8() & 0x80) != 0)
    reader.skip(1);  // the length of what follows, in one octet or two (X.691 10.9)
  while (reader.left() >= 4) {
    const uint64_t at = offset + static_cast<size_t>(reader.rest().data() - packet.data()) + 4;
    const uint16_t type = load_le16(reader.rest().data()), length = load_le16(reader.rest().data() + 2);
    if (length < 4) break;
    reader.skip(4);
    const Bytes block = reader.bytes(length - 4U);
    if (reader.failed()) break;
    if (type == block_core) observe_core(block, at, sink, tx);
    if (type == block_channels) observe_channels(block, at, sink, tx);
  }
  return true;
}

}  // namespace sekisho::rdp
