// SPDX-License-Identifier: Apache-2.0
// Parameters of Content-Type and Content-Disposition: RFC 2045 5.1, RFC 2183, RFC 2231 (pieces, character sets).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "matchers/base/bytes.h"

namespace sekisho::mime {

// What stands before the first parameter, without comments and white space: "text/html", "attachment", "base64".
Bytes main_value(Bytes field);

// Mail readers differ in what they take as a parameter's value; each way is a reading.
enum class Reading : uint8_t {
  extended,  // name*=, name*0=, name*0*=, ... (RFC 2231)
  plain,     // name=value up to the semicolon, name="value"
  token,     // name=value up to the first white space (RFC 2045); the same as plain where quoted
  literal    // as plain, but a backslash escapes nothing except a quote or a backslash (RFC 7578 4.2, as
             // browsers write it)
};

// The value of parameter `name` as raw bytes: unquoted, percent-decoded, pieces joined. 0 where it is absent.
size_t parameter_bytes(Bytes field, std::string_view name, Reading reading, std::span<uint8_t> out);
// The same as text: of its character set, with encoded words decoded, in UTF-8.
size_t parameter_text(Bytes field, std::string_view name, Reading reading, std::span<uint8_t> out);

}  // namespace sekisho::mime
