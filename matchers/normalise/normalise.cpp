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
};
constexpr FormRule form_rules[] = {
    {Form::address, "address", address_form, exact_mode | mode_bit(MatchMode::cidr)},
    {Form::number, "number", no_form, exact_mode | mode_bit(MatchMode::range)},
    {Form::host, "host name", host_form, exact_mode | mode_bit(MatchMode::subdomains) | pattern_modes},
    {Form::url, "URL", plain<normalise_url>, exact_mode | mode_bit(MatchMode::prefix) | pattern_modes},
    {Form::mail, "mail address", plain<normalise_mail_address>, exact_mode | pattern_modes},
    {Form::mail_host, "mail domain", plain<normalise_mail_domain>, exact_mode | mode_bit(MatchMode::subdomains) | pattern_modes},
    {Form::digest, "digest", digest_form, exact_mode},
    {Form::serial, "serial number", plain<normalise_serial>, exact_mode},
    {Form::file_name, "file name", plain<normalise_file_name>, exact_mode | pattern_modes},
    {Form::text, "text", plain<normalise_text>, exact_mode | pattern_modes},
    {Form::keyword, "keyword", same, exact_mode | pattern_modes},
    {Form::terms, "terms", same, exact_mode}};

const FormRule& rule_of(Form form) { return form_rules[static_cast<size_t>(form)]; }

}  // namespace

std::string_view form_name(Form form) { return rule_of(form).name; }
uint32_t modes_of(Form form) { return rule_of(form).modes; }

std::optional<Bytes> normalise(Kind kind, Bytes input, std::span<uint8_t> out) {
  return rule_of(form_of(kind)).normalise(kind, input, out);
}

}  // namespace sekisho
