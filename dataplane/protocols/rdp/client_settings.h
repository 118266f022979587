// SPDX-License-Identifier: Apache-2.0
// A client's settings under standard RDP security (MS-RDPBCGR 2.2.1.3): its name, build and virtual channels,
// in clear.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::rdp {

// Observes the settings in `packet`, the whole TPKT packet of an MCS Connect Initial PDU. False where it is
// none.
bool observe_client_settings(Bytes packet, uint64_t offset, Sink& sink, TxId tx);

}  // namespace sekisho::rdp
