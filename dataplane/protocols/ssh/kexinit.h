// SPDX-License-Identifier: Apache-2.0
// The first packet of each side (RFC 4253 7.1): what it offers, and HASSH, the fingerprint made of it.
#pragma once

#include "dataplane/observe/sink.h"

namespace sekisho::ssh {

inline constexpr uint8_t message_kexinit = 20;  // RFC 4250 4.1.2

// Observes HASSH and its text (ssh.client_hassh ... of the one side, ssh.server_hassh ... of the other) of a
// KEXINIT's payload behind the message number. False where the payload is none; nothing is observed then.
// `offset`: of payload[0].
//
// Source: HASSH (Reardon, Salesforce 2018): MD5 of "kex;encryption;mac;compression", the last three of the
// direction in which this side sends.
bool observe_kexinit(Bytes payload, Direction sender, uint64_t offset, Sink& sink, TxId tx);

}  // namespace sekisho::ssh
