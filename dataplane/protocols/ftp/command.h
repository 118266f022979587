// SPDX-License-Identifier: Apache-2.0
// FTP command lines and the ports that both sides name (RFC 959, 2428, 4217).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "matchers/base/bytes.h"

namespace sekisho::ftp {

enum class Verb : uint8_t {
  unknown,  // no command of ours: a word all the same
  user,
  pass,
  acct,
  auth,  // AUTH TLS
  port,
  eprt,  // the client listens
  pasv,
  epsv,      // the server does
  transfer,  // RETR, STOR, STOU, APPE: a file on the data connection
  list,      // LIST, NLST, MLSD: names on it
  named,     // DELE, RNFR, SIZE, ...: its argument is a file name
  rest,      // where the next file begins
  other
};

// Views into the line.
struct Command {
  Verb verb = Verb::unknown;
  bool ftp_only = false;  // no other protocol of ours has this word
  Bytes name;             // as sent
  Bytes argument;
};
Command parse_command(Bytes line);
// RFC 959 4 has commands travel as Telnet's: the line without Telnet's commands, in `room` where there were
// some (at least as large).
Bytes without_telnet(Bytes line, std::span<uint8_t> room);

// Where a data connection goes.
struct DataPort {
  uint8_t address[16] = {};  // all zero: the control connection's
  uint16_t port = 0;
};
// "192,0,2,1,7,208" (PORT, and the reply to PASV, wherever it stands in the text).
std::optional<DataPort> read_six_numbers(Bytes text);
// "|1|192.0.2.1|2000|", "(|||2000|)" (EPRT, and the reply to EPSV).
std::optional<DataPort> read_extended(Bytes text);

}  // namespace sekisho::ftp
