// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dhcp/options.h"

#include <algorithm>

#include "dataplane/protocols/dhcp/limits.h"
#include "dataplane/protocols/dhcp/message.h"
#include "dataplane/protocols/text_writer.h"

namespace sekisho::dhcp {

namespace {

constexpr uint8_t code_pad = 0, code_overload = 52, code_end = 255;
constexpr size_t address_bytes = 4;

enum class Shape : uint8_t { number, address, addresses, text, bytes, client_name };

struct KnownOption {
  uint8_t code;
  Shape shape;
  uint8_t length;  // a number's, octets
  Field field;
};
constexpr KnownOption known_options[] = {
    {53, Shape::number, 1, Field::dhcp_message_type}, {50, Shape::address, 0, Field::dhcp_requested_ip},
    {54, Shape::address, 0, Field::dhcp_server_id},   {12, Shape::text, 0, Field::dhcp_hostname},
    {81, Shape::client_name, 0, Field::dhcp_fqdn},    {15, Shape::text, 0, Field::dhcp_domain},
    {51, Shape::number, 4, Field::dhcp_lease_s},      {58, Shape::number, 4, Field::dhcp_renewal_s},
    {59, Shape::number, 4, Field::dhcp_rebinding_s},  {1, Shape::address, 0, Field::dhcp_subnet_mask},
    {3, Shape::addresses, 0, Field::dhcp_router},     {6, Shape::addresses, 0, Field::dhcp_dns_server},
    {60, Shape::text, 0, Field::dhcp_vendor_class},   {61, Shape::bytes, 0, Field::dhcp_client_id},
    {55, Shape::bytes, 0, Field::dhcp_params},        {56, Shape::text, 0, Field::dhcp_message},
    {66, Shape::text, 0, Field::dhcp_boot_server},    {67, Shape::text, 0, Field::dhcp_boot_file},
    {252, Shape::text, 0, Field::dhcp_wpad}};

// RFC 2132 2: no terminator is needed; some senders write one all the same.
Bytes without_nul(Bytes text) {
  while (!text.empty() && (text.back() == 0 || text.back() == '\n')) text = text.first(text.size() - 1);
  return text;
}

uint64_t big_endian(Bytes bytes) {
  uint64_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

// RFC 4702 2: three octets, then the name in ASCII, or as DNS writes it.
void observe_client_name(Bytes value, uint64_t offset, Sink& sink, TxId tx, Oddities& oddities) {
  constexpr size_t fixed_bytes = 3;
  constexpr uint8_t dns_encoding = 0x04;
  if (value.size() < fixed_bytes) return oddities.note(Oddity::bad_option);
  const Bytes name = value.subspan(fixed_bytes);
  if ((value[0] & dns_encoding) == 0)
    return sink.observe(tx, Field::dhcp_fqdn, without_nul(name), offset + fixed_bytes);
  char memory[option_bytes_max];
  TextWriter text(memory);
  for (ByteReader reader(name); !reader.at_end();) {
    const Bytes label = reader.bytes(reader.u8());
    if (reader.failed()) return oddities.note(Oddity::bad_option);
    if (label.empty()) break;
    if (!text.empty()) text.character('.');
    text.text(as_text(label));
  }
  if (!text.empty()) sink.observe(tx, Field::dhcp_fqdn, text.bytes(), offset + fixed_bytes);
}

void observe_addresses(const KnownOption& option, Bytes value, uint64_t offset, Sink& sink, TxId tx,
                       Oddities& oddities) {
  if (value.size() < address_bytes || value.size() % address_bytes != 0) oddities.note(Oddity::bad_option);
  const size_t wanted = option.shape == Shape::address ? 1 : addresses_max;
  if (value.size() / address_bytes > wanted)
    oddities.note(option.shape == Shape::address ? Oddity::bad_option : Oddity::long_option);
  for (size_t at = 0; at + address_bytes <= value.size() && at < wanted * address_bytes; at += address_bytes)
    sink.observe(tx, option.field, value.subspan(at, address_bytes), offset + at);
}

void observe_option(const KnownOption& option, Bytes value, uint64_t offset, Sink& sink, TxId tx,
                    Oddities& oddities) {
  switch (option.shape) {
    case Shape::number:
      if (value.size() != option.length) return oddities.note(Oddity::bad_option);
      return sink.observe_number(tx, option.field, big_endian(value), offset);
    case Shape::address:
    case Shape::addresses: return observe_addresses(option, value, offset, sink, tx, oddities);
    case Shape::client_name: return observe_client_name(value, offset, sink, tx, oddities);
    case Shape::bytes: return sink.observe(tx, option.field, value, offset);
    case Shape::text:
      if (const Bytes text = without_nul(value); !text.empty()) sink.observe(tx, option.field, text, offset);
  }
}

}  // namespace

// Visits (code, place of its value, length) of each piece in `area` up to its end.
template <typename Visit>
void Options::walk(const Area& area, Oddities& oddities, Visit visit) const {
  for (size_t position = area.begin; position < area.end;) {
    const uint8_t code = message_[position++];
    if (code == code_pad) continue;
    if (code == code_end) return;
    const size_t length = position < area.end ? message_[position] : 0;
    const size_t value = position + 1;
    if (value > area.end || length > area.end - value) return oddities.note(Oddity::cut_option);
    visit(code, value, length);
    position = value + length;
  }
}

void Options::read(const Area& area, Oddities& oddities) {
  walk(area, oddities, [&](uint8_t code, size_t value, size_t length) {
    First& first = first_[code];
    if (first.count == 0) first = {static_cast<uint32_t>(value), static_cast<uint8_t>(length), 0};
    if (first.count != UINT8_MAX) ++first.count;
  });
}

Options::Options(Bytes message, Oddities& oddities) : message_(message) {
  areas_[0] = {header_bytes + cookie_bytes, message.size()};
  read(areas_[0], oddities);
  if (!has(code_overload)) return;
  const First& overload = first_[code_overload];
  overload_ = overload.length == 1 ? message[overload.at] : 0U;
  if (overload.count != 1 || overload_ < 1 || overload_ > 3) oddities.note(Oddity::odd_overload);
  if (overload_ > 3) overload_ = 0;
  if (file_is_options()) areas_[1] = {at::file, at::file + file_bytes};
  if (server_name_is_options()) areas_[2] = {at::server_name, at::server_name + server_name_bytes};
  read(areas_[1], oddities);
  read(areas_[2], oddities);
}

Bytes Options::value(uint8_t code, std::span<uint8_t> room, Oddities& oddities) const {
  const First& first = first_[code];
  if (first.count == 1) return message_.subspan(first.at, first.length);
  size_t size = 0;
  Oddities told_before;
  for (const Area& area : areas_)
    walk(area, told_before, [&](uint8_t found, size_t value, size_t length) {
      if (found != code) return;
      const size_t taken = std::min(length, room.size() - size);
      if (taken < length) oddities.note(Oddity::long_option);
      std::copy_n(message_.begin() + static_cast<std::ptrdiff_t>(value), taken,
                  room.begin() + static_cast<std::ptrdiff_t>(size));
      size += taken;
    });
  return room.first(size);
}

void observe_options(const Options& options, Sink& sink, TxId tx, Oddities& oddities) {
  uint8_t room[option_bytes_max];
  for (const KnownOption& option : known_options)
    if (options.has(option.code))
      observe_option(option, options.value(option.code, room, oddities), options.offset(option.code), sink,
                     tx, oddities);
}

}  // namespace sekisho::dhcp
