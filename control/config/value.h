// SPDX-License-Identifier: Apache-2.0
// From the text of one value to its type, and key<>(), which binds a KeySpec to a member. Errors are the reason alone, without the
// place; empty = stored.
#pragma once

#include <optional>
#include <type_traits>
#include <vector>

#include "control/config/config.h"
#include "control/config/key_spec.h"

namespace sekisho {

std::string parse_value(std::string_view text, const KeySpec& spec, uint64_t& out);
std::string parse_value(std::string_view text, const KeySpec& spec, bool& out);
std::string parse_value(std::string_view text, const KeySpec& spec, std::string& out);
std::string parse_value(std::string_view text, const KeySpec& spec, Prefix& out);
std::string parse_value(std::string_view text, const KeySpec& spec, Kind& out);
std::string parse_value(std::string_view text, const KeySpec& spec, Action& out);
std::string parse_value(std::string_view text, const KeySpec& spec, Tlp& out);

// The index of `text` in `names`, or the count of names. `reason` then names the nearest.
size_t choice_index(std::string_view text, std::span<const std::string_view> names, std::string& reason);

template <typename Enum>
  requires std::is_enum_v<Enum>
std::string parse_value(std::string_view text, const KeySpec&, Enum& out) {
  std::string reason;
  const size_t index = choice_index(text, Spelling<Enum>::names, reason);
  if (reason.empty()) out = static_cast<Enum>(index + first_value<Enum>);
  return reason;
}

template <typename T>
std::string parse_value(std::string_view text, const KeySpec& spec, std::optional<T>& out) {
  out.reset();
  return text.empty() ? std::string() : parse_value(text, spec, out.emplace());
}

// Checks for KeySpec::check.
std::string check_path(std::string_view text);     // absolute
std::string check_name(std::string_view text);     // letters, digits, - _ .
std::string check_domain(std::string_view text);
std::string check_ipv4(std::string_view text);
std::string check_ipv6(std::string_view text);
std::string check_pci(std::string_view text);      // 0000:03:00.0
std::string check_host(std::string_view text);     // a name or an address
std::string check_power_of_two(std::string_view text);
std::string check_url(std::string_view text);        // http or https, with a host, without user or password
std::string check_public_key(std::string_view text); // minisign: 42 bytes in base64, "RW.."

namespace detail {

// What one value of a member is: the T of T, of std::optional<T> and of std::vector<T>.
template <typename T>
struct ItemOf {
  using type = T;
  static constexpr bool list = false;
};
template <typename T>
struct ItemOf<std::optional<T>> : ItemOf<T> {};
template <typename T>
struct ItemOf<std::vector<T>> : ItemOf<T> {
  static constexpr bool list = true;
};

template <typename Pointer>
struct MemberOf;
template <typename S, typename M>
struct MemberOf<M S::*> {
  using Section = S;
  using Member = M;
  using Item = typename ItemOf<M>::type;
  static constexpr bool list = ItemOf<M>::list;
};

template <typename T>
consteval std::string_view type_name() {
  if constexpr (std::is_same_v<T, uint64_t>) return "number";
  else if constexpr (std::is_same_v<T, bool>) return "true or false";
  else if constexpr (std::is_same_v<T, std::string>) return "text";
  else if constexpr (std::is_same_v<T, Prefix>) return "address or prefix";
  else if constexpr (std::is_same_v<T, Kind>) return "indicator kind";
  else return "choice";
}

template <typename T>
consteval std::span<const std::string_view> choices_of() {
  if constexpr (requires { Spelling<T>::names; }) return Spelling<T>::names;
  else return {};
}

template <auto member>
auto& member_of(void* section) {
  return static_cast<typename MemberOf<decltype(member)>::Section*>(section)->*member;
}

template <auto member>
std::string store(void* section, const KeySpec& spec, std::string_view text) {
  using Of = MemberOf<decltype(member)>;
  if constexpr (Of::list) {
    typename Of::Item item{};
    std::string reason = parse_value(text, spec, item);
    if (reason.empty()) member_of<member>(section).push_back(std::move(item));
    return reason;
  } else {
    return parse_value(text, spec, member_of<member>(section));
  }
}

template <auto member>
void* enter(void* section) {
  if constexpr (MemberOf<decltype(member)>::list) return &member_of<member>(section).emplace_back();
  else return &member_of<member>(section);
}

}  // namespace detail

// A scalar or a list of scalars.
template <auto member>
consteval KeySpec key(KeySpec spec) {
  using Of = detail::MemberOf<decltype(member)>;
  spec.shape = Of::list ? Shape::list : Shape::scalar;
  spec.type = detail::type_name<typename Of::Item>();
  spec.choices = detail::choices_of<typename Of::Item>();
  spec.store = detail::store<member>;
  return spec;
}
// A section or a list of sections.
template <auto member>
consteval KeySpec key(KeySpec spec, const SectionSpec& nested) {
  spec.shape = detail::MemberOf<decltype(member)>::list ? Shape::sections : Shape::section;
  spec.nested = &nested;
  spec.enter = detail::enter<member>;
  return spec;
}

}  // namespace sekisho
