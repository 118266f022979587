// SPDX-License-Identifier: Apache-2.0
// Image::scan and the streams: Hyperscan on whole values and on bodies in pieces.
#include <hs/hs_runtime.h>

#include <algorithm>
#include <limits>

#include "matchers/image/image.h"
#include "matchers/image/keep_strongest.h"
#include "matchers/image/scratch.h"
#include "matchers/pattern/database.h"

namespace sekisho {

namespace {

// In front of Hyperscan's stream in the lent memory.
struct alignas(64) StreamHead {
  const ImageHeader* base;  // of the image that opened it; null = closed
};
static_assert(sizeof(StreamHead) == 64);

hs_stream_t* stream_in(std::span<uint8_t> state) { return reinterpret_cast<hs_stream_t*>(state.data() + sizeof(StreamHead)); }
StreamHead* head_of(std::span<uint8_t> state) { return reinterpret_cast<StreamHead*>(state.data()); }

uint32_t clamp(uint64_t value) { return static_cast<uint32_t>(std::min<uint64_t>(value, std::numeric_limits<uint32_t>::max())); }

}  // namespace

// One scan's collector, fed by Hyperscan's callback.
struct PatternCall {
  const Image& image;
  const Image::PatternSet& set;
  Scratch& scratch;
  std::span<Hit> hits;
  int64_t now_s;
  uint32_t tag;
  size_t hit_count = 0;
  uint64_t dropped = 0;

  static int on_match(unsigned number, unsigned long long, unsigned long long to, unsigned, void* context) {
    return static_cast<PatternCall*>(context)->take(number, to);
  }

  // Told patterns are remembered for the length of a call.
  void begin() {
    if (++scratch.scan_number != 0) return;
    std::fill(scratch.reported_in.begin(), scratch.reported_in.end(), 0U);
    scratch.scan_number = 1;
  }

  // 0: the scan goes on, also where there is no room. What is stronger may follow, and a stream that is ended would match nothing later.
  int take(unsigned number, uint64_t end) {
    if (number >= set.count) return 0;
    const uint32_t index = set.first_entry + number;
    uint32_t& reported_in = scratch.reported_in[index - image.base_.first_pattern];
    if (reported_in == scratch.scan_number) return 0;
    reported_in = scratch.scan_number;
    const PackedEntry& entry = image.base_.entries[index];
    const Profile& profile = image.base_.profiles[entry.profile];
    if (now_s < profile.valid_from_s || (profile.valid_until_s != 0 && now_s >= profile.valid_until_s)) return 0;
    const bool literal = profile.mode == MatchMode::literal && entry.value_length <= end;
    const uint64_t start = literal ? end - entry.value_length : 0;
    const Hit hit{tag, index, clamp(start), clamp(end - start)};
    if (hit_count < std::min<size_t>(hits.size(), scan_hits_max)) {
      hits[hit_count++] = hit;
    } else {
      ++dropped;
      keep_strongest(hits.first(hit_count), hit, [this](const Hit& one) { return image.action_of(one.indicator); });
    }
    return 0;
  }
};

size_t Image::scan(Kind kind, Bytes value, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                   uint64_t& dropped) const {
  if (static_cast<uint8_t>(kind) >= kind_count || scratch.base != base_.header || value.empty()) return 0;
  const PatternSet& set = patterns_[static_cast<size_t>(kind)];
  if (set.database == nullptr) return 0;
  PatternCall call{*this, set, scratch, hits, now_s, tag};
  call.begin();
  hs_scan(set.database, reinterpret_cast<const char*>(value.data()), clamp(value.size()), 0, scratch.hyperscan,
          PatternCall::on_match, &call);
  dropped += call.dropped;
  return call.hit_count;
}

bool Image::stream_open(std::span<uint8_t> state) const {
  if (keyword_stream_.database == nullptr || state.size() < stream_state_bytes_ ||
      reinterpret_cast<uintptr_t>(state.data()) % alignof(StreamHead) != 0)
    return false;
  const bool opened = open_stream(*keyword_stream_.database, state.subspan(sizeof(StreamHead)));
  head_of(state)->base = opened ? base_.header : nullptr;
  return opened;
}

size_t Image::stream_scan(std::span<uint8_t> state, Bytes bytes, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                          uint64_t& dropped) const {
  if (state.size() < sizeof(StreamHead) || head_of(state)->base != base_.header || scratch.base != base_.header || bytes.empty()) return 0;
  PatternCall call{*this, keyword_stream_, scratch, hits, now_s, tag};
  call.begin();
  hs_scan_stream(stream_in(state), reinterpret_cast<const char*>(bytes.data()), clamp(bytes.size()), 0, scratch.hyperscan,
                 PatternCall::on_match, &call);
  dropped += call.dropped;
  return call.hit_count;
}

size_t Image::stream_finish(std::span<uint8_t> state, uint32_t tag, int64_t now_s, Scratch& scratch, std::span<Hit> hits,
                            uint64_t& dropped) const {
  if (state.size() < sizeof(StreamHead) || head_of(state)->base != base_.header || scratch.base != base_.header) return 0;
  PatternCall call{*this, keyword_stream_, scratch, hits, now_s, tag};
  call.begin();
  hs_close_stream(stream_in(state), scratch.hyperscan, PatternCall::on_match, &call);
  head_of(state)->base = nullptr;
  dropped += call.dropped;
  return call.hit_count;
}

void Image::stream_close(std::span<uint8_t> state, Scratch& scratch) const {
  if (state.size() < sizeof(StreamHead) || head_of(state)->base != base_.header || scratch.base != base_.header) return;
  hs_close_stream(stream_in(state), scratch.hyperscan, nullptr, nullptr);
  head_of(state)->base = nullptr;
}

Scratch::~Scratch() { hs_free_scratch(hyperscan); }
void FreeScratch::operator()(Scratch* scratch) const { delete scratch; }

Result<ScratchPointer> Image::make_scratch() const {
  const uint32_t pattern_count = base_count() - base_.first_pattern;
  ScratchPointer scratch(new Scratch(base_.header, pattern_count));
  const auto add = [&scratch](const hs_database* database) {
    return database == nullptr || hs_alloc_scratch(database, &scratch->hyperscan) == HS_SUCCESS;
  };
  bool complete = add(keyword_stream_.database);
  for (const PatternSet& set : patterns_) complete = complete && add(set.database);
  if (!complete) return fail("matcher image: no memory for Hyperscan's scratch space");
  return scratch;
}

}  // namespace sekisho
