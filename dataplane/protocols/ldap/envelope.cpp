// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/ldap/envelope.h"

#include <algorithm>
#include <iterator>

#include "dataplane/protocols/tls/der.h"

namespace sekisho::ldap {

namespace {

using namespace operation;

constexpr uint8_t requests[] = {bind_request,    unbind_request,  search_request, modify_request,
                                add_request,     del_request,     mod_dn_request, compare_request,
                                abandon_request, extended_request};
constexpr uint8_t responses[] = {bind_response,    search_entry,      search_done,          modify_response,
                                 add_response,     del_response,      mod_dn_response,      compare_response,
                                 search_reference, extended_response, intermediate_response};

// BER with definite lengths, in up to five octets (RFC 4511 5.1). False where octets are missing or it is no
// length.
bool read_length(ByteReader& reader, uint64_t& length, bool& wrong) {
  length = reader.u8();
  if (length < 0x80) return !reader.failed();
  const uint64_t octets = length & 0x7F;
  wrong |= octets == 0 || octets > 4;
  length = 0;
  for (uint64_t i = 0; i < octets && !wrong; ++i) length = length << 8 | reader.u8();
  return !reader.failed() && !wrong;
}

bool read_tag(ByteReader& reader, uint8_t expected, bool& wrong) {
  wrong |= reader.u8() != expected && !reader.failed();
  return !reader.failed() && !wrong;
}

bool read_id(ByteReader& reader, uint32_t& id, bool& wrong) {
  uint64_t length = 0;
  if (!read_tag(reader, tls::der::integer, wrong) || !read_length(reader, length, wrong)) return false;
  wrong |= length == 0 || length > 4;
  id = 0;
  for (uint64_t i = 0; i < length && !wrong; ++i) id = id << 8 | reader.u8();
  wrong |= id >> 31 != 0;  // RFC 4511 4.1.1: maxInt
  return !reader.failed() && !wrong;
}

bool read_all(ByteReader& reader, Envelope& envelope, bool& wrong) {
  uint64_t length = 0;
  if (!read_tag(reader, tls::der::sequence, wrong) || !read_length(reader, length, wrong)) return false;
  const size_t begin = reader.position();
  envelope.bytes = begin + length;
  if (!read_id(reader, envelope.id, wrong)) return false;
  envelope.tag = reader.u8();
  if (reader.failed()) return false;
  wrong |= !is_request(envelope.tag) && !is_response(envelope.tag);
  if (wrong || !read_length(reader, envelope.content_bytes, wrong)) return false;
  envelope.content_at = reader.position();
  wrong |= envelope.content_at + envelope.content_bytes > envelope.bytes;
  return !wrong;
}

}  // namespace

bool is_request(uint8_t tag) { return std::ranges::find(requests, tag) != std::end(requests); }
bool is_response(uint8_t tag) { return std::ranges::find(responses, tag) != std::end(responses); }

Reading read_envelope(Bytes message, Envelope& envelope) {
  ByteReader reader(message);
  bool wrong = false;
  if (read_all(reader, envelope, wrong)) return Reading::yes;
  return wrong ? Reading::no : Reading::cut;
}

}  // namespace sekisho::ldap
