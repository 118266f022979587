// SPDX-License-Identifier: Apache-2.0
// Records as the data plane writes them, for tests of what comes after it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/record/record.h"

namespace sekisho {

// One record in memory of its own, aligned as a ring's.
class SampleRecord {
 public:
  using Fill = std::function<void(RecordWriter&)>;
  // Header and endpoints are those of a plain HTTP flow, 192.0.2.10:49152 -> 198.51.100.7:80, at 2026-11-22 01:00:00.123456 UTC;
  // `fill` changes what it likes.
  SampleRecord(RecordType type, const Fill& fill);
  RecordView view() const;

 private:
  std::vector<uint64_t> words_;
  uint32_t length_ = 0;
};

inline constexpr uint64_t sample_wall_ns = 1'795'309'200'123'456'000;
// The order of the protocol list in samples; app_protocol counts from 1.
inline constexpr std::string_view sample_protocols[] = {"dns", "http", "tls", "smtp", "pop3", "imap", "quic", "dhcp", "ssh", "ntp", "rdp", "krb5", "ldap", "smb", "websocket", "ftp", "ftp-data"};
enum SampleProtocol : uint8_t { sample_dns = 1, sample_http, sample_tls, sample_smtp, sample_pop3, sample_imap, sample_quic,
                              sample_dhcp, sample_ssh, sample_ntp, sample_rdp, sample_krb5, sample_ldap, sample_smb, sample_websocket, sample_ftp, sample_ftp_data };

// "192.0.2.10" or "2001:db8::1" into 16 bytes as RecordEndpoints has them.
void set_address(uint8_t (&address)[16], std::string_view text);

struct NamedRecord {
  std::string name;
  SampleRecord record;
};
// One of every kind, with hostile values among them: what the goldens print.
std::vector<NamedRecord> sample_records();

}  // namespace sekisho
