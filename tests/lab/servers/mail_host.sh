# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Inside: each workstation takes its own mail, so that the wire sees who gets it (programs/mail_host.py).

mail_hosts_start() {
  local host
  for host in victim twin; do
    mkdir -p "$lab_dir/mail-$host"
    lab_spawn inside "mail-$host" /usr/bin/python3 "$lab_source/programs/mail_host.py" "${!host}" 25 "$lab_dir/mail-$host"
    lab_until_listening inside "${!host}:25" "mail-$host" || return
  done
}
