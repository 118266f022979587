// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/oddity.h"

#include <array>

namespace sekisho::http1 {

namespace {
// In the order of Oddity.
constexpr std::array<const char*, static_cast<size_t>(Oddity::count)> names = {
    "http.smuggling",
    "http.framing_ambiguous",
    "http.host_ambiguous",
    "http.host_missing",
    "http.request_line_odd",
    "http.status_line_odd",
    "http.bare_lf",
    "http.bare_cr",
    "http.nul",
    "http.folded",
    "http.space_before_colon",
    "http.field_odd",
    "http.content_length_invalid",
    "http.content_length_repeated",
    "http.transfer_encoding_odd",
    "http.content_encoding_odd",
    "http.too_many_encodings",
    "http.too_many_fields",
    "http.fold_too_long",
    "http.url_too_long",
    "http.head_too_long",
    "http.no_version",
    "http.unexpected_data",
    "http.not_a_message",
    "http.leading_junk",
    "http.pipeline_full",
    "http.response_without_request",
    "http.chunk_extension",
    "http.chunk_bare_lf",
    "http.chunk_invalid",
    "http.chunk_too_large",
    "http.chunk_line_too_long",
    "http.trailer_too_long",
    "tunnel.early_data",
    "http.smuggled_request",
    "http.url_encoded_again",
};
static_assert(names.back() != nullptr);
}  // namespace

const char* oddity_name(Oddity oddity) { return names[static_cast<size_t>(oddity)]; }

}  // namespace sekisho::http1
