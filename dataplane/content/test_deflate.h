// SPDX-License-Identifier: Apache-2.0
// What zlib makes of a text, for tests.
#pragma once

#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace sekisho::test {

enum Wrapper { raw = -15, zlib = 15, gzip = 31 };  // zlib's windowBits

inline std::string deflated(std::string_view text, Wrapper wrapper) {
  z_stream stream{};
  BOOST_REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, wrapper, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace sekisho::test
