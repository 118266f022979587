// SPDX-License-Identifier: Apache-2.0
// A matcher image that was built ahead (`sekishoctl image build`), read as a feed: one central place decides what is listed, signs it, and ships it to
// many appliances. Its actions are what its rows ask for; the appliance's policy has the last word. A signed image's serial never falls (feed.h).
#include <cstring>

#include "control/catalogue/catalogue.h"
#include "control/feeds/collector.h"
#include "control/feeds/timestamp.h"
#include "matchers/image/image.h"

namespace sekisho {

namespace {

struct FreeMemory {
  void operator()(uint8_t* memory) const { std::free(memory); }
};

void add(const Image& image, const IndicatorEntry& entry, uint32_t number, Collector& collector) {
  const std::string severity = std::to_string(entry.severity), confidence = std::to_string(entry.confidence);
  const std::string from = time_cell(entry.valid_from_s), until = time_cell(entry.valid_until_s);
  const std::string route = entry.route_hint == 0 ? std::string() : std::to_string(entry.route_hint);
  const std::string note = "feed " + std::string(image.feed(entry.feed));
  const bool has_phase = entry.phase_hint != 0 && entry.phase_hint < sub_phase_count;
  collector.add(number, {.value = image.text(entry.original_offset, entry.original_length), .kind = kind_name(entry.kind), .mode = mode_name(entry.mode),
                         .severity = severity, .confidence = confidence, .tlp = tlp_name(entry.tlp), .valid_from = from, .valid_until = until,
                         .phase = has_phase ? std::string_view(sub_phases[entry.phase_hint].name) : std::string_view(), .route = route,
                         .action = action_name(entry.action), .note = note});
}

}  // namespace

bool looks_like_image(std::string_view text) {
  uint64_t magic = 0;
  if (text.size() < sizeof magic) return false;
  std::memcpy(&magic, text.data(), sizeof magic);
  return magic == image_magic;
}

// A number in messages is the indicator's, from 1.
Result<void> read_image_feed(std::string_view text, Collector& collector) {
  const size_t rounded = (text.size() + section_alignment - 1) / section_alignment * section_alignment;
  const std::unique_ptr<uint8_t, FreeMemory> memory(static_cast<uint8_t*>(std::aligned_alloc(section_alignment, std::max(rounded, section_alignment))));
  if (memory == nullptr) return fail("is too large for this machine's memory");
  if (!text.empty()) std::memcpy(memory.get(), text.data(), text.size());
  const auto image = Image::open({memory.get(), text.size()});
  if (!image) return tl::unexpected(image.error());
  collector.expect_rows((*image)->indicator_count());
  uint32_t number = 0;
  for (const IndicatorEntry& entry : (*image)->indicators()) {
    if (!collector.has_room(++number)) break;
    add(**image, entry, number, collector);
  }
  collector.tell("generation " + std::to_string((*image)->generation()));
  return {};
}

}  // namespace sekisho
