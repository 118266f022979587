// SPDX-License-Identifier: Apache-2.0
#include "dataplane/verdict/block_page.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace sekisho {

namespace {

// Nothing of the request stands in it: it would be the client's own words in a page of ours.
constexpr std::string_view head_start =
    "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nCache-Control: no-store\r\nConnection: close\r\n"
    "Content-Length: ";
constexpr std::string_view body_start =
    "<!DOCTYPE html><title>Blocked</title><h1>Blocked</h1><p>The security policy of this network does not "
    "let "
    "this page or file through.</p><p>Reference: flow ";
constexpr std::string_view body_end = "</p>\n";
constexpr size_t digits_max = 20;
static_assert(head_start.size() + digits_max + 4 + body_start.size() + digits_max + body_end.size() <=
              block_page_bytes_max);

}  // namespace

Bytes write_block_page(uint64_t reference, BlockPage& page) {
  char digits[digits_max];
  const std::string_view flow(
      digits, static_cast<size_t>(std::to_chars(digits, digits + digits_max, reference).ptr - digits));
  char length_digits[digits_max];
  const size_t length = body_start.size() + flow.size() + body_end.size();
  const std::string_view length_text(
      length_digits,
      static_cast<size_t>(std::to_chars(length_digits, length_digits + digits_max, length).ptr -
                          length_digits));
  size_t used = 0;
  for (const std::string_view part :
       {head_start, length_text, std::string_view("\r\n\r\n"), body_start, flow, body_end}) {
    std::copy(part.begin(), part.end(), page.begin() + static_cast<std::ptrdiff_t>(used));
    used += part.size();
  }
  return Bytes(page).first(used);
}

}  // namespace sekisho
