// SPDX-License-Identifier: Apache-2.0
#include "control/rows/row.h"

#include <algorithm>

#include "control/rows/limits.h"

namespace sekisho {

void Row::clear() {
  header = {};
  nodes_.clear();
  items_.clear();
  for (std::string& block : blocks_) block.clear();
  blocks_used_ = 0;
}

std::string_view Row::copy(std::string_view text) {
  while (blocks_used_ < blocks_.size() && blocks_[blocks_used_].capacity() - blocks_[blocks_used_].size() < text.size())
    ++blocks_used_;
  if (blocks_used_ == blocks_.size()) blocks_.emplace_back().reserve(std::max(row_text_block_bytes, text.size()));
  std::string& block = blocks_[blocks_used_];
  const size_t begin = block.size();
  block.append(text);
  return std::string_view(block).substr(begin);
}

}  // namespace sekisho
