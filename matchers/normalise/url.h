// SPDX-License-Identifier: Apache-2.0
// A URL brought to one form: host[:port]/path[?query].
#pragma once

#include <optional>

#include "matchers/normalise/writer.h"

namespace sekisho {

// Room that the normal form of `bytes` can need.
constexpr size_t url_bytes_max(size_t bytes) { return 3 * bytes + 64; }

// RFC 3986 6.2, stricter where browsers are laxer, so that two spellings that a client fetches alike come out alike:
//   scheme          dropped; may be missing ("evil.test/x", "//evil.test/x")
//   tab, CR, LF     removed everywhere (WHATWG URL); spaces around are trimmed
//   user info       removed, up to the last @ of the authority
//   host            percent-decoded, then as normalise_host; IPv6 in brackets
//   port            :80 and :443 removed, as are empty ones and leading zeros
//   path            '\' is '/'; unreserved characters percent-decoded, other escapes in upper case, bytes that no URL may
//                   have and a lone % are escaped; dot segments removed (also %2e); empty = "/"; its case stays
//   query           as the path, without dot segments and '\'
//   fragment        removed
// Nothing where there is no host, or `out` is too small.
std::optional<Bytes> normalise_url(Bytes input, std::span<uint8_t> out);

}  // namespace sekisho
