// SPDX-License-Identifier: Apache-2.0
// The image builder's second half: records to bytes.
#include "matchers/image/build.h"

#include <hs/hs_compile.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "matchers/domain/suffixes.h"
#include "matchers/exact/table_builder.h"
#include "matchers/image/delta.h"
#include "matchers/image/format.h"
#include "matchers/image/pattern_sets.h"
#include "matchers/image/records.h"
#include "matchers/limits.h"
#include "matchers/normalise/normalise.h"
#include "matchers/pattern/database.h"
#include "matchers/prefix/address_key.h"
#include "matchers/prefix/path_prefixes.h"
#include "matchers/range/intervals_builder.h"

namespace sekisho {

namespace {

// About what an exact value takes in its table, for the image's first allocation.
constexpr size_t table_bytes_each = 12;

struct ProfileHash {
  size_t operator()(const Profile& profile) const {
    static_assert(std::has_unique_object_representations_v<Profile>);
    return hash_bytes(HashKey(0), {reinterpret_cast<const uint8_t*>(&profile), sizeof profile});
  }
};
struct ProfileEqual {
  bool operator()(const Profile& a, const Profile& b) const { return std::memcmp(&a, &b, sizeof a) == 0; }
};

class ImageBuilder {
 public:
  ImageBuilder(std::span<const ListedIndicator> indicators, const BuildOptions& options, BuildReport& report,
               const ImageHeader* base = nullptr, std::span<const uint32_t> tombstones = {})
      : options_(options),
        report_(report),
        base_(base),
        tombstones_(tombstones),
        terms_(indicators),
        records_(terms_, base != nullptr ? std::optional(base->seed) : std::nullopt, report),
        patterns_(records_, options) {}

  Result<std::vector<uint8_t>> build();

 private:
  struct Group {
    Kind kind;
    uint32_t first;  // entry
    std::span<const Record> records;
  };
  template <typename Visit>
  void for_each_group(Place place, Visit&& visit) const;

  bool write_entries();
  void write_text(const Record& record, PackedEntry& entry);
  uint32_t profile_of(const Record& record);
  uint32_t feed_of(const std::string& name);
  void write_ids();
  void write_compounds();
  void write_tables();
  uint64_t shapes_of(const Group& group) const;
  void write_intervals();
  void write_address_intervals(const Group& group);
  void write_number_intervals(const Group& group);
  template <typename Key>
  void write_interval_set(Kind kind, const std::vector<IntervalItem<Key>>& items);
  uint32_t strength_of(const Record& record) const;
  void finish_header();

  // The next section, at a multiple of 64.
  template <typename T>
  void put_section(Section which, const std::vector<T>& items) {
    put_section(which, Bytes(reinterpret_cast<const uint8_t*>(items.data()), items.size() * sizeof(T)));
  }
  void put_section(Section which, Bytes bytes) {
    if (bytes.empty()) return;
    image_.resize((image_.size() + section_alignment - 1) / section_alignment * section_alignment);
    header_.sections[static_cast<size_t>(which)] = {image_.size(), bytes.size()};
    image_.insert(image_.end(), bytes.begin(), bytes.end());
  }
  template <typename T>
  static uint64_t append(std::vector<uint8_t>& to, std::span<const T> items) {
    to.resize((to.size() + 15) / 16 * 16);
    const uint64_t offset = to.size();
    const auto* first = reinterpret_cast<const uint8_t*>(items.data());
    to.insert(to.end(), first, first + items.size_bytes());
    return offset;
  }

  const BuildOptions& options_;
  BuildReport& report_;
  const ImageHeader* base_;  // of a delta
  std::span<const uint32_t> tombstones_;
  CompoundTerms terms_;
  Records records_;
  ImageHeader header_{};
  std::vector<uint8_t> image_;
  std::vector<PackedEntry> entries_;
  std::vector<Profile> profiles_;
  std::unordered_map<Profile, uint32_t, ProfileHash, ProfileEqual> profile_numbers_;
  std::vector<FeedName> feeds_;
  std::unordered_map<std::string_view, uint32_t> feed_numbers_;
  std::string_view last_feed_;  // feeds come in runs; meaningful once a feed has a number
  uint32_t last_feed_number_ = 0;
  std::vector<uint8_t> text_;
  std::vector<IntervalSpec> interval_specs_;
  std::vector<uint8_t> intervals_;
  PatternSets patterns_;
};

template <typename Visit>
void ImageBuilder::for_each_group(Place place, Visit&& visit) const {
  const std::span<const Record> all = records_.list();
  for (size_t first = 0; first < all.size();) {
    size_t last = first + 1;
    while (last < all.size() && all[last].place == all[first].place && all[last].kind == all[first].kind) ++last;
    if (all[first].place == place) visit(Group{all[first].kind, static_cast<uint32_t>(first), all.subspan(first, last - first)});
    first = last;
  }
}

Result<std::vector<uint8_t>> ImageBuilder::build() {
  if (base_ != nullptr && !records_.list().empty() && records_.list().back().place >= Place::pattern)
    return fail("matcher image: a delta has no room for patterns and compounds");
  if (auto compiled = patterns_.compile(); !compiled) return tl::unexpected(compiled.error());
  records_.reject_broken_compounds();
  const std::vector<Record>& list = records_.list();
  if (list.size() > image_indicators_max)
    return fail("matcher image: " + std::to_string(list.size()) + " indicators, at most " + std::to_string(image_indicators_max) + " fit");
  image_.resize(sizeof(ImageHeader));
  if (!write_entries()) return fail("matcher image: the values take more than 4 GiB");
  image_.reserve(entries_.size() * (sizeof(PackedEntry) + table_bytes_each) + text_.size() + patterns_.databases().size());
  put_section(Section::entries, entries_);
  write_ids();
  put_section(Section::profiles, profiles_);
  put_section(Section::feeds, feeds_);
  put_section(Section::text, text_);
  write_tables();
  write_intervals();
  put_section(Section::pattern_sets, patterns_.specs());
  put_section(Section::databases, patterns_.databases());
  write_compounds();
  put_section(Section::tombstones, Bytes(reinterpret_cast<const uint8_t*>(tombstones_.data()), tombstones_.size_bytes()));
  finish_header();
  report_.accepted = list.size() - header_.term_count;
  report_.entry_of.resize(terms_.first_term());
  std::sort(report_.rejected.begin(), report_.rejected.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  return std::move(image_);
}

bool ImageBuilder::write_entries() {
  const std::vector<Record>& list = records_.list();
  entries_.reserve(list.size());
  text_.reserve(2 * records_.value_bytes());  // address space; pages are taken when they are written
  for (size_t i = 0; i < list.size(); ++i) {
    records_.prefetch(i);
    PackedEntry entry{};
    entry.profile = profile_of(list[i]);
    write_text(list[i], entry);
    const bool more = list[i].place == Place::table && i + 1 < list.size() && list[i + 1].place == Place::table &&
                      list[i + 1].kind == list[i].kind && list[i + 1].hash == list[i].hash &&
                      std::ranges::equal(records_.value(list[i]), records_.value(list[i + 1]));
    entry.flags = static_cast<uint16_t>((more ? entry_more : 0) | (list[i].is_term ? entry_term : 0));
    header_.term_count += list[i].is_term ? 1 : 0;
    entries_.push_back(entry);
    if (text_.size() > image_text_bytes_max) return false;
    header_.kinds |= kind_bit(list[i].kind);
    if (list[i].place == Place::pattern) header_.pattern_kinds |= kind_bit(list[i].kind);
  }
  return true;
}

void ImageBuilder::write_text(const Record& record, PackedEntry& entry) {
  const std::string_view original = records_.indicator(record).value;
  const std::string_view value = as_text(records_.value(record));
  const size_t inside = original.find(value);
  entry.text_offset = static_cast<uint32_t>(text_.size());
  entry.original_length = static_cast<uint16_t>(original.size());
  entry.value_length = static_cast<uint16_t>(value.size());
  entry.value_shift = static_cast<uint16_t>(std::min(inside, original.size()));
  text_.insert(text_.end(), original.begin(), original.end());
  if (inside == std::string_view::npos) text_.insert(text_.end(), value.begin(), value.end());
}

uint32_t ImageBuilder::profile_of(const Record& record) {
  const Indicator& indicator = records_.indicator(record);
  const Profile profile{indicator.valid_from_s, indicator.valid_until_s, feed_of(indicator.feed), record.kind,          record.mode,
                        record.severity,        record.confidence,       indicator.tlp,           record.action,        indicator.phase_hint,
                        indicator.route_hint,   record.shadowed,         {}};
  if (!profiles_.empty() && ProfileEqual{}(profiles_.back(), profile)) return static_cast<uint32_t>(profiles_.size()) - 1;
  const auto [known, is_new] = profile_numbers_.try_emplace(profile, static_cast<uint32_t>(profiles_.size()));
  if (is_new) profiles_.push_back(profile);
  return known->second;
}

uint32_t ImageBuilder::feed_of(const std::string& name) {
  if (!feeds_.empty() && name == last_feed_) return last_feed_number_;
  const auto [known, is_new] = feed_numbers_.try_emplace(name, static_cast<uint32_t>(feeds_.size()));
  if (is_new) {
    feeds_.push_back({static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(name.size())});
    text_.insert(text_.end(), name.begin(), name.end());
  }
  last_feed_ = known->first;
  last_feed_number_ = known->second;
  return known->second;
}

void ImageBuilder::write_ids() {
  if (!records_.bring_ids()) return;
  std::vector<uint64_t> ids;
  ids.reserve(entries_.size());
  bool all_computed = true;
  for (const Record& record : records_.list()) {
    const Indicator& indicator = records_.indicator(record);
    const uint64_t computed = indicator_id(indicator.feed, record.kind, record.mode, records_.value(record));
    ids.push_back(indicator.id != 0 ? indicator.id : computed);
    all_computed = all_computed && ids.back() == computed;
  }
  if (!all_computed) put_section(Section::ids, ids);
}

// Which entry each term became, and which compounds it is the rarest of.
void ImageBuilder::write_compounds() {
  if (terms_.compounds().empty()) return;
  const std::vector<Record>& list = records_.list();
  std::vector<uint32_t> entry_of = report_.entry_of;
  for (uint32_t entry = 0; entry < list.size(); ++entry)
    if (list[entry].place >= Place::pattern) entry_of[list[entry].index] = entry;
  std::vector<CompoundSpec> compounds;
  std::vector<uint32_t> terms;
  std::vector<AnchorLink> anchors;
  for (const CompoundParts& parts : terms_.compounds()) {
    if (entry_of[parts.index] >= list.size()) continue;  // rejected, or said by another
    anchors.push_back({entry_of[parts.terms[parts.anchor]], static_cast<uint32_t>(compounds.size())});
    compounds.push_back({entry_of[parts.index], static_cast<uint32_t>(terms.size()), static_cast<uint16_t>(parts.terms.size()), parts.negated, 0});
    for (const uint32_t term : parts.terms) terms.push_back(entry_of[term]);
  }
  std::sort(anchors.begin(), anchors.end(), [](const AnchorLink& a, const AnchorLink& b) { return std::tie(a.term, a.compound) < std::tie(b.term, b.compound); });
  put_section(Section::compounds, compounds);
  put_section(Section::compound_terms, terms);
  put_section(Section::anchor_links, anchors);
}

// Label counts of domains that want their subdomains, boundary counts of URL prefixes.
uint64_t ImageBuilder::shapes_of(const Group& group) const {
  uint64_t shapes = 0;
  for (const Record& record : group.records) {
    if (record.mode == MatchMode::subdomains) shapes |= shape_bit(label_count(records_.value(record)));
    if (record.mode == MatchMode::prefix) shapes |= shape_bit(boundary_count(records_.value(record)));
  }
  return shapes;
}

void ImageBuilder::write_tables() {
  std::vector<TableSpec> specs;
  std::vector<TableLine> lines;
  for_each_group(Place::table, [&](const Group& group) {
    TableSpec spec{};
    std::vector<TableKey> keys;
    keys.reserve(group.records.size());
    for (uint32_t i = 0; i < group.records.size(); ++i) {
      spec.length_max = std::max<uint32_t>(spec.length_max, group.records[i].value_length);
      const uint32_t entry = group.first + i;
      if (i == 0 || (entries_[entry - 1].flags & entry_more) == 0) keys.push_back({group.records[i].hash, entry});
    }
    const BuiltTable built = build_table(keys);
    spec.kind = static_cast<uint32_t>(group.kind);
    spec.probe_max = built.probe_max;
    spec.first_line = static_cast<uint32_t>(lines.size());
    spec.line_count = static_cast<uint32_t>(built.lines.size());
    spec.shapes = shapes_of(group);
    specs.push_back(spec);
    lines.insert(lines.end(), built.lines.begin(), built.lines.end());
  });
  put_section(Section::tables, specs);
  put_section(Section::lines, lines);
}

uint32_t ImageBuilder::strength_of(const Record& record) const {
  return ~(static_cast<uint32_t>(record.action) << 16 | uint32_t{record.severity} << 8 | record.confidence);
}

void ImageBuilder::write_intervals() {
  for_each_group(Place::interval, [this](const Group& group) {
    if (group.kind == Kind::address)
      write_address_intervals(group);
    else
      write_number_intervals(group);
  });
  put_section(Section::interval_sets, interval_specs_);
  put_section(Section::intervals, intervals_);
}

void ImageBuilder::write_address_intervals(const Group& group) {
  std::vector<IntervalItem<uint32_t>> v4;
  std::vector<IntervalItem<WideKey>> v6;
  for (uint32_t i = 0; i < group.records.size(); ++i) {
    const Record& record = group.records[i];
    const Cidr cidr = parse_cidr(as_text(records_.value(record))).value();
    const Address last = last_of(cidr);
    const uint32_t entry = group.first + i;
    if (is_v4(cidr.base) && cidr.bits >= 96)
      v4.push_back({v4_key(cidr.base.data()), v4_key(last.data()), entry, strength_of(record)});
    else
      v6.push_back({v6_key(cidr.base.data()), v6_key(last.data()), entry, strength_of(record)});
  }
  write_interval_set(group.kind, v4);
  write_interval_set(group.kind, v6);
}

void ImageBuilder::write_number_intervals(const Group& group) {
  std::vector<IntervalItem<uint64_t>> items;
  for (uint32_t i = 0; i < group.records.size(); ++i) {
    const Record& record = group.records[i];
    const NumberRanges ranges = parse_number_ranges(record.kind, as_text(records_.value(record))).value();
    for (size_t part = 0; part < ranges.count; ++part)
      items.push_back({ranges.ranges[part].low, ranges.ranges[part].high, group.first + i, strength_of(record)});
  }
  write_interval_set(group.kind, items);
}

template <typename Key>
void ImageBuilder::write_interval_set(Kind kind, const std::vector<IntervalItem<Key>>& items) {
  if (items.empty()) return;
  const BuiltIntervals<Key> built = build_intervals<Key>(items);
  IntervalSpec spec{};
  spec.kind = static_cast<uint32_t>(kind);
  spec.key_bytes = sizeof(Key);
  spec.bounds = append<Key>(intervals_, built.bounds);
  spec.pieces = append<uint32_t>(intervals_, built.pieces);
  spec.owners = append<uint32_t>(intervals_, built.owners);
  spec.directory = append<uint32_t>(intervals_, built.directory);
  spec.bound_count = static_cast<uint32_t>(built.bounds.size());
  spec.owner_count = static_cast<uint32_t>(built.owners.size());
  spec.directory_count = static_cast<uint32_t>(built.directory.size());
  spec.shift = built.shift;
  interval_specs_.push_back(spec);
  report_.crowded += built.crowded;
}

void ImageBuilder::finish_header() {
  header_.magic = image_magic;
  header_.version = image_version;
  header_.byte_order = image_byte_order;
  header_.total_bytes = image_.size();
  header_.generation = options_.generation;
  header_.entry_count = static_cast<uint32_t>(entries_.size());
  header_.seed = records_.seed();
  header_.base_checksum = base_ != nullptr ? base_->checksum : 0;
  const std::vector<Record>& list = records_.list();
  const auto first_of = [&list](Place place) {
    return static_cast<uint32_t>(std::find_if(list.begin(), list.end(), [place](const Record& r) { return r.place >= place; }) - list.begin());
  };
  header_.first_interval = first_of(Place::interval);
  header_.first_pattern = first_of(Place::pattern);
  header_.cpu_features = patterns_.cpu_features();
  if (!patterns_.specs().empty()) hyperscan_version().copy(header_.hyperscan, sizeof header_.hyperscan);
  std::memcpy(image_.data(), &header_, sizeof header_);
  header_.checksum = checksum_bytes(Bytes(image_).subspan(checksum_end));
  std::memcpy(image_.data(), &header_, sizeof header_);
}

}  // namespace

Result<std::vector<uint8_t>> build_image(std::span<const ListedIndicator> indicators, const BuildOptions& options, BuildReport& report) {
  report = {};
  if (indicators.size() > image_indicators_max)
    return fail("matcher image: " + std::to_string(indicators.size()) + " indicators, at most " + std::to_string(image_indicators_max) + " fit");
  return ImageBuilder(indicators, options, report).build();
}

Result<std::vector<uint8_t>> build_image(std::span<const Indicator> indicators, const BuildOptions& options, BuildReport& report) {
  std::vector<ListedIndicator> list;
  list.reserve(indicators.size());
  for (const Indicator& one : indicators) list.push_back({&one, one.action, one.shadowed});
  return build_image(list, options, report);
}

Result<std::vector<uint8_t>> build_image(std::span<const Indicator> indicators, uint32_t generation, BuildReport& report) {
  return build_image(indicators, BuildOptions{.generation = generation}, report);
}

Result<std::vector<uint8_t>> build_delta(const Image& base, std::span<const uint32_t> tombstones, std::span<const ListedIndicator> indicators,
                                         uint32_t generation, BuildReport& report) {
  report = {};
  return ImageBuilder(indicators, {.generation = generation}, report, base.base_.header, tombstones).build();
}

uint64_t indicator_id(std::string_view feed, Kind kind, MatchMode mode, Bytes normalised) {
  const uint64_t place = hash_bytes(HashKey(static_cast<uint64_t>(kind) << 8 | static_cast<uint64_t>(mode)), as_bytes(feed));
  const uint64_t id = hash_bytes(HashKey(place), normalised);
  return id != 0 ? id : 1;
}

}  // namespace sekisho
