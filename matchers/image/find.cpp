// SPDX-License-Identifier: Apache-2.0
// Image::find. Three walks over a batch, so that the memory latencies of its look-ups overlap: every query becomes probes (hash, prefetch);
// the probes become candidates (fingerprint; prefetch entry and text); the candidates are verified and become hits.
#include <algorithm>

#include "matchers/domain/suffixes.h"
#include "matchers/image/image.h"
#include "matchers/image/keep_strongest.h"
#include "matchers/image/scratch.h"
#include "matchers/normalise/normalise.h"
#include "matchers/normalise/number.h"
#include "matchers/prefix/address_key.h"
#include "matchers/prefix/path_prefixes.h"

namespace sekisho {

class Finder {
 public:
  Finder(const Image& image, std::span<const Query> queries, int64_t now_s, Scratch& scratch, std::span<Hit> hits)
      : image_(image), queries_(queries), now_s_(now_s), scratch_(scratch), hits_(hits) {
    scratch.probe_count = scratch.candidate_count = 0;
  }

  void add(uint32_t index);
  void work_off();  // all probes added so far

  size_t hit_count = 0;
  uint64_t dropped = 0;

 private:
  void add_in(const ImageLayer& layer, uint32_t index);
  void add_exact(const ImageLayer& layer, uint32_t index, const ImageLayer::KindTable& table);
  void add_suffixes(const ImageLayer& layer, uint32_t index, const ImageLayer::KindTable& table);
  void add_paths(const ImageLayer& layer, uint32_t index, const ImageLayer::KindTable& table);
  void add_address(const ImageLayer& layer, uint32_t index);
  void add_number(const ImageLayer& layer, uint32_t index);
  // Inlined by force: four callers, each a few instructions a probe.
  [[gnu::always_inline]] void push(const Probe& probe) {
    if (scratch_.probe_count == scratch_.probes.size()) [[unlikely]] work_off();
    if (probe.table != nullptr) probe.table->prefetch(probe.hash);
    scratch_.probes[scratch_.probe_count++] = probe;
  }
  void push_interval(const ImageLayer& layer, uint32_t index) {
    push({0, nullptr, index, 0, static_cast<uint32_t>(queries_[index].value.size()), in_delta(layer)});
  }
  bool in_delta(const ImageLayer& layer) const { return &layer != &image_.base_; }
  const ImageLayer& layer_of(const Probe& probe) const { return probe.in_delta ? image_.delta_ : image_.base_; }

  static const uint32_t* owners_of(const ImageLayer& layer, const Query& query);
  void keep(const Candidate& candidate);
  void resolve();
  bool verify(const Candidate& candidate) const;
  void tell(const Candidate& candidate);
  void tell_one(uint32_t entry, const Probe& probe, const ImageLayer& layer);

  const Image& image_;
  std::span<const Query> queries_;
  int64_t now_s_;
  Scratch& scratch_;
  std::span<Hit> hits_;
  uint32_t last_query_ = ~0U;
  unsigned query_hits_ = 0;
};

void Finder::add(uint32_t index) {
  if (static_cast<uint8_t>(queries_[index].kind) >= kind_count) return;
  if (image_.has_delta()) add_in(image_.delta_, index);
  add_in(image_.base_, index);
}

void Finder::add_in(const ImageLayer& layer, uint32_t index) {
  const Kind kind = queries_[index].kind;
  const ImageLayer::KindTable& table = layer.table_of(kind);
  switch (form_of(kind)) {
    case Form::address: return add_address(layer, index);
    case Form::number: return add_number(layer, index);
    case Form::host:
    case Form::mail_host: return table.table.empty() ? void() : add_suffixes(layer, index, table);
    case Form::url: return table.table.empty() ? void() : add_paths(layer, index, table);
    default: return table.table.empty() ? void() : add_exact(layer, index, table);
  }
}

void Finder::add_exact(const ImageLayer& layer, uint32_t index, const ImageLayer::KindTable& table) {
  const Bytes value = queries_[index].value;
  if (value.size() > table.length_max) return;
  push({hash_bytes(layer.key, value), &table.table, index, 0, static_cast<uint32_t>(value.size()), in_delta(layer)});
}

void Finder::add_suffixes(const ImageLayer& layer, uint32_t index, const ImageLayer::KindTable& table) {
  const Bytes name = queries_[index].value;
  for_each_suffix(name, table.shapes, [&](size_t offset) {
    const Bytes suffix = name.subspan(offset);
    if (suffix.size() > table.length_max) return;
    push({hash_bytes(layer.key, suffix), &table.table, index, static_cast<uint32_t>(offset), static_cast<uint32_t>(suffix.size()), in_delta(layer)});
  });
}

// The hashes fall out of one walk from the left, shortest first; they are pushed longest first.
void Finder::add_paths(const ImageLayer& layer, uint32_t index, const ImageLayer::KindTable& table) {
  const Bytes url = queries_[index].value;
  std::array<Probe, url_boundaries_max> found;
  size_t count = 0;
  PrefixHasher hasher(layer.key, url.data());
  if (table.shapes != 0) {
    for_each_boundary(url, [&](size_t length, unsigned number) {
      if (length > table.length_max || number > url_boundaries_max) return false;
      if (table.shapes & shape_bit(number))
        found[count++] = {hasher.prefix(length), &table.table, index, 0, static_cast<uint32_t>(length), in_delta(layer)};
      return true;
    });
  }
  if (url.size() <= table.length_max)
    push({hasher.prefix(url.size()), &table.table, index, 0, static_cast<uint32_t>(url.size()), in_delta(layer)});
  while (count > 0) push(found[--count]);
}

void Finder::add_address(const ImageLayer& layer, uint32_t index) {
  const Query& query = queries_[index];
  if (query.value.size() != address_bytes) return;
  const ImageLayer::KindTable& hosts = layer.table_of(query.kind);
  if (!hosts.table.empty()) add_exact(layer, index, hosts);
  // Most addresses lie in no listed range. That is found out at once: the arrays are small enough to be near, and a guess that is nearly
  // always right lets the next query begin meanwhile; a probe that waits costs more.
  const bool is_v4 = holds_v4(query.value.data());
  if (is_v4 ? layer.v4.empty() : layer.v6.empty()) return;
  if (owners_of(layer, query) != nullptr) push_interval(layer, index);
}

void Finder::add_number(const ImageLayer& layer, uint32_t index) {
  const Query& query = queries_[index];
  if (query.value.size() == sizeof(uint64_t) && !layer.numbers_of(query.kind).empty()) push_interval(layer, index);
}

const uint32_t* Finder::owners_of(const ImageLayer& layer, const Query& query) {
  const uint8_t* value = query.value.data();
  if (query.kind != Kind::address) return layer.numbers_of(query.kind).find(number_key(query.kind, load_u64(value)));
  return holds_v4(value) ? layer.v4.find(v4_key(value)) : layer.v6.find(v6_key(value));
}

void Finder::work_off() {
  for (size_t i = 0; i < scratch_.probe_count; ++i) {
    const Probe& probe = scratch_.probes[i];
    const auto number = static_cast<uint16_t>(i);
    if (probe.table != nullptr) {
      probe.table->find(probe.hash, [&](uint32_t entry) { keep({entry, number, false}); });
      continue;
    }
    const uint32_t* owner = owners_of(layer_of(probe), queries_[probe.query]);
    if (owner == nullptr) continue;
    for (unsigned told = 0; told < interval_cover_max; ++told, ++owner) {
      keep({*owner & ~owners_end, number, true});
      if (*owner & owners_end) break;
    }
  }
  resolve();
  scratch_.probe_count = 0;
}

void Finder::keep(const Candidate& candidate) {
  if (scratch_.candidate_count == scratch_.candidates.size()) resolve();
  scratch_.candidates[scratch_.candidate_count++] = candidate;
  __builtin_prefetch(&layer_of(scratch_.probes[candidate.probe]).entries[candidate.entry]);
}

void Finder::resolve() {
  const std::span<const Candidate> candidates(scratch_.candidates.data(), scratch_.candidate_count);
  for (const Candidate& candidate : candidates) {
    const ImageLayer& layer = layer_of(scratch_.probes[candidate.probe]);
    const PackedEntry& entry = layer.entries[candidate.entry];
    __builtin_prefetch(layer.text.data() + entry.text_offset + entry.value_shift);
    __builtin_prefetch(&layer.profiles[entry.profile]);
  }
  for (const Candidate& candidate : candidates)
    if (candidate.verified || verify(candidate)) tell(candidate);
  scratch_.candidate_count = 0;
}

bool Finder::verify(const Candidate& candidate) const {
  const Probe& probe = scratch_.probes[candidate.probe];
  const ImageLayer& layer = layer_of(probe);
  const PackedEntry& entry = layer.entries[candidate.entry];
  if (entry.value_length != probe.length) return false;
  return std::memcmp(layer.text.data() + entry.text_offset + entry.value_shift, queries_[probe.query].value.data() + probe.offset,
                     probe.length) == 0;
}

// The entry of an interval stands for itself; the entry of a table for all that have its value.
void Finder::tell(const Candidate& candidate) {
  const Probe& probe = scratch_.probes[candidate.probe];
  const ImageLayer& layer = layer_of(probe);
  uint32_t entry = candidate.entry;
  tell_one(entry, probe, layer);
  if (candidate.verified) return;
  while ((layer.entries[entry].flags & entry_more) != 0) tell_one(++entry, probe, layer);
}

void Finder::tell_one(uint32_t entry, const Probe& probe, const ImageLayer& layer) {
  const Query& query = queries_[probe.query];
  const Profile& profile = layer.profile_of(entry);
  const bool whole = probe.length == query.value.size();
  if (!whole && profile.mode == MatchMode::exact) return;
  if (now_s_ < profile.valid_from_s || (profile.valid_until_s != 0 && now_s_ >= profile.valid_until_s)) return;
  if (probe.in_delta) entry += image_.base_count();
  else if (image_.is_removed(entry)) return;
  if (probe.query != last_query_) {
    last_query_ = probe.query;
    query_hits_ = 0;
  }
  const Hit hit{query.tag, entry, probe.offset, probe.length};
  if (query_hits_ == query_hits_max || hit_count == hits_.size()) {
    ++dropped;
    keep_strongest(hits_.subspan(hit_count - query_hits_, query_hits_), hit, [this](const Hit& one) { return image_.action_of(one.indicator); });
    return;
  }
  ++query_hits_;
  hits_[hit_count++] = hit;
}

std::span<const AnchorLink> Image::anchored_by(uint32_t term) const {
  const auto [first, last] = std::equal_range(base_.anchor_links.begin(), base_.anchor_links.end(), AnchorLink{term, 0},
                                              [](const AnchorLink& a, const AnchorLink& b) { return a.term < b.term; });
  return {first, last};
}

size_t Image::find(std::span<const Query> queries, int64_t now_s, Scratch& scratch, std::span<Hit> hits, uint64_t& dropped) const {
  if (scratch.base != base_.header) return 0;
  Finder finder(*this, queries, now_s, scratch, hits);
  for (uint32_t i = 0; i < queries.size(); ++i) finder.add(i);
  finder.work_off();
  dropped += finder.dropped;
  return finder.hit_count;
}

}  // namespace sekisho
