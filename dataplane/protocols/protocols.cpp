// SPDX-License-Identifier: Apache-2.0
// The table of all protocols, from the list in meson.build. (Registration by static initialisers would be dropped by the
// linker: nothing else refers to a parser's object file.)
#include "dataplane/protocols/protocol.h"

namespace sekisho {

#define SEKISHO_PROTOCOL(name) extern const Protocol name##_protocol;
#include "dataplane/protocols/protocol_list.h"
#undef SEKISHO_PROTOCOL

namespace {
const Protocol* const list[] = {
#define SEKISHO_PROTOCOL(name) &name##_protocol,
#include "dataplane/protocols/protocol_list.h"
#undef SEKISHO_PROTOCOL
    nullptr};
}  // namespace

ProtocolTable protocol_table() { return {list, sizeof list / sizeof list[0] - 1}; }

const Protocol* find_protocol(std::string_view name) {
  for (const Protocol* const* entry = list; *entry != nullptr; ++entry)
    if ((*entry)->name == name) return *entry;
  return nullptr;
}

}  // namespace sekisho
