// SPDX-License-Identifier: Apache-2.0
// One door to the normal forms: builder and look-up go through it, so that both sides agree by construction.
//
// Pure functions; hostile input is normal input: linear, bounded by the caller's buffer, never failing worse than "nothing".
#pragma once

#include <iterator>
#include <optional>
#include <span>

#include "matchers/base/bytes.h"
#include "matchers/indicator.h"

namespace sekisho {

// What the values of a kind look like; decides the normal form and the structure that finds them.
enum class Form : uint8_t {
  address,    // 16 bytes                                 hosts: exact table; prefixes: intervals
  number,     // number_key()                             intervals
  host,       // host.h                                   suffix table
  url,        // url.h                                    table with path prefixes
  mail,       // mail address                             exact table
  mail_host,  // domain of a mail address                 suffix table
  digest,     // raw bytes                                exact table
  serial,     // hexadecimal text                         exact table
  file_name,  // last part of a path                      exact table
  text,       // lowered, white space collapsed           exact table
  keyword,    // not normalised                           patterns only
  terms       // of a compound: not normalised            each term where its kind lies
};
std::string_view form_name(Form form);
// What the normal form does to a value, in a sentence for operators.
std::string_view form_sentence(Form form);

struct KindRule {
  Kind kind;
  Form form;
  uint8_t digest_bytes = 0;
};
// In the header because every look-up goes by it.
inline constexpr KindRule kind_rules[] = {
    {Kind::address, Form::address},
    {Kind::port, Form::number},
    {Kind::domain, Form::host},
    {Kind::url, Form::url},
    {Kind::user_agent, Form::text},
    {Kind::referer, Form::url},
    {Kind::mail_address, Form::mail},
    {Kind::mail_domain, Form::mail_host},
    {Kind::subject, Form::text},
    {Kind::file_name, Form::file_name},
    {Kind::file_type, Form::text},
    {Kind::file_size, Form::number},
    {Kind::md5, Form::digest, 16},
    {Kind::sha1, Form::digest, 20},
    {Kind::sha256, Form::digest, 32},
    {Kind::ja3, Form::text},
    {Kind::ja3s, Form::text},
    {Kind::ja4, Form::text},
    {Kind::certificate_sha1, Form::digest, 20},
    {Kind::certificate_sha256, Form::digest, 32},
    {Kind::certificate_serial, Form::serial},
    {Kind::certificate_subject, Form::text},
    {Kind::keyword, Form::keyword},
    {Kind::method, Form::text},
    {Kind::status, Form::number},
    {Kind::error_code, Form::number},
    {Kind::authentication_result, Form::number},
    {Kind::dns_type, Form::number},
    {Kind::byte_count, Form::number},
    {Kind::packet_count, Form::number},
    {Kind::session_duration, Form::number},
    {Kind::recipient_count, Form::number},
    {Kind::file_size_change, Form::number},
    {Kind::time_window, Form::number},
    {Kind::application, Form::text},
    {Kind::account, Form::text},
    {Kind::process, Form::file_name},
    {Kind::path, Form::text},
    {Kind::registry_key, Form::text},
    {Kind::registry_value, Form::text},
    {Kind::api, Form::text},
    {Kind::event_id, Form::number},
    {Kind::workstation, Form::text},
    {Kind::device, Form::text},
    {Kind::compound, Form::terms}};

constexpr bool kind_rules_in_order() {
  for (size_t i = 0; i < std::size(kind_rules); ++i)
    if (static_cast<size_t>(kind_rules[i].kind) != i) return false;
  return std::size(kind_rules) == kind_count;
}
static_assert(kind_rules_in_order(), "one rule for each kind, in the order of Kind");

constexpr Form form_of(Kind kind) { return kind_rules[static_cast<size_t>(kind)].form; }
// Bytes of the digest kinds; 0 for others.
constexpr size_t digest_bytes(Kind kind) { return kind_rules[static_cast<size_t>(kind)].digest_bytes; }

// Match modes that indicators of a form may have, as bits of MatchMode.
constexpr uint32_t mode_bit(MatchMode mode) { return uint32_t{1} << static_cast<uint8_t>(mode); }
uint32_t modes_of(Form form);
inline constexpr uint32_t pattern_modes = mode_bit(MatchMode::literal) | mode_bit(MatchMode::regex) | mode_bit(MatchMode::glob);

// Room that the normal form of `bytes` can need.
constexpr size_t normalised_bytes_max(size_t bytes) { return 3 * bytes + 64; }

// A value as traffic or a feed gives it (text, also for addresses and digests), in the form that Query::value wants and that the image
// stores. The result lies in `out`. Nothing where the value is not of the kind's form, is empty, or does not fit. Number kinds have
// no text form: see number.h. Keywords come back as they are.
std::optional<Bytes> normalise(Kind kind, Bytes input, std::span<uint8_t> out);

}  // namespace sekisho
