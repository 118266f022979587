// SPDX-License-Identifier: Apache-2.0
// The known word that a misspelt one was meant to be.
#pragma once

#include <span>
#include <string_view>

namespace sekisho {

// Empty where none is near: at most two edits (insert, delete, replace, swap of neighbours), and fewer than half the word's letters.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace sekisho
