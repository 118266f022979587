// SPDX-License-Identifier: Apache-2.0
// CaptureFile: the packets of a pcap or pcapng file, one after another.
//
// pcap in both byte orders, micro- and nanoseconds; pcapng (draft-ietf-opsawg-pcapng) with several sections
// and interfaces, their time resolutions and offsets. Blocks that carry no packets (names, statistics,
// decryption secrets) are passed over. The whole file is mapped; views live as long as the object (of
// bytes(): as long as the memory).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/decode/decode.h"
#include "dataplane/record/shared_memory.h"
#include "matchers/base/bytes.h"
#include "matchers/base/result.h"

namespace sekisho {

struct CapturedPacket {
  Bytes bytes;              // as captured
  uint32_t wire_length = 0;
  uint64_t wall_ns = 0;     // since 1970; 0 where the file says nothing
  LinkType link = LinkType::ethernet;  // meaningful with known_link
  bool known_link = true;
  uint16_t interface = 0;
};

class CaptureFile {
 public:
  static Result<CaptureFile> open(const std::string& path);
  // A capture that lies in the caller's memory; `name` is for messages.
  static Result<CaptureFile> of(Bytes capture, const std::string& name);

  // The next packet, or nothing at the end or where the container is damaged: error() then says what and where.
  std::optional<CapturedPacket> next();
  const std::optional<Error>& error() const { return error_; }
  // Packets whose link type we do not read.
  uint64_t unknown_link() const { return unknown_link_; }

 private:
  struct Interface {
    std::optional<LinkType> link;
    uint32_t snap_length = 0;
    uint64_t units_per_second = 1'000'000;
    int64_t offset_s = 0;
  };

  CaptureFile() = default;
  Result<void> read_magic();
  std::optional<CapturedPacket> next_classic();
  std::optional<CapturedPacket> next_block();
  std::optional<CapturedPacket> read_enhanced(Bytes body, bool obsolete);
  std::optional<CapturedPacket> read_simple(Bytes body);
  bool read_section(Bytes block);
  void read_interface(Bytes body);
  std::optional<CapturedPacket> finish(CapturedPacket packet, const Interface& interface, uint64_t time);
  void damaged(const std::string& what, size_t at);
  uint16_t u16(const uint8_t* at) const;
  uint32_t u32(const uint8_t* at) const;

  std::string path_;
  Mapping mapping_;
  Bytes file_;
  size_t position_ = 0;
  bool classic_ = false;
  bool swapped_ = false;
  std::vector<Interface> interfaces_;
  std::optional<Error> error_;
  uint64_t unknown_link_ = 0;
};

}  // namespace sekisho
