// SPDX-License-Identifier: Apache-2.0
// Shared memory between the planes: memfds, made by one, sealed, handed over a socket, mapped by the other.
//
//   image   built by control: sealed against writing, shrinking and growing; mapped read-only and populated by the data plane
//   ring    made by the data plane: sealed against shrinking and growing (a shorter file would be a SIGBUS); mapped by both for writing
//
// Off the packet path: maps, populates, allocates.
#pragma once

#include <cstdint>
#include <span>

#include "dataplane/record/file_descriptor.h"
#include "matchers/base/bytes.h"
#include "matchers/base/result.h"

namespace sekisho {

// The owner of one mapping. Page-aligned; the bytes are valid until it goes.
class Mapping {
 public:
  Mapping() = default;
  explicit Mapping(std::span<uint8_t> memory) : memory_(memory) {}
  Mapping(Mapping&& other) noexcept : memory_(std::exchange(other.memory_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { reset(); }

  // Read-only mappings fault when written through this.
  std::span<uint8_t> memory() const { return memory_; }
  Bytes bytes() const { return memory_; }
  void reset();

 private:
  std::span<uint8_t> memory_;
};

// A memfd and, while it is being written, its mapping.
struct MemoryFile {
  FileDescriptor file;
  Mapping mapping;
};

// Fresh memory of `bytes`, zeroed, mapped for writing and populated, not yet sealed. `name` shows in /proc/PID/maps.
Result<MemoryFile> make_memory(const char* name, size_t bytes);
// Gives up the mapping (a seal against writing fails while one lives) and seals against every change.
Result<FileDescriptor> seal_image(MemoryFile memory);
// The whole content as a sealed image.
Result<FileDescriptor> make_image_file(const char* name, Bytes content);
// Fresh memory for a ring: size sealed, mapping kept.
Result<MemoryFile> make_ring_memory(const char* name, size_t bytes);

// The receiver's end: refuse files whose seals are missing or whose size is 0 or above the bound (limits.h).
Result<Mapping> map_image(int file);
Result<Mapping> map_ring(int file);

}  // namespace sekisho
