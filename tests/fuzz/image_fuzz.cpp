// SPDX-License-Identifier: Apache-2.0
// Matcher images that somebody changed: the input is a list of changes (where, what) to a good image, whose
// checksum is then made right again, so that only the checks behind it stand between the image and the
// look-ups. What is accepted must be safe to look up in.
//
// Not changed: Hyperscan's databases. Their bytecode cannot be checked by anybody; seals and checksum vouch
// for it, so the fuzzed image has no patterns, and a change that makes a pattern set of other bytes is
// refused by Hyperscan's own header.
#include "matchers/base/hash.h"
#include "matchers/image/format.h"
#include "matchers/normalise/normalise.h"
#include "tests/fuzz/fuzzed_image.h"

using namespace sekisho;
using namespace sekisho::fuzz;

namespace {

const std::vector<uint8_t>& good_image() {
  static const std::vector<uint8_t> image = [] {
    std::vector<Indicator> list = sample_indicators();
    std::erase_if(list, [](const Indicator& one) {
      return one.mode == MatchMode::literal || one.mode == MatchMode::regex || one.mode == MatchMode::glob;
    });
    list.front().id = 5;  // so that there is a section of ids
    list.back().valid_until_s = 4000;
    return built(list);
  }();
  return image;
}

std::vector<uint8_t> changed(FuzzInput& input) {
  std::vector<uint8_t> image = good_image();
  while (!input.empty()) {
    const size_t at = input.u16();
    const uint8_t how = input.u8();
    if (how == 0xff) {  // another length
      image.resize(std::max<size_t>(sizeof(ImageHeader), std::min<size_t>(at, image.size() + 512)));
      continue;
    }
    size_t to = at;
    for (const uint8_t byte : input.take(size_t{1} << (how & 3))) image[to++ % image.size()] = byte;
  }
  auto* header = reinterpret_cast<ImageHeader*>(image.data());
  header->total_bytes = image.size();
  header->checksum = checksum_bytes(Bytes(image).subspan(checksum_end));
  return image;
}

void look_up(const Image& image) {
  static constexpr struct {
    Kind kind;
    const char* text;
  } asked[] = {{Kind::domain, "www.evil.test"},
               {Kind::domain, "a.test"},
               {Kind::url, "a.test/a/b?c=d"},
               {Kind::address, "198.51.100.3"},
               {Kind::address, "2001:db8::2"},
               {Kind::user_agent, "e"},
               {Kind::subject, "s"},
               {Kind::mail_domain, "x.b.test"},
               {Kind::method, "PUT"},
               {Kind::address, "10.0.0.1"},
               {Kind::domain, "test"},
               {Kind::referer, "a.test/"}};
  auto scratch = image.make_scratch();
  must(scratch.has_value(), "an accepted image has scratch");
  std::vector<std::vector<uint8_t>> values;
  std::vector<Query> queries;
  for (const auto& ask : asked) {
    std::vector<uint8_t> room(normalised_bytes_max(std::string_view(ask.text).size()));
    const auto value = normalise(ask.kind, as_bytes(ask.text), room);
    if (!value) continue;
    values.emplace_back(value->begin(), value->end());
    queries.push_back({{}, ask.kind, 0});
  }
  for (uint64_t number : {uint64_t{0}, uint64_t{4}, ~uint64_t{0}}) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&number);
    values.emplace_back(bytes, bytes + sizeof number);
    queries.push_back({{}, Kind::file_size, 0});
  }
  for (size_t i = 0; i < queries.size(); ++i) queries[i].value = values[i];
  std::vector<Hit> hits(64);
  uint64_t dropped = 0;
  hits.resize(image.find(queries, 100, **scratch, hits, dropped));
  for (const Hit& hit : hits) must(hit.indicator < image.indicator_count(), "a hit names an indicator");
  for (const IndicatorEntry entry : image.indicators()) {
    const std::string_view value = image.text(entry.value_offset, entry.value_length);
    must(std::string(value).size() == entry.value_length,
         "an indicator's value lies in the image");  // the copy reads it
    must(std::string(image.feed(entry.feed)).size() == image.feed(entry.feed).size(),
         "so does its feed's name");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const std::vector<uint8_t> bytes = changed(input);
  const auto memory = aligned_copy(bytes);
  const auto image = Image::open({memory.get(), bytes.size()});
  if (image)
    look_up(**image);
  else
    must(!image.error().text.empty(), "a refusal says why");
  return 0;
}
