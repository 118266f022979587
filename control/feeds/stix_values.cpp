// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_values.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "control/feeds/expression.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"
#include "matchers/normalise/address.h"
#include "matchers/normalise/normalise.h"
#include "matchers/prefix/path_prefixes.h"

namespace sekisho {

namespace {

// What a path's values look like, where that is not its kind's form alone.
enum class Shape : uint8_t {
  plain,
  host,      // an address or a name
  request,   // a request's target, with or without its host
  protocol,  // a list of protocols, of which those of applications are met
  type       // of the value beside it
};

struct PathRow {
  std::string_view path;  // in lower case, without quotes and indexes; hashes without "-" and "_"
  Kind kind;
  Shape shape = Shape::plain;
};
// THE LIST: what is not here is no value that traffic shows. A header's or file's value is met wherever its kind stands.
constexpr PathRow paths[] = {
    {"domain-name:value", Kind::domain},
    {"ipv4-addr:value", Kind::address},
    {"ipv6-addr:value", Kind::address},
    {"url:value", Kind::url},
    {"file:hashes.md5", Kind::md5},
    {"file:hashes.sha1", Kind::sha1},
    {"file:hashes.sha256", Kind::sha256},
    {"file:name", Kind::file_name},
    {"file:size", Kind::file_size},
    {"file:mime_type", Kind::file_type},
    {"file:parent_directory_ref.path", Kind::path},
    {"file:content_ref.hashes.md5", Kind::md5},
    {"file:content_ref.hashes.sha1", Kind::sha1},
    {"file:content_ref.hashes.sha256", Kind::sha256},
    {"artifact:hashes.md5", Kind::md5},
    {"artifact:hashes.sha1", Kind::sha1},
    {"artifact:hashes.sha256", Kind::sha256},
    {"domain-name:resolves_to_refs.value", Kind::address, Shape::host},
    {"email-addr:value", Kind::mail_address},
    {"email-message:from_ref.value", Kind::mail_address},
    {"email-message:sender_ref.value", Kind::mail_address},
    {"email-message:to_refs.value", Kind::mail_address},
    {"email-message:cc_refs.value", Kind::mail_address},
    {"email-message:bcc_refs.value", Kind::mail_address},
    {"email-message:subject", Kind::subject},
    {"email-message:body_multipart.body_raw_ref.name", Kind::file_name},
    {"email-message:body_multipart.body_raw_ref.size", Kind::file_size},
    {"email-message:body_multipart.body_raw_ref.hashes.md5", Kind::md5},
    {"email-message:body_multipart.body_raw_ref.hashes.sha1", Kind::sha1},
    {"email-message:body_multipart.body_raw_ref.hashes.sha256", Kind::sha256},
    {"network-traffic:src_ref.value", Kind::address, Shape::host},
    {"network-traffic:dst_ref.value", Kind::address, Shape::host},
    {"network-traffic:src_ref.type", Kind::address, Shape::type},
    {"network-traffic:dst_ref.type", Kind::address, Shape::type},
    {"network-traffic:src_port", Kind::port},
    {"network-traffic:dst_port", Kind::port},
    {"network-traffic:src_byte_count", Kind::byte_count},
    {"network-traffic:dst_byte_count", Kind::byte_count},
    {"network-traffic:src_packets", Kind::packet_count},
    {"network-traffic:dst_packets", Kind::packet_count},
    {"network-traffic:protocols", Kind::application, Shape::protocol},
    {"network-traffic:extensions.http-request-ext.request_method", Kind::method},
    {"network-traffic:extensions.http-request-ext.request_value", Kind::url, Shape::request},
    {"network-traffic:extensions.http-request-ext.request_header.user-agent", Kind::user_agent},
    {"network-traffic:extensions.http-request-ext.request_header.host", Kind::domain, Shape::host},
    {"network-traffic:extensions.http-request-ext.request_header.referer", Kind::referer},
    {"x509-certificate:hashes.sha1", Kind::certificate_sha1},
    {"x509-certificate:hashes.sha256", Kind::certificate_sha256},
    {"x509-certificate:serial_number", Kind::certificate_serial},
    {"x509-certificate:subject", Kind::certificate_subject},
    {"user-account:account_login", Kind::account},
    {"user-account:user_id", Kind::account},
    {"directory:path", Kind::path},
    {"process:name", Kind::process},
    {"windows-registry-key:key", Kind::registry_key},
};

// Below the application: no value of the kind.
constexpr std::string_view carriers[] = {"ethernet", "ip", "ipv4", "ipv6", "icmp", "ipv6-icmp", "tcp", "udp", "sctp"};

std::string path_text(const StixPattern& pattern, const StixComparison& comparison) {
  std::string out = lowered(comparison.object_type);
  char separator = ':';
  bool digest_name = false;
  for (uint32_t i = 0; i < comparison.steps.count; ++i) {
    const StixStep& step = pattern.steps[comparison.steps.first + i];
    if (step.name.empty()) continue;
    std::string name = lowered(step.name);
    if (digest_name) std::erase_if(name, [](char c) { return c == '-' || c == '_'; });  // "SHA-256", "sha_256"
    digest_name = name == "hashes";
    out.append(1, separator).append(name);
    separator = '.';
  }
  return out;
}

const PathRow* row_of(std::string_view path) {
  const auto* const row = std::find_if(std::begin(paths), std::end(paths), [&](const PathRow& each) { return each.path == path; });
  return row == std::end(paths) ? nullptr : row;
}

// --- numbers

struct NumberOperator {
  StixOperator op;
  StixOperator opposite;  // what NOT makes of it
};
constexpr NumberOperator number_operators[] = {{StixOperator::less, StixOperator::greater_equal},
                                               {StixOperator::less_equal, StixOperator::greater},
                                               {StixOperator::greater, StixOperator::less_equal},
                                               {StixOperator::greater_equal, StixOperator::less}};

// A number in quotes is taken for one: common producers write ports so.
std::string number_value(const StixLiteral& literal, StixOperator op, StixValue& out) {
  uint64_t number = 0;
  const std::string_view text = literal.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool may_be = literal.type == StixLiteralType::integer || literal.type == StixLiteralType::text;
  if (!may_be || error != std::errc() || end != text.data() + text.size()) return "is not a whole number";
  if (op >= StixOperator::less && op <= StixOperator::greater_equal && out.term.negated) {
    out.term.negated = false;
    op = std::find_if(std::begin(number_operators), std::end(number_operators), [&](const NumberOperator& row) { return row.op == op; })->opposite;
  }
  NumberRange range{number, number};
  switch (op) {
    case StixOperator::equal: break;
    case StixOperator::less: range = {0, number - 1}; break;
    case StixOperator::less_equal: range = {0, number}; break;
    case StixOperator::greater: range = {number + 1, UINT64_MAX}; break;
    case StixOperator::greater_equal: range = {number, UINT64_MAX}; break;
    default: return "compares a number as a text";
  }
  if ((op == StixOperator::less && number == 0) || (op == StixOperator::greater && number == UINT64_MAX)) return "is met by no number";
  out.range = range;
  out.term.value = range_text(range);
  out.term.mode = range.low == range.high ? MatchMode::exact : MatchMode::range;
  return {};
}

// --- LIKE

// A URL is met without its scheme; "://" further on is a part of its query.
std::string_view without_like_scheme(std::string_view like) {
  const size_t end = like.find("://");
  return end == std::string_view::npos || like.substr(0, end).find_first_of("/?") != std::string_view::npos ? like : like.substr(end + 3);
}

std::string like_as_expression(std::string_view like) {
  std::string out;
  for (size_t at = 0; at < like.size();) {
    const size_t end = std::min(like.find_first_of("%_", at), like.size());
    out += as_expression(like.substr(at, end - at));
    if (end < like.size()) out += like[end] == '%' ? ".*" : ".";
    at = end + 1;
  }
  return out;
}

std::string like_as_glob(std::string_view like) {
  std::string out(like);
  std::replace(out.begin(), out.end(), '%', '*');
  std::replace(out.begin(), out.end(), '_', '?');
  return out;
}

void set(Term& term, MatchMode mode, std::string value) {
  term.mode = mode;
  term.value = std::move(value);
}

// "%" is any run of characters, "_" any one; the whole value is compared.
std::string like_value(std::string_view like, Term& term) {
  const std::string_view written = like.substr(0, like.find_last_not_of('%') + 1);
  if (term.kind == Kind::url) like = without_like_scheme(like);
  if (like.find_first_not_of("%_") == std::string_view::npos) return "is met by every value";
  if (like.find_first_of("%_") == std::string_view::npos) {
    set(term, MatchMode::exact, std::string(like));
    return {};
  }
  const size_t first = like.find_first_not_of('%'), last = like.find_last_not_of('%');
  const std::string_view inner = like.substr(first, last - first + 1);
  const bool plain = inner.find_first_of("%_") == std::string_view::npos;
  if (plain && first == 1 && last + 1 == like.size() && term.kind == Kind::mail_address && inner.starts_with('@')) {
    term.kind = Kind::mail_domain;  // "%@evil.test"
    set(term, MatchMode::exact, std::string(inner.substr(1)));
  } else if (plain && first == 0 && term.kind == Kind::url && ends_behind(static_cast<uint8_t>(inner.back()))) {
    set(term, MatchMode::prefix, std::string(written.find_first_of("%_") == std::string_view::npos ? written : inner));
  } else if (plain && first > 0 && last + 1 < like.size()) {
    if (inner.size() < rule_text_bytes_min) return "is looked for anywhere, which is too short";
    set(term, MatchMode::literal, std::string(inner));
  } else if (inner.find_first_of("*?") != std::string_view::npos) {
    set(term, MatchMode::regex, "(?is)^" + like_as_expression(like) + "$");
  } else {
    set(term, MatchMode::glob, like_as_glob(like));
  }
  return {};
}

// --- MATCHES

// The ways in which expressions begin with a scheme; the first that an expression begins with is taken off.
constexpr std::string_view scheme_words[] = {"http[s]?", "https?", "http", "(http|https)", "(https|http)", "(https?)", "(?:https?)", "(?:http|https)"};
constexpr std::string_view scheme_ends[] = {"://", ":\\/\\/", "\\:\\/\\/", "\\://"};

std::string without_scheme(std::string_view expression) {
  const std::string_view rest = expression.substr(expression.starts_with('^') ? 1 : 0);
  for (const std::string_view word : scheme_words)
    for (const std::string_view end : scheme_ends)
      if (rest.starts_with(word) && rest.substr(word.size()).starts_with(end)) return "^" + std::string(rest.substr(word.size() + end.size()));
  return std::string(expression);
}

std::string expression_value(std::string_view expression, Term& term) {
  std::string value(expression);
  if (term.kind == Kind::url) value = without_scheme(expression);
  if (term.kind == Kind::url && (value.find("://") != std::string::npos || value.find(":\\/\\/") != std::string::npos))
    return "names a scheme: URLs are met without theirs";
  set(term, MatchMode::regex, std::move(value));
  return {};
}

// --- shapes

std::string plain_value(std::string_view text, StixOperator op, Term& term) {
  switch (op) {
    case StixOperator::equal: set(term, term.kind == Kind::address ? take_mode(term.kind, text) : MatchMode::exact, std::string(text)); return {};
    case StixOperator::like: return like_value(text, term);
    case StixOperator::matches: return expression_value(text, term);
    case StixOperator::is_subset:
      if (term.kind != Kind::address) return "is no address: only those have subsets";
      set(term, take_mode(term.kind, text), std::string(text));
      return {};
    case StixOperator::is_superset: return "is a prefix within what is seen: addresses are seen one by one";
    default: return "compares texts by their order";
  }
}

std::string host_value(std::string_view text, StixOperator op, Term& term) {
  if (op == StixOperator::matches && term.kind == Kind::address) return "is an expression for addresses and names at once";
  if (op == StixOperator::equal) term.kind = parse_cidr(text) ? Kind::address : Kind::domain;
  else if (op == StixOperator::like) term.kind = text.find_first_not_of("0123456789.:%_") == std::string_view::npos ? Kind::address : Kind::domain;
  return plain_value(text, op, term);
}

// A URL's normal form is host/path?query: the target begins at the first slash, and its case counts.
constexpr std::string_view any_host = "^[^/]*";

std::string request_value(std::string_view text, StixOperator op, Term& term) {
  if (text.find("://") != std::string_view::npos) return plain_value(text, op, term);
  const bool from_start = text.starts_with('/');
  if (op == StixOperator::equal && from_start) {
    set(term, MatchMode::regex, std::string(any_host) + as_expression(text) + "$");
  } else if (op == StixOperator::like && (from_start || text.starts_with('%')) && text.find_first_not_of("%_") != std::string_view::npos) {
    set(term, MatchMode::regex, std::string(any_host) + (from_start ? "" : "/") + like_as_expression(text) + "$");
  } else if (op == StixOperator::matches && text.find('|') == std::string_view::npos) {
    set(term, MatchMode::regex, text.starts_with('^') ? std::string(any_host) + std::string(text.substr(1)) : std::string(text));
  } else {
    return "is no target of a request that can be looked for";
  }
  return {};
}

std::string protocol_value(std::string_view text, StixOperator op, Term& term) {
  const std::string name = lowered(text);
  if (std::find(std::begin(carriers), std::end(carriers), name) != std::end(carriers)) return "is below the protocols of applications";
  return plain_value(name, op, term);
}

std::string type_value(std::string_view text, StixOperator op, Term& term) {
  if (op != StixOperator::equal || term.negated) return "is no value that is looked for in traffic";
  term.value = text;
  return {};
}

using ShapeFunction = std::string (*)(std::string_view text, StixOperator op, Term& term);
constexpr ShapeFunction shapes[] = {plain_value, host_value, request_value, protocol_value, type_value};  // by Shape

}  // namespace

std::string range_text(const NumberRange& range) {
  if (range.low == range.high) return std::to_string(range.low);
  return std::to_string(range.low) + ".." + (range.high == UINT64_MAX ? "" : std::to_string(range.high));
}

std::string stix_value_of(const StixPattern& pattern, const StixComparison& comparison, const StixLiteral& literal, StixValue& out) {
  const PathRow* row = row_of(path_text(pattern, comparison));
  if (row == nullptr) return "is no value that is looked for in traffic";
  out.term.kind = row->kind;
  out.path = row->path;
  out.range.reset();
  out.is_type = row->shape == Shape::type;
  StixOperator op = comparison.op == StixOperator::in ? StixOperator::equal : comparison.op;
  out.term.negated = comparison.negated != (op == StixOperator::not_equal);
  if (op == StixOperator::not_equal) op = StixOperator::equal;
  if (form_of(row->kind) == Form::number) return number_value(literal, op, out);
  if (literal.type != StixLiteralType::text) return "is compared with what is no text";
  return shapes[static_cast<size_t>(row->shape)](literal.text, op, out.term);
}

}  // namespace sekisho
