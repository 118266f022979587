# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Every check, to be sourced behind lab.sh.

for checks_file in checks transparency privileges conservation blocking ftp socks rows stored_files ipv6 vlan http2 mailboxes second_mail leases lcores reload taxii killed_control killed_dataplane; do
  # shellcheck source=/dev/null
  . "$lab_source/checks/$checks_file.sh"
done

# raise START [SERVERS]: a fresh lab on a fresh wire.
raise() {
  lab_prepare && wire_up "$1" && "${2:-lab_start_servers}" && return
  check "the lab rises" false
  return 1
}
