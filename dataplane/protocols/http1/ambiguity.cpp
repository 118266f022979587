// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/ambiguity.h"

#include <algorithm>

namespace sekisho::http1 {

namespace {

bool two_framings(const Head& head) { return head.transfer_encodings != 0 && head.content_lengths != 0; }
bool lengths_differ(const Head& head) { return head.content_lengths_differ; }
bool length_unreadable(const Head& head) { return head.content_lengths != 0 && !head.content_length_valid; }
bool coding_odd(const Head& head) { return head.oddities.seen(Oddity::transfer_encoding_odd); }
bool hosts_differ(const Head& head) { return head.hosts_differ; }
bool host_against_target(const Head& head) { return head.host_against_target; }
bool folded(const Head& head) { return head.oddities.seen(Oddity::folded); }
bool bare_lf(const Head& head) { return head.oddities.seen(Oddity::bare_lf); }
bool bare_cr(const Head& head) { return head.oddities.seen(Oddity::bare_cr); }
bool nul(const Head& head) { return head.oddities.seen(Oddity::nul); }
bool space_before_colon(const Head& head) { return head.oddities.seen(Oddity::space_before_colon); }

struct Readings {
  bool (*apply)(const Head&);
  std::string_view words;
};
constexpr Readings table[] = {
    {two_framings, "length by transfer-encoding or content-length"},
    {lengths_differ, "length of the first or the last content-length"},
    {length_unreadable, "content-length with or without what is no digit"},
    {coding_odd, "transfer-encoding chunked or unknown"},
    {hosts_differ, "host of the first or the last field"},
    {host_against_target, "host of the field or of the target"},
    {folded, "folded field joined or two"},
    {bare_lf, "line ended by LF or not"},
    {bare_cr, "line ended by CR or not"},
    {nul, "value ended by NUL or not"},
    {space_before_colon, "field name with white space known or not"},
};
constexpr size_t words_bytes = [] {
  size_t bytes = 0;
  for (const Readings& row : table) bytes += row.words.size() + 2;
  return bytes;
}();
static_assert(words_bytes <= readings_bytes_max);

}  // namespace

std::string_view readings_of(const Head& head, std::span<char> out) {
  size_t used = 0;
  const auto put = [&](std::string_view text) {
    std::copy(text.begin(), text.end(), out.begin() + static_cast<std::ptrdiff_t>(used));
    used += text.size();
  };
  for (const Readings& row : table) {
    if (!row.apply(head)) continue;
    if (used != 0) put("; ");
    put(row.words);
  }
  return {out.data(), used};
}

}  // namespace sekisho::http1
