// SPDX-License-Identifier: Apache-2.0
#include "control/api/lookup.h"

#include <algorithm>
#include <array>
#include <set>

#include "control/api/limits.h"
#include "control/feeds/sniff.h"
#include "matchers/limits.h"
#include "matchers/normalise/normalise.h"
#include "matchers/normalise/number.h"

namespace sekisho {

namespace {

std::string_view host_of_url(std::string_view url) {
  if (const size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (const size_t colon = url.rfind(':'); colon != std::string_view::npos && !url.ends_with(']')) url = url.substr(0, colon);
  return url;
}

// One look-up of one kind: the exact structures, then the patterns.
class Finder {
 public:
  Finder(const Image& image, Scratch& scratch, int64_t now_s) : image_(image), scratch_(scratch), now_s_(now_s) {}

  void find(Kind kind, std::string_view value) {
    if (is_number_kind(kind)) return find_number(kind, value);
    std::vector<uint8_t> room(normalised_bytes_max(value.size()));
    const auto normal = normalise(kind, as_bytes(value), room);
    if (!normal) return;
    find_bytes(kind, *normal);
    if ((image_.pattern_kinds() & kind_bit(kind)) != 0)
      take(kind, image_.scan(kind, *normal, 0, now_s_, scratch_, hits_, dropped_));
  }
  std::vector<FoundIndicator> found;

 private:
  void find_number(Kind kind, std::string_view value) {
    const auto ranges = parse_number_ranges(kind, value);
    if (!ranges) return;
    const uint64_t key = ranges->ranges[0].low;
    find_bytes(kind, {reinterpret_cast<const uint8_t*>(&key), sizeof key});
  }
  void find_bytes(Kind kind, Bytes value) {
    const Query query{value, kind, 0};
    take(kind, image_.find({&query, 1}, now_s_, scratch_, hits_, dropped_));
  }
  void take(Kind kind, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (!image_.is_term(hits_[i].indicator)) take_one(kind, hits_[i].indicator);
      else take_compounds_of(kind, hits_[i].indicator);
    }
  }
  void take_one(Kind kind, uint32_t indicator) {
    if (found.size() < api_lookup_max && seen_.insert(indicator).second) found.push_back({image_.indicator(indicator), kind});
  }
  // A value that is one of several wanted, or not wanted, together.
  void take_compounds_of(Kind kind, uint32_t term) {
    for (const CompoundSpec& compound : image_.compounds()) {
      const auto terms = image_.terms_of(compound);
      if (std::find(terms.begin(), terms.end(), term) != terms.end()) take_one(kind, compound.entry);
    }
  }

  const Image& image_;
  Scratch& scratch_;
  int64_t now_s_;
  std::array<Hit, 256> hits_;
  uint64_t dropped_ = 0;
  std::set<uint32_t> seen_;
};

}  // namespace

std::vector<std::pair<Kind, std::string>> lookup_values(std::string_view value, std::optional<Kind> kind) {
  const std::string plain = !kind || is_defanged_kind(*kind) ? refanged(value) : std::string(value);
  if (!kind) kind = sniff_kind(plain);
  std::vector<std::pair<Kind, std::string>> out;
  if (!kind) return out;
  out.emplace_back(*kind, plain);
  const auto add_host = [&](std::string_view host) {
    out.emplace_back(sniff_kind(host) == Kind::address ? Kind::address : Kind::domain, std::string(host));
  };
  if (*kind == Kind::url || *kind == Kind::referer) add_host(host_of_url(plain));
  if (*kind == Kind::mail_address)
    if (const size_t at = plain.rfind('@'); at != std::string::npos) {
      out.emplace_back(Kind::mail_domain, plain.substr(at + 1));
      add_host(std::string_view(plain).substr(at + 1));
    }
  if (*kind == Kind::domain) out.emplace_back(Kind::mail_domain, plain);
  return out;
}

Result<std::vector<FoundIndicator>> look_up(const Image& image, std::string_view value, std::optional<Kind> kind, int64_t now_s) {
  const auto values = lookup_values(value, kind);
  if (values.empty()) return fail(shown(value) + " is of no kind that can be told from its form: name its kind");
  const auto scratch = image.make_scratch();
  if (!scratch) return tl::unexpected(scratch.error());
  Finder finder(image, **scratch, now_s);
  for (const auto& [as, text] : values) finder.find(as, text);
  return std::move(finder.found);
}

}  // namespace sekisho
