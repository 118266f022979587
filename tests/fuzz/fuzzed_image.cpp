// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzzed_image.h"

#include "matchers/base/hash.h"
#include "matchers/image/build.h"
#include "matchers/image/format.h"
#include "matchers/normalise/normalise.h"

namespace sekisho::fuzz {

namespace {

Indicator indicator(Kind kind, MatchMode mode, const char* value, Action action = Action::alert) {
  Indicator out;
  out.kind = kind;
  out.mode = mode;
  out.value = value;
  out.feed = "fuzz";
  out.action = action;
  return out;
}

}  // namespace

std::vector<Indicator> sample_indicators() {
  return {indicator(Kind::domain, MatchMode::subdomains, "evil.test", Action::sinkhole),
          indicator(Kind::domain, MatchMode::exact, "a.test", Action::reset),
          indicator(Kind::url, MatchMode::prefix, "http://a.test/a", Action::reset),
          indicator(Kind::address, MatchMode::cidr, "198.51.100.0/28", Action::drop),
          indicator(Kind::address, MatchMode::exact, "2001:db8::2"),
          indicator(Kind::user_agent, MatchMode::exact, "e", Action::drop),
          indicator(Kind::subject, MatchMode::exact, "s", Action::reset),
          indicator(Kind::mail_domain, MatchMode::exact, "b.test", Action::reset),
          indicator(Kind::file_size, MatchMode::range, "3..5"),
          indicator(Kind::method, MatchMode::exact, "PUT"),
          // SHA-256 of no bytes at all.
          indicator(Kind::sha256, MatchMode::exact,
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Action::reset),
          indicator(Kind::keyword, MatchMode::literal, "secret", Action::reset),
          indicator(Kind::keyword, MatchMode::regex, "ab+c"),
          indicator(Kind::file_name, MatchMode::glob, "*.exe")};
}

std::vector<Indicator> sample_indicators_without_patterns() {
  std::vector<Indicator> list = sample_indicators();
  std::erase_if(list, [](const Indicator& one) {
    return one.mode == MatchMode::literal || one.mode == MatchMode::regex || one.mode == MatchMode::glob;
  });
  return list;
}

std::unique_ptr<uint8_t, decltype(&std::free)> aligned_copy(Bytes bytes) {
  // posix_memalign keeps the exact length, so that one byte past the image is one that ASan knows.
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, std::max<size_t>(bytes.size(), 1)) != 0) std::abort();
  if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
  return {static_cast<uint8_t*>(memory), &std::free};
}

std::vector<uint8_t> built(const std::vector<Indicator>& list) {
  BuildReport report;
  auto image = build_image(list, 1, report);
  must(image.has_value() && report.rejected.empty(), "the sample indicators can be built");
  return std::move(*image);
}

std::vector<uint8_t> changed_image(std::vector<uint8_t> image, FuzzInput& input) {
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

void look_up_everything(const Image& image) {
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
  for (const Hit& hit : hits) {
    const IndicatorEntry entry = image.indicator(hit.indicator);
    must(entry.kind < static_cast<Kind>(kind_count), "a hit names an indicator");
    must(std::string(image.text(entry.original_offset, entry.original_length)).size() == entry.original_length, "whose words lie in the image");
  }
  for (const IndicatorEntry entry : image.indicators()) {
    const std::string_view value = image.text(entry.value_offset, entry.value_length);
    must(std::string(value).size() == entry.value_length,
         "an indicator's value lies in the image");  // the copy reads it
    must(std::string(image.feed(entry.feed)).size() == image.feed(entry.feed).size(),
         "so does its feed's name");
  }
}

FuzzedImage::FuzzedImage(const std::vector<Indicator>& list) {
  const std::vector<uint8_t> bytes = built(list);
  memory_ = aligned_copy(bytes);
  auto opened = Image::open({memory_.get(), bytes.size()});
  must(opened.has_value(), "a built image opens");
  image_ = std::move(*opened);
  auto scratch = image_->make_scratch();
  must(scratch.has_value(), "an opened image has scratch");
  scratch_ = std::move(*scratch);
}

}  // namespace sekisho::fuzz
