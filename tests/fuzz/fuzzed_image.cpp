// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzzed_image.h"

#include "matchers/image/build.h"

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
