// SPDX-License-Identifier: Apache-2.0
#include "tools/read/capture_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sekisho {

namespace {

constexpr uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d, magic_section = 0x0a0d0d0a,
                   magic_byte_order = 0x1a2b3c4d;
constexpr uint32_t block_interface = 1, block_packet = 2, block_simple = 3, block_enhanced = 6;
constexpr size_t classic_header_bytes = 24, classic_record_bytes = 16, block_frame_bytes = 12;
constexpr uint16_t option_end = 0, option_tsresol = 9, option_tsoffset = 14;
// No capture holds larger packets; a length beyond it is damage.
constexpr uint32_t captured_bytes_max = 1U << 20;

struct LinkNumber {
  uint32_t number;  // of the registry of link-layer header types
  LinkType type;
};
constexpr LinkNumber link_numbers[] = {
    {0, LinkType::null_loop}, {1, LinkType::ethernet},    {9, LinkType::ppp},        {12, LinkType::raw_ip},
    {14, LinkType::raw_ip},   {50, LinkType::ppp},        {101, LinkType::raw_ip},   {108, LinkType::null_loop},
    {113, LinkType::linux_sll}, {228, LinkType::raw_ip},  {229, LinkType::raw_ip},   {276, LinkType::linux_sll2}};

std::optional<LinkType> link_type(uint32_t number) {
  for (const LinkNumber& link : link_numbers)
    if (link.number == (number & 0xffff)) return link.type;
  return std::nullopt;
}

uint64_t to_ns(uint64_t time, uint64_t units_per_second) {
  const uint64_t seconds = time / units_per_second;
  __extension__ typedef unsigned __int128 Wide;
  const auto rest = static_cast<Wide>(time % units_per_second) * 1'000'000'000 / units_per_second;
  return seconds * 1'000'000'000 + static_cast<uint64_t>(rest);
}

}  // namespace

Result<CaptureFile> CaptureFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(std::strerror(errno), path);
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    return fail("not a regular file", path);
  }
  CaptureFile file;
  file.path_ = path;
  if (status.st_size > 0) {
    const auto bytes = static_cast<size_t>(status.st_size);
    void* memory = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory == MAP_FAILED) {
      ::close(fd);
      return fail(std::strerror(errno), path);
    }
    file.mapping_ = Mapping({static_cast<uint8_t*>(memory), bytes});
    file.file_ = file.mapping_.bytes();
  }
  ::close(fd);
  if (auto known = file.read_magic(); !known) return tl::unexpected(known.error());
  return file;
}

Result<CaptureFile> CaptureFile::of(Bytes capture, const std::string& name) {
  CaptureFile file;
  file.path_ = name;
  file.file_ = capture;
  if (auto known = file.read_magic(); !known) return tl::unexpected(known.error());
  return file;
}

Result<void> CaptureFile::read_magic() {
  uint32_t magic = 0;
  if (file_.size() >= 4) std::memcpy(&magic, file_.data(), 4);
  if (magic == magic_section) return {};
  swapped_ = magic == __builtin_bswap32(magic_micro) || magic == __builtin_bswap32(magic_nano);
  if (swapped_) magic = __builtin_bswap32(magic);
  if ((magic != magic_micro && magic != magic_nano) || file_.size() < classic_header_bytes)
    return fail("not a pcap or pcapng file", path_);
  classic_ = true;
  Interface interface;
  interface.units_per_second = magic == magic_nano ? 1'000'000'000 : 1'000'000;
  interface.link = link_type(u32(file_.data() + 20));
  interfaces_.push_back(interface);
  position_ = classic_header_bytes;
  return {};
}

uint16_t CaptureFile::u16(const uint8_t* at) const {
  uint16_t value;
  std::memcpy(&value, at, sizeof value);
  return swapped_ ? __builtin_bswap16(value) : value;
}

uint32_t CaptureFile::u32(const uint8_t* at) const {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return swapped_ ? __builtin_bswap32(value) : value;
}

void CaptureFile::damaged(const std::string& what, size_t at) {
  error_ = Error{what + " at offset " + std::to_string(at), path_, 0};
}

std::optional<CapturedPacket> CaptureFile::next() {
  if (error_) return std::nullopt;
  return classic_ ? next_classic() : next_block();
}

std::optional<CapturedPacket> CaptureFile::finish(CapturedPacket packet, const Interface& interface, uint64_t time) {
  packet.wall_ns = to_ns(time, interface.units_per_second) + static_cast<uint64_t>(interface.offset_s) * 1'000'000'000;
  packet.known_link = interface.link.has_value();
  if (packet.known_link) packet.link = *interface.link;
  else ++unknown_link_;
  return packet;
}

std::optional<CapturedPacket> CaptureFile::next_classic() {
  if (position_ == file_.size()) return std::nullopt;
  if (file_.size() - position_ < classic_record_bytes) {
    damaged("the file ends inside a record header", position_);
    return std::nullopt;
  }
  const uint8_t* header = file_.data() + position_;
  const uint32_t captured = u32(header + 8);
  if (captured > captured_bytes_max) {
    damaged("impossible packet length " + std::to_string(captured), position_ + 8);
    return std::nullopt;
  }
  if (captured > file_.size() - position_ - classic_record_bytes) {
    damaged("the file ends inside a packet", position_);
    return std::nullopt;
  }
  CapturedPacket packet;
  packet.bytes = file_.subspan(position_ + classic_record_bytes, captured);
  packet.wire_length = std::max(u32(header + 12), captured);
  position_ += classic_record_bytes + captured;
  const uint64_t units = interfaces_[0].units_per_second;
  return finish(packet, interfaces_[0], uint64_t{u32(header)} * units + u32(header + 4));
}

// pcapng: every block is framed by its length at both ends (section 3.1).
std::optional<CapturedPacket> CaptureFile::next_block() {
  while (position_ < file_.size()) {
    const size_t left = file_.size() - position_;
    const uint8_t* block = file_.data() + position_;
    if (left < block_frame_bytes) {
      damaged("the file ends inside a block header", position_);
      return std::nullopt;
    }
    uint32_t type;
    std::memcpy(&type, block, sizeof type);
    if (type == magic_section) {
      if (!read_section({block, left})) return std::nullopt;
    } else {
      type = u32(block);
    }
    const uint32_t length = u32(block + 4);
    if (length < block_frame_bytes || length % 4 != 0 || length > left) {
      damaged("impossible block length " + std::to_string(length), position_);
      return std::nullopt;
    }
    const size_t begin = position_;
    position_ += length;
    const Bytes body = file_.subspan(begin + 8, length - block_frame_bytes);
    std::optional<CapturedPacket> packet;
    if (type == block_interface) read_interface(body);
    if (type == block_enhanced || type == block_packet) packet = read_enhanced(body, type == block_packet);
    if (type == block_simple) packet = read_simple(body);
    if (packet) return packet;
    if (error_) return std::nullopt;
  }
  return std::nullopt;
}

bool CaptureFile::read_section(Bytes block) {
  uint32_t order = 0;
  if (block.size() >= 16) std::memcpy(&order, block.data() + 8, sizeof order);
  if (order != magic_byte_order && order != __builtin_bswap32(magic_byte_order)) {
    damaged("a section without byte-order magic", position_);
    return false;
  }
  swapped_ = order != magic_byte_order;
  interfaces_.clear();
  return true;
}

void CaptureFile::read_interface(Bytes body) {
  Interface interface;
  if (body.size() >= 8) {
    interface.link = link_type(u16(body.data()));
    interface.snap_length = u32(body.data() + 4);
  }
  for (size_t at = 8; at + 4 <= body.size();) {
    const uint16_t code = u16(body.data() + at), length = u16(body.data() + at + 2);
    const size_t value = at + 4;
    if (code == option_end || value + length > body.size()) break;
    if (code == option_tsresol && length >= 1) {
      const uint8_t resolution = body[value];
      uint64_t units = 1;
      if ((resolution & 0x80) != 0) {
        units = uint64_t{1} << std::min<unsigned>(resolution & 0x7f, 62);
      } else {
        for (unsigned i = 0; i < std::min<unsigned>(resolution, 18); ++i) units *= 10;
      }
      interface.units_per_second = units;
    }
    if (code == option_tsoffset && length >= 8) {
      uint64_t offset;
      std::memcpy(&offset, body.data() + value, sizeof offset);
      interface.offset_s = static_cast<int64_t>(swapped_ ? __builtin_bswap64(offset) : offset);
    }
    at = value + (length + 3) / 4 * 4;
  }
  interfaces_.push_back(interface);
}

std::optional<CapturedPacket> CaptureFile::read_enhanced(Bytes body, bool obsolete) {
  constexpr size_t header_bytes = 20;
  const size_t at = static_cast<size_t>(body.data() - file_.data());
  if (body.size() < header_bytes) {
    damaged("a packet block without its header", at);
    return std::nullopt;
  }
  const uint32_t index = obsolete ? u16(body.data()) : u32(body.data());
  const uint32_t captured = u32(body.data() + 12);
  if (index >= interfaces_.size()) {
    damaged("a packet of interface " + std::to_string(index) + ", which is not described", at);
    return std::nullopt;
  }
  if (captured > body.size() - header_bytes) {
    damaged("a packet longer than its block", at);
    return std::nullopt;
  }
  CapturedPacket packet;
  packet.bytes = body.subspan(header_bytes, captured);
  packet.wire_length = std::max(u32(body.data() + 16), captured);
  packet.interface = static_cast<uint16_t>(index);
  return finish(packet, interfaces_[index], uint64_t{u32(body.data() + 4)} << 32 | u32(body.data() + 8));
}

std::optional<CapturedPacket> CaptureFile::read_simple(Bytes body) {
  const size_t at = static_cast<size_t>(body.data() - file_.data());
  if (body.size() < 4 || interfaces_.empty()) {
    damaged("a simple packet without length or interface", at);
    return std::nullopt;
  }
  CapturedPacket packet;
  packet.wire_length = u32(body.data());
  uint32_t captured = std::min<uint32_t>(packet.wire_length, static_cast<uint32_t>(body.size() - 4));
  if (interfaces_[0].snap_length != 0) captured = std::min(captured, interfaces_[0].snap_length);
  packet.bytes = body.subspan(4, captured);
  return finish(packet, interfaces_[0], 0);
}

}  // namespace sekisho
