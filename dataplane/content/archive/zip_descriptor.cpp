// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/zip_descriptor.h"

#include <algorithm>
#include <iterator>

#include "dataplane/content/archive/zip_header.h"

namespace sekisho::archive {

namespace {

constexpr uint8_t signature[] = {'P', 'K', 7, 8};
constexpr size_t lengths[] = {16, 24, 12, 20};  // with a signature first: that is no chance

bool begins_header(const uint8_t* at) {
  switch (static_cast<ZipSignature>(load_le32(at))) {
    case ZipSignature::member:
    case ZipSignature::directory:
    case ZipSignature::extra_data: return true;
    default: return false;
  }
}

// Whether `stored` bytes can be the content of a member of `bytes`: the same, or sealed behind what encryption needs.
bool content_of(uint64_t stored, uint64_t bytes) {
  constexpr uint64_t sealing_bytes_max = 64;
  return bytes <= stored && stored - bytes <= sealing_bytes_max && (bytes != 0 || stored == 0);
}

}  // namespace

FoundDescriptor find_descriptor(Bytes bytes, uint64_t taken) {
  using Is = FoundDescriptor::Is;
  const size_t compared = std::min(bytes.size(), std::size(signature));
  if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(compared), signature)) return {};
  if (bytes.size() < 12) return {Is::need_more};
  if (load_le32(&bytes[8]) != static_cast<uint32_t>(taken)) return {};
  if (bytes.size() < 16) return {Is::need_more};
  if (taken >> 32 == 0 && content_of(taken, load_le32(&bytes[12]))) return {Is::whole, 16, load_le32(&bytes[12])};
  if (bytes.size() < zip_descriptor_bytes_max) return {Is::need_more};
  const bool is_64 = load_le64(&bytes[8]) == taken && content_of(taken, load_le64(&bytes[16]));
  return is_64 ? FoundDescriptor{Is::whole, zip_descriptor_bytes_max, load_le64(&bytes[16])} : FoundDescriptor{};
}

size_t descriptor_length(const uint8_t* bytes) {
  const bool has_signature = load_le32(bytes) == static_cast<uint32_t>(ZipSignature::descriptor);
  for (const size_t length : lengths)
    if ((length % 8 == 0) == has_signature && begins_header(bytes + length)) return length;
  return 0;
}

}  // namespace sekisho::archive
