// SPDX-License-Identifier: Apache-2.0
#include "control/config/nearest.h"

#include <algorithm>
#include <array>

namespace sekisho {

namespace {

constexpr size_t word_bytes_max = 64;
constexpr size_t edits_max = 2;

// Optimal string alignment distance over three rolling rows.
size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::array<size_t, word_bytes_max + 1>;
  Row before{}, above{}, row{};
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  if (word.size() > word_bytes_max) return best;
  size_t best_distance = std::min(edits_max, (word.size() - (word.empty() ? 0 : 1)) / 2) + 1;
  for (const std::string_view candidate : known) {
    if (candidate.size() > word_bytes_max) continue;
    const size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

}  // namespace sekisho
