// SPDX-License-Identifier: Apache-2.0
#include "matchers/pattern/database.h"

#include <hs/hs_compile.h>
#include <hs/hs_runtime.h>

#include <cstdlib>
#include <memory>

namespace sekisho {

namespace {

thread_local std::span<uint8_t> lent;

void* take_lent(size_t bytes) {
  if (bytes > lent.size()) return nullptr;
  void* const at = lent.data();
  lent = {};
  return at;
}
void keep_lent(void*) {}  // the lender frees

bool set_stream_allocator() { return hs_set_stream_allocator(take_lent, keep_lent) == HS_SUCCESS; }

}  // namespace

uint64_t host_cpu_features() {
  hs_platform_info_t platform{};
  return hs_populate_platform(&platform) == HS_SUCCESS ? platform.cpu_features : 0;
}

bool hyperscan_runs_here() { return hs_valid_platform() == HS_SUCCESS; }

std::string_view hyperscan_version() { return hs_version(); }

const hs_database* check_database(Bytes memory, PatternUse use) {
  // Magic, version and length are in the first words; hs_database_info reads no further than the engine's mode.
  constexpr size_t header_bytes_min = 256;
  if (memory.size() < header_bytes_min || reinterpret_cast<uintptr_t>(memory.data()) % database_alignment != 0) return nullptr;
  const auto* database = reinterpret_cast<const hs_database*>(memory.data());
  size_t bytes = 0;
  if (hs_database_size(database, &bytes) != HS_SUCCESS || bytes > memory.size()) return nullptr;
  char* text = nullptr;
  if (hs_database_info(database, &text) != HS_SUCCESS) return nullptr;
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  const std::string_view wanted = use == PatternUse::stream ? "Mode: STREAM" : "Mode: BLOCK";
  return std::string_view(text).find(wanted) != std::string_view::npos ? database : nullptr;
}

size_t stream_bytes(const hs_database& database) {
  size_t bytes = 0;
  return hs_stream_size(&database, &bytes) == HS_SUCCESS ? bytes : 0;
}

bool open_stream(const hs_database& database, std::span<uint8_t> memory) {
  static const bool allocator_is_ours = set_stream_allocator();
  if (!allocator_is_ours) return false;
  lent = memory;
  hs_stream_t* stream = nullptr;
  const hs_error_t error = hs_open_stream(&database, 0, &stream);
  lent = {};
  return error == HS_SUCCESS && reinterpret_cast<uint8_t*>(stream) == memory.data();
}

}  // namespace sekisho
