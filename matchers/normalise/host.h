// SPDX-License-Identifier: Apache-2.0
// A host as traffic and feeds write it, brought to one form.
#pragma once

#include <optional>

#include "matchers/normalise/writer.h"

namespace sekisho {

enum class HostType : uint8_t { name, v4, v6 };

struct Host {
  Bytes name;       // in the caller's buffer; an address in canonical text, without brackets
  HostType type;
  uint16_t port;    // meaningful where has_port
  bool has_port;
};

// "EXAMPLE.com.:8080" -> example.com, 8080. Spaces around, trailing dots, brackets, zone and port go; ASCII is lowered; U-labels become
// A-labels (idna.h); a host whose last label is a number is read as inet_aton reads it ("0x7f.1" -> 127.0.0.1); an IPv4-mapped
// address becomes IPv4. Characters that no name may have are kept: they are evidence. Nothing where the host is empty or `out` too
// small (never for an input of domain_bytes_max and room for three times that).
std::optional<Host> normalise_host(Bytes input, std::span<uint8_t> out);

}  // namespace sekisho
