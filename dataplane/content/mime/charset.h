// SPDX-License-Identifier: Apache-2.0
// Text of a named character set to UTF-8. Tables only (generated at build time from Python's codecs): no iconv, no allocation.
#pragma once

#include <cstdint>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::mime {

struct Charset;  // static lifetime

// By any of its usual names, case and punctuation aside; a name nobody knows is read as UTF-8.
const Charset& find_charset(Bytes name);
const Charset& utf8();
const Charset& iso_2022_jp();

// Appends whole code points while they fit; what cannot be read is U+FFFD. Returns the bytes written.
size_t to_utf8(const Charset& charset, Bytes in, std::span<uint8_t> out);

}  // namespace sekisho::mime
