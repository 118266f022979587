// SPDX-License-Identifier: Apache-2.0
#include "control/publish/generation.h"

#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <fstream>

#include "control/publish/atomic_file.h"

namespace sekisho {

Result<GenerationCounter> GenerationCounter::open(std::string file) {
  struct stat status;
  if (::stat(file.c_str(), &status) != 0 && errno == ENOENT) return GenerationCounter(std::move(file), 0);
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) return fail("cannot be read", file);
  uint32_t last = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), last);
  if (error != std::errc() || end != line.data() + line.size()) return fail("\"" + line + "\" is not a generation", file, 1);
  return GenerationCounter(std::move(file), last);
}

Result<uint32_t> GenerationCounter::next() {
  if (last_ == UINT32_MAX) return fail("generations are used up", file_);
  if (auto written = write_file_atomically(file_, std::to_string(last_ + 1) + "\n"); !written)
    return tl::unexpected(written.error());
  return ++last_;
}

}  // namespace sekisho
