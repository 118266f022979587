// SPDX-License-Identifier: Apache-2.0
// For tests: frames as bytes, and header blocks by nghttp2's encoder.
#pragma once

#include <nghttp2/nghttp2.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/protocols/http2/frame.h"

namespace sekisho::http2::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  const auto byte = [](uint64_t value) { return static_cast<char>(value & 0xff); };
  const size_t size = payload.size();
  std::string out{byte(size >> 16),   byte(size >> 8),   byte(size),       byte(type),  byte(flags),
                  byte(stream >> 24), byte(stream >> 16), byte(stream >> 8), byte(stream)};
  return out += payload;
}

inline std::string number(uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(value >> 8 * i & 0xff);
  return out;
}

// One direction's encoder.
class Encoder {
 public:
  explicit Encoder(size_t table_bytes = 4096) { nghttp2_hd_deflate_new(&deflater_, table_bytes); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() { nghttp2_hd_deflate_del(deflater_); }

  void resize(size_t table_bytes) { nghttp2_hd_deflate_change_table_size(deflater_, table_bytes); }

  std::string block(const Fields& fields, uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
    std::vector<nghttp2_nv> list;
    for (const auto& [name, value] : fields)
      list.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                      reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(), flags});
    std::string out(nghttp2_hd_deflate_bound(deflater_, list.data(), list.size()), '\0');
    const auto size = nghttp2_hd_deflate_hd(deflater_, reinterpret_cast<uint8_t*>(out.data()), out.size(), list.data(), list.size());
    out.resize(static_cast<size_t>(size));
    return out;
  }

 private:
  nghttp2_hd_deflater* deflater_ = nullptr;
};

}  // namespace sekisho::http2::test
