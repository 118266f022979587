// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/fetch_state.h"

#include "control/feeds/file_text.h"
#include "control/feeds/line_reader.h"
#include "control/publish/atomic_file.h"

namespace sekisho {

namespace {

constexpr uint64_t state_bytes_max = 16384;

struct Key {
  std::string_view name;
  std::string FetchState::* member;
};
constexpr Key keys[] = {{"url", &FetchState::url},
                        {"public_key", &FetchState::public_key},
                        {"etag", &FetchState::etag},
                        {"last_modified", &FetchState::last_modified},
                        {"added_after", &FetchState::added_after}};

}  // namespace

FetchState read_fetch_state(const std::string& path) {
  FetchState out;
  const auto file = read_file_text(path, state_bytes_max);
  if (!file) return out;
  LineReader lines(file->text);
  while (lines.next()) {
    std::string_view rest = lines.line();
    const std::string_view name = take_word(rest);
    for (const Key& key : keys)
      if (key.name == name) out.*key.member = rest;
  }
  return out;
}

Result<void> write_fetch_state(const std::string& path, const FetchState& state) {
  std::string text;
  for (const Key& key : keys)
    if (!(state.*key.member).empty()) text.append(key.name).append(" ").append(state.*key.member).append("\n");
  return write_file_atomically(path, text);
}

}  // namespace sekisho
