// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "dataplane/record/limits.h"

namespace sekisho {

namespace {

constexpr int size_seals = F_SEAL_SHRINK | F_SEAL_GROW;
constexpr int image_seals = size_seals | F_SEAL_WRITE | F_SEAL_SEAL;
constexpr int ring_seals = size_seals | F_SEAL_SEAL;

tl::unexpected<Error> fail_errno(const char* what) { return fail(std::string(what) + ": " + std::strerror(errno)); }

Result<Mapping> map(int file, size_t bytes, int protection, int flags) {
  void* memory = ::mmap(nullptr, bytes, protection, flags | MAP_POPULATE, file, 0);
  if (memory == MAP_FAILED) return fail_errno("shared memory cannot be mapped");
  return Mapping({static_cast<uint8_t*>(memory), bytes});
}

Result<void> add_seals(int file, int seals) {
  if (::fcntl(file, F_ADD_SEALS, seals) != 0) return fail_errno("shared memory cannot be sealed");
  return {};
}

// The size of a received file, once its seals and bounds are seen to be right.
Result<size_t> checked_size(int file, int seals, uint64_t bytes_max) {
  const int present = ::fcntl(file, F_GET_SEALS);
  if (present < 0) return fail_errno("not a sealable memory file");
  if ((present & seals) != seals) return fail("a memory file without its seals");
  struct stat status;
  if (::fstat(file, &status) != 0) return fail_errno("memory file");
  if (status.st_size <= 0 || static_cast<uint64_t>(status.st_size) > bytes_max)
    return fail("a memory file of " + std::to_string(status.st_size) + " bytes: 1 to " + std::to_string(bytes_max) +
                " are allowed");
  return static_cast<size_t>(status.st_size);
}

}  // namespace

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this != &other) {
    reset();
    memory_ = std::exchange(other.memory_, {});
  }
  return *this;
}

void Mapping::reset() {
  if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
  memory_ = {};
}

Result<MemoryFile> make_memory(const char* name, size_t bytes) {
  MemoryFile out;
  out.file = FileDescriptor(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!out.file) return fail_errno("memfd");
  if (::ftruncate(out.file.get(), static_cast<off_t>(bytes)) != 0) return fail_errno("shared memory cannot be sized");
  auto mapping = map(out.file.get(), bytes, PROT_READ | PROT_WRITE, MAP_SHARED);
  if (!mapping) return tl::unexpected(mapping.error());
  out.mapping = std::move(*mapping);
  return out;
}

Result<FileDescriptor> seal_image(MemoryFile memory) {
  memory.mapping.reset();
  if (auto sealed = add_seals(memory.file.get(), image_seals); !sealed) return tl::unexpected(sealed.error());
  return std::move(memory.file);
}

Result<FileDescriptor> make_image_file(const char* name, Bytes content) {
  if (content.empty()) return fail("an image of 0 bytes");
  auto memory = make_memory(name, content.size());
  if (!memory) return tl::unexpected(memory.error());
  std::memcpy(memory->mapping.memory().data(), content.data(), content.size());
  return seal_image(std::move(*memory));
}

Result<MemoryFile> make_ring_memory(const char* name, size_t bytes) {
  auto memory = make_memory(name, bytes);
  if (!memory) return memory;
  if (auto sealed = add_seals(memory->file.get(), ring_seals); !sealed) return tl::unexpected(sealed.error());
  return memory;
}

Result<Mapping> map_image(int file) {
  const auto bytes = checked_size(file, image_seals & ~F_SEAL_SEAL, image_bytes_max);
  if (!bytes) return tl::unexpected(bytes.error());
  // Kernels before 6.7 refuse even a read-only shared mapping of a write-sealed file; sealed, a private one is the same.
  void* memory = ::mmap(nullptr, *bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  if (memory == MAP_FAILED && errno == EPERM) return map(file, *bytes, PROT_READ, MAP_PRIVATE);
  if (memory == MAP_FAILED) return fail_errno("shared memory cannot be mapped");
  return Mapping({static_cast<uint8_t*>(memory), *bytes});
}

Result<Mapping> map_ring(int file) {
  const auto bytes = checked_size(file, size_seals, ring_bytes_max);
  if (!bytes) return tl::unexpected(bytes.error());
  return map(file, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED);
}

}  // namespace sekisho
