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
  void add_exact(uint32_t index, const Image::KindTable& table);
  void add_suffixes(uint32_t index, const Image::KindTable& table);
  void add_paths(uint32_t index, const Image::KindTable& table);
  void add_address(uint32_t index);
  void add_number(uint32_t index);
  // Inlined by force: four callers, each a few instructions a probe.
  [[gnu::always_inline]] void push(const Probe& probe) {
    if (scratch_.probe_count == scratch_.probes.size()) [[unlikely]] work_off();
    if (probe.table != nullptr) probe.table->prefetch(probe.hash);
    scratch_.probes[scratch_.probe_count++] = probe;
  }
  void push_interval(uint32_t index) { push({0, nullptr, index, 0, static_cast<uint32_t>(queries_[index].value.size())}); }

  const uint32_t* owners_of(const Query& query) const;
  void keep(const Candidate& candidate);
  void resolve();
  bool verify(const Candidate& candidate) const;
  void tell(const Candidate& candidate);
  void tell_one(uint32_t entry, const Probe& probe);

  const Image& image_;
  std::span<const Query> queries_;
  int64_t now_s_;
  Scratch& scratch_;
  std::span<Hit> hits_;
  uint32_t last_query_ = ~0U;
  unsigned query_hits_ = 0;
};

void Finder::add(uint32_t index) {
  const Kind kind = queries_[index].kind;
  if (static_cast<uint8_t>(kind) >= kind_count) return;
  const Image::KindTable& table = image_.tables_[static_cast<size_t>(kind)];
  switch (form_of(kind)) {
    case Form::address: return add_address(index);
    case Form::number: return add_number(index);
    case Form::host:
    case Form::mail_host: return table.table.empty() ? void() : add_suffixes(index, table);
    case Form::url: return table.table.empty() ? void() : add_paths(index, table);
    default: return table.table.empty() ? void() : add_exact(index, table);
  }
}

void Finder::add_exact(uint32_t index, const Image::KindTable& table) {
  const Bytes value = queries_[index].value;
  if (value.size() > table.length_max) return;
  push({hash_bytes(image_.key_, value), &table.table, index, 0, static_cast<uint32_t>(value.size())});
}

void Finder::add_suffixes(uint32_t index, const Image::KindTable& table) {
  const Bytes name = queries_[index].value;
  for_each_suffix(name, table.shapes, [&](size_t offset) {
    const Bytes suffix = name.subspan(offset);
    if (suffix.size() > table.length_max) return;
    push({hash_bytes(image_.key_, suffix), &table.table, index, static_cast<uint32_t>(offset), static_cast<uint32_t>(suffix.size())});
  });
}

// The hashes fall out of one walk from the left, shortest first; they are pushed longest first.
void Finder::add_paths(uint32_t index, const Image::KindTable& table) {
  const Bytes url = queries_[index].value;
  std::array<Probe, url_boundaries_max> found;
  size_t count = 0;
  PrefixHasher hasher(image_.key_, url.data());
  if (table.shapes != 0) {
    for_each_boundary(url, [&](size_t length, unsigned number) {
      if (length > table.length_max || number > url_boundaries_max) return false;
      if (table.shapes & shape_bit(number))
        found[count++] = {hasher.prefix(length), &table.table, index, 0, static_cast<uint32_t>(length)};
      return true;
    });
  }
  if (url.size() <= table.length_max) push({hasher.prefix(url.size()), &table.table, index, 0, static_cast<uint32_t>(url.size())});
  while (count > 0) push(found[--count]);
}

void Finder::add_address(uint32_t index) {
  const Query& query = queries_[index];
  if (query.value.size() != address_bytes) return;
  const Image::KindTable& hosts = image_.tables_[static_cast<size_t>(query.kind)];
  if (!hosts.table.empty()) add_exact(index, hosts);
  // Most addresses lie in no listed range. That is found out at once: the arrays are small enough to be near, and a guess that is nearly
  // always right lets the next query begin meanwhile; a probe that waits costs more.
  const bool is_v4 = holds_v4(query.value.data());
  if (is_v4 ? image_.v4_.empty() : image_.v6_.empty()) return;
  if (owners_of(query) != nullptr) push_interval(index);
}

void Finder::add_number(uint32_t index) {
  const Query& query = queries_[index];
  const auto& numbers = image_.numbers_[static_cast<size_t>(query.kind)];
  if (query.value.size() == sizeof(uint64_t) && !numbers.empty()) push_interval(index);
}

const uint32_t* Finder::owners_of(const Query& query) const {
  const uint8_t* value = query.value.data();
  if (query.kind != Kind::address) return image_.numbers_[static_cast<size_t>(query.kind)].find(number_key(query.kind, load_u64(value)));
  return holds_v4(value) ? image_.v4_.find(v4_key(value)) : image_.v6_.find(v6_key(value));
}

void Finder::work_off() {
  for (size_t i = 0; i < scratch_.probe_count; ++i) {
    const Probe& probe = scratch_.probes[i];
    const auto number = static_cast<uint16_t>(i);
    if (probe.table != nullptr) {
      probe.table->find(probe.hash, [&](uint32_t entry) { keep({entry, number, false}); });
      continue;
    }
    const uint32_t* owner = owners_of(queries_[probe.query]);
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
  __builtin_prefetch(&image_.entries_[candidate.entry]);
}

void Finder::resolve() {
  const std::span<const Candidate> candidates(scratch_.candidates.data(), scratch_.candidate_count);
  for (const Candidate& candidate : candidates) {
    const PackedEntry& entry = image_.entries_[candidate.entry];
    __builtin_prefetch(image_.text_.data() + entry.text_offset + entry.value_shift);
    __builtin_prefetch(&image_.profiles_[entry.profile]);
  }
  for (const Candidate& candidate : candidates)
    if (candidate.verified || verify(candidate)) tell(candidate);
  scratch_.candidate_count = 0;
}

bool Finder::verify(const Candidate& candidate) const {
  const PackedEntry& entry = image_.entries_[candidate.entry];
  const Probe& probe = scratch_.probes[candidate.probe];
  if (entry.value_length != probe.length) return false;
  return std::memcmp(image_.text_.data() + entry.text_offset + entry.value_shift, queries_[probe.query].value.data() + probe.offset,
                     probe.length) == 0;
}

// The entry of an interval stands for itself; the entry of a table for all that have its value.
void Finder::tell(const Candidate& candidate) {
  const Probe& probe = scratch_.probes[candidate.probe];
  if (candidate.verified) {
    tell_one(candidate.entry, probe);
    return;
  }
  uint32_t entry = candidate.entry;
  tell_one(entry, probe);
  while ((image_.entries_[entry].flags & entry_more) != 0) tell_one(++entry, probe);
}

void Finder::tell_one(uint32_t entry, const Probe& probe) {
  const Query& query = queries_[probe.query];
  const Profile& profile = image_.profiles_[image_.entries_[entry].profile];
  const bool whole = probe.length == query.value.size();
  if (!whole && profile.mode == MatchMode::exact) return;
  if (now_s_ < profile.valid_from_s || (profile.valid_until_s != 0 && now_s_ >= profile.valid_until_s)) return;
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

size_t Image::find(std::span<const Query> queries, int64_t now_s, Scratch& scratch, std::span<Hit> hits, uint64_t& dropped) const {
  if (scratch.image != this) return 0;
  Finder finder(*this, queries, now_s, scratch, hits);
  for (uint32_t i = 0; i < queries.size(); ++i) finder.add(i);
  finder.work_off();
  dropped += finder.dropped;
  return finder.hit_count;
}

}  // namespace sekisho
