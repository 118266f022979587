// SPDX-License-Identifier: Apache-2.0
#include "control/formats/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sekisho {

std::string golden(std::string_view format, std::string_view name, std::string_view text) {
  const auto path = std::filesystem::path(SEKISHO_GOLDEN_DIR) / format / name;
  if (std::getenv("SEKISHO_WRITE_GOLDENS") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sekisho
