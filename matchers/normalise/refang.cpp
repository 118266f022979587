// SPDX-License-Identifier: Apache-2.0
#include "matchers/normalise/refang.h"

namespace sekisho {

namespace {

struct Spelling {
  std::string_view fanged;  // lower case
  std::string_view meant;
};
constexpr Spelling anywhere[] = {
    {"[.]", "."},   {"(.)", "."},   {"{.}", "."},     {"\\.", "."},     {"[dot]", "."}, {"(dot)", "."}, {"{dot}", "."},
    {" dot ", "."}, {"[,]", "."},   {"[:]", ":"},     {"[://]", "://"}, {"[/]", "/"},   {"[@]", "@"},   {"(@)", "@"},
    {"[at]", "@"},  {"(at)", "@"},  {"{at}", "@"},    {" at ", "@"},    {"[.", "."},    {".]", "."}};
constexpr Spelling at_start[] = {{"hxxps", "https"}, {"hxxp", "http"}, {"hxtps", "https"}, {"hxtp", "http"}, {"h**ps", "https"},
                                 {"h**p", "http"},   {"meow://", "http://"}, {"fxp://", "ftp://"}};

const Spelling* find(std::span<const Spelling> spellings, std::string_view text) {
  for (const Spelling& spelling : spellings)
    if (text.size() >= spelling.fanged.size() && equals_ignore_case(text.substr(0, spelling.fanged.size()), spelling.fanged))
      return &spelling;
  return nullptr;
}

}  // namespace

std::optional<Bytes> refang(Bytes input, std::span<uint8_t> out) {
  std::string_view text = as_text(input);
  Writer writer(out);
  // A bracketed IPv6 address in a URL keeps its brackets: "[2001:db8::1]" has no spelling of the table in it.
  const Spelling* spelling = find(at_start, text);
  while (!text.empty()) {
    if (spelling == nullptr) spelling = find(anywhere, text);
    if (spelling != nullptr) {
      writer.put(spelling->meant);
      text.remove_prefix(spelling->fanged.size());
      spelling = nullptr;
    } else {
      writer.put(static_cast<uint8_t>(text.front()));
      text.remove_prefix(1);
    }
  }
  if (writer.overflow()) return std::nullopt;
  return writer.written();
}

}  // namespace sekisho
