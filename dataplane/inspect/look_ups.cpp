// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inspect/look_ups.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "dataplane/inspect/transaction.h"
#include "matchers/normalise/address.h"
#include "matchers/normalise/host.h"
#include "matchers/normalise/normalise.h"
#include "matchers/normalise/text.h"
#include "matchers/normalise/url.h"

namespace sekisho {

namespace {

bool is_raw(FieldType type) {
  return type == FieldType::address || type == FieldType::md5 || type == FieldType::sha1 || type == FieldType::sha256;
}

Bytes copy_to(std::span<uint8_t> out, Bytes bytes) {
  if (bytes.empty() || bytes.size() > out.size()) return {};
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return {out.data(), bytes.size()};
}

// The host of a URL in normal form: host[:port]/path.
Bytes host_of_url(Bytes url) {
  const std::string_view text = as_text(url);
  return url.first(std::min(text.find('/'), text.size()));
}

// A name as a domain, a literal as an address: a host is one or the other.
Bytes host_as(Kind kind, Bytes host, std::span<uint8_t> out) {
  const auto normal = normalise_host(host, out);
  if (!normal) return {};
  if (kind == Kind::domain) return normal->type == HostType::name ? normal->name : Bytes{};
  if (normal->type == HostType::name) return {};
  const auto address = parse_address(as_text(normal->name));
  return address ? copy_to(out, *address) : Bytes{};
}

// `value` of a field, in the form in which indicators of `kind` are stored; empty where it is nothing of the kind.
Bytes as_kind(FieldType type, Kind kind, Bytes value, std::span<uint8_t> out) {
  const bool host_kind = kind == Kind::domain || kind == Kind::address;
  if (is_raw(type)) return copy_to(out, value);
  if (type == FieldType::host && host_kind) return host_as(kind, value, out);
  if (type == FieldType::url && host_kind) {
    const auto url = normalise_url(value, out);
    return url ? host_as(kind, host_of_url(*url), out.subspan(url->size())) : Bytes{};
  }
  if (type == FieldType::mail_address && (kind == Kind::domain || kind == Kind::mail_domain)) {
    const auto domain = normalise_mail_domain(value, out);
    return domain ? *domain : Bytes{};
  }
  const auto normal = normalise(kind, value, out);
  return normal ? *normal : Bytes{};
}

}  // namespace

LookUps::LookUps() : hits_(new Hit[hits_max]), bytes_(new uint8_t[lookup_bytes_max]) {}

void LookUps::set_image(const Image* image, Scratch* scratch) {
  image_ = image;
  scratch_ = scratch;
  kinds_ = image != nullptr ? image->kinds() : 0;
  pattern_kinds_ = image != nullptr ? image->pattern_kinds() : 0;
}

std::span<uint8_t> LookUps::room() const { return {bytes_.get() + bytes_used_, lookup_bytes_max - bytes_used_}; }

void LookUps::queue(const Observation& observation, Kind kind, Bytes normalised, Shape shape) {
  bytes_used_ = static_cast<size_t>(normalised.data() + normalised.size() - bytes_.get());
  queries_[query_count_] = {normalised, kind, static_cast<uint32_t>(query_count_)};
  observations_[query_count_] = observation;
  shapes_[query_count_] = shape;
  ++query_count_;
}

namespace {

// A normal form for each kind; of a URL its host comes behind the whole, for each of two kinds.
constexpr size_t normal_forms(uint64_t kinds) { return static_cast<size_t>(std::popcount(kinds)) + 2; }
constexpr size_t normal_forms_bytes(size_t value_bytes, uint64_t kinds) {
  return normal_forms(kinds) * normalised_bytes_max(value_bytes);
}
// The inverse: what the empty queue has room for.
constexpr size_t longest_value(uint64_t kinds) {
  return (lookup_bytes_max / normal_forms(kinds) - normalised_bytes_max(0)) / (normalised_bytes_max(1) - normalised_bytes_max(0));
}

// A value as long as its field may be always fits.
constexpr bool longest_values_fit() {
  for (const FieldSpec& spec : field_specs)
    if (normal_forms_bytes(spec.max_bytes, spec.kinds) > lookup_bytes_max) return false;
  return true;
}
static_assert(longest_values_fit());

}  // namespace

bool LookUps::add(const Observation& observation, Bytes value) {
  const FieldSpec& spec = field_specs[static_cast<size_t>(observation.field)];
  uint64_t kinds = spec.kinds & kinds_;
  if (normal_forms_bytes(value.size(), kinds) > lookup_bytes_max) {
    value = value.first(longest_value(kinds));
    ++values_cut_;
  }
  // Two queries for each kind: as it is, and by patterns.
  if (query_count_ + static_cast<size_t>(2 * std::popcount(kinds)) > lookups_max) return false;
  if (room().size() < normal_forms_bytes(value.size(), kinds)) return false;
  for (; kinds != 0; kinds &= kinds - 1) {
    const Kind kind = static_cast<Kind>(std::countr_zero(kinds));
    const Bytes normalised = as_kind(spec.type, kind, value, room());
    if (normalised.empty()) continue;
    if (kind != Kind::keyword) queue(observation, kind, normalised, Shape::exact);
    if ((pattern_kinds_ & kind_bit(kind)) != 0) queue(observation, kind, normalised, Shape::pattern);
  }
  return true;
}

bool LookUps::add_number(const Observation& observation, uint64_t value) {
  uint64_t kinds = field_specs[static_cast<size_t>(observation.field)].kinds & kinds_;
  if (query_count_ + static_cast<size_t>(std::popcount(kinds)) > lookups_max || room().size() < 64 * sizeof value) return false;
  for (; kinds != 0; kinds &= kinds - 1) {
    std::memcpy(room().data(), &value, sizeof value);
    queue(observation, static_cast<Kind>(std::countr_zero(kinds)), room().first(sizeof value), Shape::exact);
  }
  return true;
}

void LookUps::end_packet() {
  for (; packet_first_ < query_count_; ++packet_first_) {
    Observation& seen = observations_[packet_first_];
    if (seen.transaction != nullptr) seen.entries = seen.transaction->entries();
  }
}

size_t LookUps::search(int64_t now_s) {
  if (image_ == nullptr) return 0;
  looked_up_ += query_count_;
  // Exact queries first, as one batch; `tag` leads back to the observation.
  std::array<Query, lookups_max> exact;
  size_t exact_count = 0;
  for (size_t i = 0; i < query_count_; ++i)
    if (shapes_[i] == Shape::exact) exact[exact_count++] = queries_[i];
  const std::span<Hit> hits(hits_.get(), hits_max);
  size_t count = image_->find({exact.data(), exact_count}, now_s, *scratch_, hits, hits_dropped_);
  for (size_t i = 0; i < query_count_; ++i)
    if (shapes_[i] == Shape::pattern)
      count += image_->scan(queries_[i].kind, queries_[i].value, queries_[i].tag, now_s, *scratch_,
                            hits.subspan(count), hits_dropped_);
  if (count > 1)
    std::sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(count), [](const Hit& a, const Hit& b) {
      return a.tag != b.tag ? a.tag < b.tag : a.indicator < b.indicator;
    });
  return count;
}

}  // namespace sekisho
