# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The lab: real servers and clients in network namespaces, with Sekisho between them. To be sourced; README.md tells how to use it.
#
# lab_up raises network and servers, lab_down takes everything away. Both belong into one shell, with lab_down in its EXIT trap.

lab_source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab_root=$(cd "$lab_source/../.." && pwd)
lab_build=${SEKISHO_BUILD:-$lab_root/build}
lab_id=$$
lab_dir=
lab_driver=
lab_queues=1
lab_lcores=1
lab_ipv6=no
lab_taxii=no
lab_keeps=no
declare -A lab_pids=()

# shellcheck source=tests/lab/places.sh
. "$lab_source/places.sh"
# shellcheck source=tests/lab/processes.sh
. "$lab_source/processes.sh"
# shellcheck source=tests/lab/network.sh
. "$lab_source/network.sh"
# shellcheck source=tests/lab/content.sh
. "$lab_source/content.sh"
# shellcheck source=tests/lab/wire.sh
. "$lab_source/wire.sh"
# shellcheck source=tests/lab/appliance.sh
. "$lab_source/appliance.sh"
# shellcheck source=tests/lab/clients.sh
. "$lab_source/clients.sh"
# shellcheck source=tests/lab/offline.sh
. "$lab_source/offline.sh"
# shellcheck source=tests/lab/servers/nginx.sh
. "$lab_source/servers/nginx.sh"
# shellcheck source=tests/lab/servers/unbound.sh
. "$lab_source/servers/unbound.sh"
# shellcheck source=tests/lab/servers/squid.sh
. "$lab_source/servers/squid.sh"
# shellcheck source=tests/lab/servers/postfix.sh
. "$lab_source/servers/postfix.sh"
# shellcheck source=tests/lab/servers/vsftpd.sh
. "$lab_source/servers/vsftpd.sh"
# shellcheck source=tests/lab/servers/rsyslog.sh
. "$lab_source/servers/rsyslog.sh"
# shellcheck source=tests/lab/servers/awkward.sh
. "$lab_source/servers/awkward.sh"
# shellcheck source=tests/lab/servers/mail_host.sh
. "$lab_source/servers/mail_host.sh"
# shellcheck source=tests/lab/servers/taxii.sh
. "$lab_source/servers/taxii.sh"

for lab_server in apache dovecot exim dhcpd danted; do
  # shellcheck source=/dev/null
  . "$lab_source/servers/$lab_server.sh"
done

# Says why the lab cannot be raised here; silent and true where it can.
lab_is_possible() { lab_is_permitted && lab_has_programs; }

lab_is_permitted() {
  if [ "$(id -u)" -ne 0 ]; then
    lab_say "lab: not root: it makes network namespaces and opens raw sockets. Run it as root."
    return 1
  fi
  if ! unshare --net true 2> /dev/null; then
    lab_say "lab: this root may not make network namespaces (CAP_SYS_ADMIN and CAP_NET_ADMIN are needed, as in a privileged container)."
    return 1
  fi
}

lab_has_programs() {
  local program
  for program in ip ethtool ping curl h2load dig swaks nginx apache2 squid unbound postfix dovecot vsftpd danted "$exim_program" dhcpd dhclient rsyslogd openssl; do
    command -v "$program" > /dev/null || { lab_say "lab: there is no $program: tools/setup demo installs what the lab needs."; return 1; }
  done
}

# A fresh folder that the servers' own users can enter.
lab_prepare() {
  network_reap_stale
  lab_dir=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-lab.XXXXXX") || return
  chmod 755 "$lab_dir"
  mkdir -p "$lab_dir"/{log,run,got}
  content_make
}

# The hosts' servers; the wire between them must already forward.
lab_start_servers() {
  nginx_start outside && nginx_start dmz && unbound_start_authority && unbound_start_forwarder && squid_start &&
    postfix_start outside && postfix_start dmz && mail_hosts_start && awkward_start
}

# Other makes of the same, all at once.
lab_start_other_servers() {
  apache_start && dovecot_start && exim_start dmz && exim_start outside && dhcpd_start && nginx_start outside && postfix_start outside &&
    apache_is_up && dovecot_is_up && exim_is_up dmz && exim_is_up outside && dhcpd_is_up
}

# What a SOCKS proxy needs around it.
lab_start_socks_servers() { nginx_start outside && unbound_start_authority && unbound_start_forwarder && danted_start; }

lab_down() {
  trap '' INT TERM
  local leaks
  network_down "$lab_id" 2> /dev/null
  leaks=$(network_leaks "$lab_id")
  [ -z "$leaks" ] || lab_say "lab: left behind: $leaks"
  if [ -n "$lab_dir" ] && [ "$lab_keeps" = no ]; then rm -rf "$lab_dir"; fi
  trap - INT TERM
  [ -z "$leaks" ]
}
