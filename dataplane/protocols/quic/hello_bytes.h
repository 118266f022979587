// SPDX-License-Identifier: Apache-2.0
// A ClientHello put together from CRYPTO frames (RFC 9000 19.6), which come in any order, size and number,
// more than once, from many packets.
//
// The bytes lie in the memory that the core keeps for the flow, with a bit behind them for each that has
// arrived; here is only how far they reach. Work is linear in the bytes put in, whatever their order: bytes
// that continue the front, or lie behind all others, are copied; the rest go one by one.
#pragma once

#include "dataplane/protocols/protocol.h"
#include "dataplane/protocols/quic/limits.h"

namespace sekisho::quic {

enum class Put : uint8_t {
  stored,
  differs,   // some were there already, and other ones: the first stay
  too_long,  // some lie past hello_bytes_max: the others were stored
  no_memory
};

class HelloBytes {
 public:
  Put put(uint64_t offset, Bytes bytes, KeptBytes& kept);
  void clear() { *this = HelloBytes{}; }

  bool empty() const { return end_ == 0; }
  // All bytes from the first on, without a hole. Valid until the next call or the end of parse.
  Bytes front(KeptBytes& kept) const;

 private:
  bool reserve(size_t size, KeptBytes& kept);
  bool put_among_others(size_t offset, Bytes bytes, std::span<uint8_t> memory);
  void mark(size_t begin, size_t end, std::span<uint8_t> memory) const;

  uint32_t capacity_ = 0;  // bytes of a hello that the kept memory has room for
  uint32_t front_ = 0;     // bytes there without a hole
  uint32_t end_ = 0;       // behind the last byte there
};

}  // namespace sekisho::quic
