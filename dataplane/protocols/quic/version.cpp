// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/quic/version.h"

namespace sekisho::quic {

namespace {

constexpr Salt salt_draft_22 = {0x7F, 0xBC, 0xDB, 0x0E, 0x7C, 0x66, 0xBB, 0xE9, 0x19, 0x3A,
                                0x96, 0xCD, 0x21, 0x51, 0x9E, 0xBD, 0x7A, 0x02, 0x64, 0x4A};
constexpr Salt salt_draft_23 = {0xC3, 0xEE, 0xF7, 0x12, 0xC7, 0x2E, 0xBB, 0x5A, 0x11, 0xA7,
                                0xD2, 0x43, 0x2B, 0xB4, 0x63, 0x65, 0xBE, 0xF9, 0xF5, 0x02};
constexpr Salt salt_draft_29 = {0xAF, 0xBF, 0xEC, 0x28, 0x99, 0x93, 0xD2, 0x4C, 0x9E, 0x97,
                                0x86, 0xF1, 0x9C, 0x61, 0x11, 0xE0, 0x43, 0x90, 0xA8, 0x99};
constexpr Salt salt_1 = {0x38, 0x76, 0x2C, 0xF7, 0xF5, 0x59, 0x34, 0xB3, 0x4D, 0x17,
                         0x9A, 0xE6, 0xA4, 0xC8, 0x0C, 0xAD, 0xCC, 0xBB, 0x7F, 0x0A};
constexpr Salt salt_2 = {0x0D, 0xED, 0xE3, 0xDE, 0xF7, 0x00, 0xA6, 0xDB, 0x81, 0x93,
                         0x81, 0xBE, 0x6E, 0x26, 0x9D, 0xCB, 0xF9, 0xBD, 0x2E, 0xD9};

constexpr Wording like_version_1(const Salt& salt) {
  return {salt,
          "quic key",
          "quic iv",
          "quic hp",
          {PacketType::initial, PacketType::zero_rtt, PacketType::handshake, PacketType::retry}};
}
constexpr Wording draft_22 = like_version_1(salt_draft_22), draft_23 = like_version_1(salt_draft_23),
                  draft_29 = like_version_1(salt_draft_29), final_1 = like_version_1(salt_1);
constexpr Wording final_2 = {
    salt_2,
    "quicv2 key",
    "quicv2 iv",
    "quicv2 hp",
    {PacketType::retry, PacketType::initial, PacketType::zero_rtt, PacketType::handshake}};

constexpr struct {
  uint32_t first, last;
  const Wording* wording;
} wordings[] = {
    {version_1, version_1, &final_1},    {version_2, version_2, &final_2},
    {0xFF000021, 0xFF000022, &final_1},                                        // drafts 33 and 34
    {0xFF00001D, 0xFF000020, &draft_29},                                       // 29 to 32
    {0xFF000017, 0xFF00001C, &draft_23},                                       // 23 to 28
    {0xFF000016, 0xFF000016, &draft_22}, {0xFACEB001, 0xFACEB001, &draft_22},  // Facebook's mvfst
    {0xFACEB002, 0xFACEB002, &draft_23},
};

}  // namespace

const Wording* wording_of(uint32_t version) {
  for (const auto& entry : wordings)
    if (version >= entry.first && version <= entry.last) return entry.wording;
  return nullptr;
}

}  // namespace sekisho::quic
