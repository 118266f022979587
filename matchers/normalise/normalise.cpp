// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/normalise.h"

#include <array>

#include "matchers/normalise/address.h"
#include "matchers/normalise/host.h"
#include "matchers/normalise/number.h"
#include "matchers/normalise/text.h"
#include "matchers/normalise/url.h"

namespace sekisho {

namespace {

using NormaliseFunction = std::optional<Bytes> (*)(Kind, Bytes, std::span<uint8_t>);

std::optional<Bytes> address_form(Kind, Bytes input, std::span<uint8_t> out) {
  std::string_view text = trim(as_text(input));
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  const auto address = parse_address(text);
  if (!address || out.size() < address->size()) return std::nullopt;
  std::memcpy(out.data(), address->data(), address->size());
  return Bytes(out).first(address->size());
}
std::optional<Bytes> host_form(Kind, Bytes input, std::span<uint8_t> out) {
  const auto host = normalise_host(input, out);
  if (!host) return std::nullopt;
  return host->name;
}
std::optional<Bytes> digest_form(Kind kind, Bytes input, std::span<uint8_t> out) {
  return parse_digest(as_text(input), digest_bytes(kind), out);
}
std::optional<Bytes> no_form(Kind, Bytes, std::span<uint8_t>) { return std::nullopt; }
std::optional<Bytes> same(Kind, Bytes input, std::span<uint8_t> out) {
  Writer writer(out);
  writer.put(input);
  if (writer.overflow() || input.empty()) return std::nullopt;
  return writer.written();
}
template <auto function>
std::optional<Bytes> plain(Kind, Bytes input, std::span<uint8_t> out) {
  return function(input, out);
}

constexpr uint32_t exact_mode = mode_bit(MatchMode::exact);
struct FormRule {
  Form form;
  std::string_view name;
  NormaliseFunction normalise;
  uint32_t modes;
  std::string_view sentence;
};
constexpr FormRule form_rules[] = {
    {Form::address, "address", address_form, exact_mode | mode_bit(MatchMode::cidr),
     "IPv4 or IPv6 in any spelling, brackets left off; IPv4 mapped into IPv6 is IPv4. A prefix holds every address in it."},
    {Form::number, "number", no_form, exact_mode | mode_bit(MatchMode::range),
     "A number, or a range as 10..20; k, M and G stand for powers of 1024 in sizes. Names where traffic has them (record types, results)."},
    {Form::host, "host name", host_form, exact_mode | mode_bit(MatchMode::subdomains) | pattern_modes,
     "Lower case, without port and final dots; names in Unicode as A-labels (IDNA). A host that is an address, in any spelling, is one."},
    {Form::url, "URL", plain<normalise_url>, exact_mode | mode_bit(MatchMode::prefix) | pattern_modes,
     "Without scheme, user info, default port (80, 443) and fragment; the host percent-decoded and as a host name; dot segments resolved, needless "
     "percent-encoding decoded; the case of path and query stays. A prefix ends at a boundary of path or query."},
    {Form::mail, "mail address", plain<normalise_mail_address>, exact_mode | pattern_modes,
     "Lower case, also the local part; display name, angle brackets, source route and \"mailto:\" left off; the domain as a host name."},
    {Form::mail_host, "mail domain", plain<normalise_mail_domain>, exact_mode | mode_bit(MatchMode::subdomains) | pattern_modes,
     "The part of a mail address behind the last @, as a host name."},
    {Form::digest, "digest", digest_form, exact_mode, "Hexadecimal digits of the digest's length, in either case; colons and blanks left off."},
    {Form::serial, "serial number", plain<normalise_serial>, exact_mode, "Hexadecimal digits in either case, without leading zeros, colons and blanks."},
    {Form::file_name, "file name", plain<normalise_file_name>, exact_mode | pattern_modes, "Lower case; the last part of a path, of either slash."},
    {Form::text, "text", plain<normalise_text>, exact_mode | pattern_modes,
     "Lower case; white space at the ends left off, elsewhere one space."},
    {Form::keyword, "keyword", same, exact_mode | pattern_modes,
     "As it is: met anywhere in the value or body. Literals ignore case."},
    {Form::terms, "terms", same, exact_mode,
     "Terms KIND[/MODE]=VALUE with AND between them, NOT before those that must not be met: all in one transaction, or it and its flow."}};

const FormRule& rule_of(Form form) { return form_rules[static_cast<size_t>(form)]; }

}  // namespace

std::string_view form_name(Form form) { return rule_of(form).name; }
std::string_view form_sentence(Form form) { return rule_of(form).sentence; }
uint32_t modes_of(Form form) { return rule_of(form).modes; }

std::optional<Bytes> normalise(Kind kind, Bytes input, std::span<uint8_t> out) {
  return rule_of(form_of(kind)).normalise(kind, input, out);
}

}  // namespace sekisho
