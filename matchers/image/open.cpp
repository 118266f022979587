// SPDX-License-Identifier: Apache-2.0
// Image::open: nothing in the block is believed before it was checked. After this, no look-up can leave the block, whatever is in it
// (but for Hyperscan's own bytecode, which nobody can check; the checksum and the image's seals or signature vouch for it).
#include <algorithm>

#include "matchers/domain/suffixes.h"
#include "matchers/image/checksum_told.h"
#include "matchers/image/image.h"
#include "matchers/limits.h"
#include "matchers/normalise/normalise.h"
#include "matchers/pattern/database.h"

namespace sekisho {

namespace {

tl::unexpected<Error> damaged(const char* what) { return fail(std::string("matcher image: damaged: ") + what); }

bool inside(uint64_t offset, uint64_t bytes, uint64_t total) { return offset <= total && bytes <= total - offset; }

}  // namespace

class ImageReader {
 public:
  explicit ImageReader(Bytes memory) : memory_(memory), image_(new Image) {}

  Result<std::unique_ptr<const Image>> read() {
    if (auto checked = check_header(); !checked) return tl::unexpected(checked.error());
    if (header_->base_checksum != 0) return fail("matcher image: a delta, of no use without its base");
    layer_ = &image_->base_;
    if (const char* reason = read_layer()) return damaged(reason);
    if (const char* reason = read_patterns()) return damaged(reason);
    if (const char* reason = read_compounds()) return damaged(reason);
    return std::unique_ptr<const Image>(std::move(image_));
  }

  Result<std::unique_ptr<const Image>> read_over(const Image& base) {
    if (auto checked = check_header(); !checked) return tl::unexpected(checked.error());
    if (base.has_delta()) return fail("matcher image: a delta over a delta");
    if (header_->base_checksum != base.checksum()) return fail("matcher image: a delta over another base");
    *image_ = base;
    layer_ = &image_->delta_;
    if (const char* reason = read_layer()) return damaged(reason);
    if (const char* reason = read_tombstones()) return damaged(reason);
    return std::unique_ptr<const Image>(std::move(image_));
  }

 private:
  Result<void> check_header();
  Result<void> check_platform() const;
  const char* read_layer() {  // null, or what is wrong
    layer_->header = header_;
    layer_->key = HashKey(header_->seed);
    for (const auto step : {&ImageReader::read_entries, &ImageReader::read_tables, &ImageReader::read_intervals})
      if (const char* reason = (this->*step)()) return reason;
    return nullptr;
  }
  const char* read_entries();
  const char* read_tables();
  const char* read_intervals();
  const char* read_patterns();
  const char* read_compounds();
  const char* read_tombstones();
  template <typename Key>
  bool read_interval_set(const IntervalSpec& spec, Intervals<Key>& out) const;

  Bytes section(Section which) const {
    const ImageSection& section = header_->sections[static_cast<size_t>(which)];
    return memory_.subspan(section.offset, section.bytes);
  }
  // A section as an array of T; its size was checked to be a multiple.
  template <typename T>
  std::span<const T> array(Section which) const {
    const Bytes bytes = section(which);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  // `count` T at `offset` of the intervals section, or nothing.
  template <typename T>
  bool part(uint64_t offset, uint32_t count, std::span<const T>& out) const {
    const Bytes all = section(Section::intervals);
    if (offset % alignof(T) != 0 || !inside(offset, uint64_t{count} * sizeof(T), all.size())) return false;
    out = {reinterpret_cast<const T*>(all.data() + offset), count};
    return true;
  }
  bool set_once(uint64_t& seen, uint32_t kind) const {
    if (kind >= kind_count || (seen >> kind & 1) != 0) return false;
    seen |= uint64_t{1} << kind;
    return true;
  }

  Bytes memory_;
  const ImageHeader* header_ = nullptr;
  std::unique_ptr<Image> image_;
  ImageLayer* layer_ = nullptr;
};

Result<void> ImageReader::check_header() {
  if (memory_.size() < sizeof(ImageHeader)) return fail("matcher image: too short to be one");
  if (reinterpret_cast<uintptr_t>(memory_.data()) % section_alignment != 0) return fail("matcher image: memory is not 64 B aligned");
  header_ = reinterpret_cast<const ImageHeader*>(memory_.data());
  if (header_->magic != image_magic) return fail("matcher image: not a matcher image");
  if (header_->version != image_version)
    return fail("matcher image: version " + std::to_string(header_->version) + ", this program reads version " +
                std::to_string(image_version));
  if (header_->byte_order != image_byte_order) return fail("matcher image: built on a machine of the other byte order");
  if (header_->total_bytes < sizeof(ImageHeader) || header_->total_bytes > memory_.size())
    return fail("matcher image: cut off: " + std::to_string(memory_.size()) + " of " + std::to_string(header_->total_bytes) + " bytes");
  memory_ = memory_.first(header_->total_bytes);
  if (checksum_bytes(memory_.subspan(checksum_end)) != header_->checksum) return damaged("checksum");
  for (const ImageSection& section : header_->sections)
    if (section.offset % section_alignment != 0 || !inside(section.offset, section.bytes, memory_.size())) return damaged("section table");
  return check_platform();
}

Result<void> ImageReader::check_platform() const {
  if (header_->sections[static_cast<size_t>(Section::pattern_sets)].bytes == 0) return {};
  const std::string_view version(header_->hyperscan, strnlen(header_->hyperscan, sizeof header_->hyperscan));
  if (version != hyperscan_version().substr(0, sizeof header_->hyperscan))
    return fail("matcher image: built for Hyperscan \"" + std::string(version) + "\", here is \"" + std::string(hyperscan_version()) + "\"");
  if (!hyperscan_runs_here() || (header_->cpu_features & ~host_cpu_features()) != 0)
    return fail("matcher image: its patterns were compiled for a CPU with features that this one lacks");
  return {};
}

const char* ImageReader::read_entries() {
  ImageLayer& layer = *layer_;
  layer.entries = array<PackedEntry>(Section::entries);
  layer.ids = array<uint64_t>(Section::ids);
  layer.profiles = array<Profile>(Section::profiles);
  layer.feeds = array<FeedName>(Section::feeds);
  layer.text = section(Section::text);
  if (layer.entries.size() != header_->entry_count || header_->entry_count >= line_spilled) return "entry count";
  if (header_->first_interval > header_->first_pattern || header_->first_pattern > header_->entry_count) return "entry places";
  layer.first_interval = header_->first_interval;
  layer.first_pattern = header_->first_pattern;
  if (!layer.ids.empty() && layer.ids.size() != layer.entries.size()) return "ids";
  for (const FeedName& feed : layer.feeds)
    if (!inside(feed.text_offset, feed.length, layer.text.size())) return "feed name";
  for (const Profile& profile : layer.profiles)
    if (static_cast<uint8_t>(profile.kind) >= kind_count || profile.mode > MatchMode::range ||
        profile.action > Action::block_page || profile.shadowed > Action::block_page || profile.tlp > Tlp::red || profile.feed >= layer.feeds.size())
      return "profile";
  unsigned alike = 0;
  for (const PackedEntry& entry : layer.entries) {
    alike = (entry.flags & entry_more) != 0 ? alike + 1 : 0;
    if (alike >= value_entries_max) return "entries of one value";
    const uint64_t bytes = std::max<uint64_t>(entry.original_length, uint64_t{entry.value_shift} + entry.value_length);
    layer.term_count += (entry.flags & entry_term) != 0 ? 1 : 0;
    if (entry.profile >= layer.profiles.size() || !inside(entry.text_offset, bytes, layer.text.size())) return "entry";
  }
  if (!layer.entries.empty() && (layer.entries.back().flags & entry_more) != 0) return "last entry";
  return nullptr;
}

const char* ImageReader::read_tables() {
  const auto lines = array<TableLine>(Section::lines);
  uint64_t seen = 0;
  for (const TableSpec& spec : array<TableSpec>(Section::tables)) {
    if (!set_once(seen, spec.kind) || spec.line_count == 0 || !inside(spec.first_line, spec.line_count, lines.size()) ||
        spec.probe_max >= spec.line_count)
      return "table";
    const auto own = lines.subspan(spec.first_line, spec.line_count);
    layer_->tables[spec.kind] = {Table(own, spec.probe_max), spec.length_max, spec.shapes};
    // Slots of the fingerprint 0 are empty, and never asked for: fingerprint_of() is never 0.
    for (const TableLine& line : own)
      for (unsigned slot = 0; slot < line_slots; ++slot)
        if (line.fingerprints[slot] != 0 && (line.entries[slot] & ~line_spilled) >= header_->entry_count) return "table slot";
  }
  return nullptr;
}

template <typename Key>
bool ImageReader::read_interval_set(const IntervalSpec& spec, Intervals<Key>& out) const {
  out.shift = spec.shift;
  return out.empty() && spec.bound_count > 0 && part(spec.bounds, spec.bound_count, out.bounds) &&
         part(spec.pieces, spec.bound_count + 1, out.pieces) && part(spec.owners, spec.owner_count, out.owners) &&
         part(spec.directory, spec.directory_count, out.directory) && out.check(header_->entry_count);
}

const char* ImageReader::read_intervals() {
  for (const IntervalSpec& spec : array<IntervalSpec>(Section::interval_sets)) {
    if (spec.kind >= kind_count || spec.bound_count == ~0U) return "interval set";
    const bool address = spec.kind == static_cast<uint32_t>(Kind::address);
    const bool read = address && spec.key_bytes == sizeof(uint32_t)    ? read_interval_set(spec, layer_->v4)
                      : address && spec.key_bytes == sizeof(WideKey)   ? read_interval_set(spec, layer_->v6)
                      : !address && spec.key_bytes == sizeof(uint64_t) ? read_interval_set(spec, layer_->numbers[spec.kind])
                                                                       : false;
    if (!read) return "interval set";
  }
  return nullptr;
}

const char* ImageReader::read_patterns() {
  Image& image = *image_;
  const Bytes databases = section(Section::databases);
  for (const PatternSpec& spec : array<PatternSpec>(Section::pattern_sets)) {
    const bool stream = spec.use == static_cast<uint32_t>(PatternUse::stream);
    if (spec.kind >= kind_count || spec.use > static_cast<uint32_t>(PatternUse::stream) || spec.count == 0 ||
        spec.first_entry < header_->first_pattern || !inside(spec.first_entry, spec.count, header_->entry_count) || spec.offset % database_alignment != 0 ||
        !inside(spec.offset, spec.bytes, databases.size()) || (stream && spec.kind != static_cast<uint32_t>(Kind::keyword)))
      return "pattern set";
    Image::PatternSet& set = stream ? image.keyword_stream_ : image.patterns_[spec.kind];
    if (set.database != nullptr) return "pattern set twice";
    set = {check_database(databases.subspan(spec.offset, spec.bytes), static_cast<PatternUse>(spec.use)), spec.first_entry, spec.count};
    if (set.database == nullptr) return "pattern database";
  }
  if (image.keyword_stream_.database == nullptr) return nullptr;
  const size_t bytes = stream_bytes(*image.keyword_stream_.database);
  if (bytes == 0) return "stream database";
  image.stream_state_bytes_ = (64 + bytes + 63) / 64 * 64;
  return nullptr;
}

const char* ImageReader::read_compounds() {
  ImageLayer& layer = *layer_;
  layer.compounds = array<CompoundSpec>(Section::compounds);
  layer.compound_terms = array<uint32_t>(Section::compound_terms);
  layer.anchor_links = array<AnchorLink>(Section::anchor_links);
  const auto is_entry = [this](uint32_t entry) { return entry < header_->entry_count; };
  if (!std::all_of(layer.compound_terms.begin(), layer.compound_terms.end(), is_entry)) return "compound's terms";
  for (const CompoundSpec& compound : layer.compounds)
    if (!is_entry(compound.entry) || compound.term_count > compound_terms_max ||
        !inside(compound.first_term, compound.term_count, layer.compound_terms.size()))
      return "compound";
  uint32_t last = 0;
  for (const AnchorLink& link : layer.anchor_links) {
    if (link.term < last || !is_entry(link.term) || link.compound >= layer.compounds.size()) return "anchor";
    last = link.term;
  }
  return nullptr;
}

// Once the delta's own part is read: what it takes out of its base. Patterns stay; who changes them makes a base.
const char* ImageReader::read_tombstones() {
  Image& image = *image_;
  if (section(Section::pattern_sets).size() != 0 || header_->pattern_kinds != 0) return "a delta with patterns";
  if (section(Section::compounds).size() != 0 || image.delta_.term_count != 0) return "a delta with compounds";
  if (uint64_t{image.base_count()} + header_->entry_count >= line_spilled || image.base_.text.size() + image.delta_.text.size() > image_text_bytes_max)
    return "a delta too large for its base";
  const auto tombstones = array<uint32_t>(Section::tombstones);
  image.removed_.assign((image.base_count() + 63) / 64, 0);
  for (size_t i = 0; i < tombstones.size(); ++i) {
    if (tombstones[i] >= image.base_.first_pattern || (i > 0 && tombstones[i - 1] >= tombstones[i])) return "tombstone";
    image.removed_[tombstones[i] / 64] |= uint64_t{1} << tombstones[i] % 64;
  }
  image.removed_count_ = static_cast<uint32_t>(tombstones.size());
  return nullptr;
}

Result<std::unique_ptr<const Image>> Image::open(Bytes memory) { return ImageReader(memory).read(); }
Result<std::unique_ptr<const Image>> Image::open_delta(Bytes memory, const Image& base) { return ImageReader(memory).read_over(base); }

uint64_t checksum_told(Bytes memory) {
  ImageHeader header{};
  if (memory.size() < sizeof header) return 0;
  std::memcpy(&header, memory.data(), sizeof header);
  return header.checksum;
}

// Both layers' texts are one space, the base's first; so with entries and feeds.
std::string_view Image::text(uint32_t offset, uint32_t length) const {
  const ImageLayer& layer = offset < base_.text.size() ? base_ : delta_;
  if (&layer == &delta_) offset -= static_cast<uint32_t>(base_.text.size());
  return inside(offset, length, layer.text.size()) ? as_text(layer.text.subspan(offset, length)) : std::string_view{};
}

std::string_view Image::feed(uint32_t index) const {
  const auto base_feeds = static_cast<uint32_t>(base_.feeds.size());
  const ImageLayer& layer = index < base_feeds ? base_ : delta_;
  if (&layer == &delta_) index -= base_feeds;
  if (index >= layer.feeds.size()) return {};
  const FeedName name = layer.feeds[index];
  return as_text(layer.text.subspan(name.text_offset, name.length));
}

IndicatorEntry Image::indicator(uint32_t index) const {
  const ImageLayer& layer = layer_of(index);
  const bool delta = &layer == &delta_;
  const PackedEntry& entry = layer.entries[index];
  const Profile& profile = layer.profiles[entry.profile];
  IndicatorEntry out{};
  out.valid_from_s = profile.valid_from_s;
  out.valid_until_s = profile.valid_until_s;
  out.original_offset = entry.text_offset + (delta ? static_cast<uint32_t>(base_.text.size()) : 0);
  out.original_length = entry.original_length;
  out.value_offset = out.original_offset + entry.value_shift;
  out.value_length = entry.value_length;
  out.feed = profile.feed + (delta ? static_cast<uint32_t>(base_.feeds.size()) : 0);
  out.kind = profile.kind;
  out.mode = profile.mode;
  out.severity = profile.severity;
  out.confidence = profile.confidence;
  out.tlp = profile.tlp;
  out.action = profile.action;
  out.phase_hint = profile.phase_hint;
  out.route_hint = profile.route_hint;
  out.shadowed = profile.shadowed;
  out.id = layer.ids.empty() ? indicator_id(feed(out.feed), profile.kind, profile.mode, layer.value_of(entry)) : layer.ids[index];
  return out;
}

}  // namespace sekisho
