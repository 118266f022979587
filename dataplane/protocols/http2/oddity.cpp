// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/oddity.h"

#include <array>

namespace sekisho::http2 {

namespace {
// In the order of Oddity.
constexpr std::array<const char*, static_cast<size_t>(Oddity::count)> names = {
    "http2.pseudo_order",
    "http2.pseudo_repeated",
    "http2.pseudo_unknown",
    "http2.pseudo_missing",
    "http2.name_uppercase",
    "http2.name_invalid",
    "http2.value_octets",
    "http2.connection_field",
    "http2.status_invalid",
    "http2.header_list_too_long",
    "http2.field_unread",
    "http2.frame_invalid",
    "http2.padding_invalid",
    "http2.stream_invalid",
    "http2.data_unexpected",
    "http2.continuation_unexpected",
    "http2.block_interrupted",
    "http2.header_block_too_long",
    "http2.continuation_flood",
    "http2.hpack_invalid",
    "http2.header_table_too_large",
    "http2.too_many_streams",
    "http2.control_flood",
    "http2.rapid_reset",
    "http2.framing_lost",
};
static_assert(names.back() != nullptr);
}  // namespace

const char* oddity_name(Oddity oddity) { return names[static_cast<size_t>(oddity)]; }

}  // namespace sekisho::http2
