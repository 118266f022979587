// SPDX-License-Identifier: Apache-2.0
// KeySpec: all that is known of one key of the configuration. The loader, the sample file, the documentation and the answers of
// `sekishoctl config` come from these rows (keys.cpp); nothing else names a key.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sekisho {

enum class Shape : uint8_t {
  scalar,
  list,      // of scalars
  section,   // keys of its own
  sections   // a list of sections
};
enum class Presence : uint8_t { optional, required };

// Of a number: its value. Of a text: its bytes.
struct ValueRange {
  uint64_t least = 0;
  uint64_t most = UINT64_MAX;
};

struct SectionSpec;

struct KeySpec {
  std::string_view name;
  std::string_view sentence;
  std::string_view fallback = {};  // the default, as it would be written; of a list: items with blanks between
  std::string_view unit = {};
  ValueRange range = {};
  Presence presence = Presence::optional;
  std::string_view sample = {};    // what the sample file shows where the default is not telling
  // What is wrong with an item, or empty.
  std::string (*check)(std::string_view item) = nullptr;

  // Set by key<>() from the member's type.
  Shape shape = Shape::scalar;
  std::string_view type = {};
  std::span<const std::string_view> choices = {};
  // Stores a scalar, or appends an item to a list; returns what is wrong with the item, or empty.
  std::string (*store)(void* section, const KeySpec& spec, std::string_view item) = nullptr;
  // The struct of a section, or a new element of a list of sections.
  void* (*enter)(void* section) = nullptr;
  const SectionSpec* nested = nullptr;
};

struct SectionSpec {
  std::string_view sentence;
  std::span<const KeySpec> keys;
};

// Of struct Config.
const SectionSpec& root_section();

}  // namespace sekisho
