// SPDX-License-Identifier: Apache-2.0
// Result<T>: what load and configuration paths return. Never used on the packet path: traffic is not an error.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace sekisho {

// `text` names the value and its place, in words that an operator can act on.
struct Error {
  std::string text;
  std::string file;   // empty where no file is concerned
  uint32_t line = 0;  // from 1; 0 = the file as a whole
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string text, std::string file = {}, uint32_t line = 0) {
  return tl::unexpected<Error>(Error{std::move(text), std::move(file), line});
}

// "feeds/acme.csv:8812: text", as compilers print it.
inline std::string describe(const Error& error) {
  std::string out;
  if (!error.file.empty()) {
    out += error.file;
    if (error.line != 0) out += ":" + std::to_string(error.line);
    out += ": ";
  }
  return out + error.text;
}

}  // namespace sekisho
