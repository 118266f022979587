# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Name servers: outside the authority for everything, in the dmz the resolver that forwards to it.

unbound_start_authority() {
  local file=$lab_dir/unbound-outside.conf
  { unbound_common "$outside_dns" "$outside_dns6"; unbound_authority_zones; } > "$file"
  lab_spawn outside unbound-outside unbound -d -p -c "$file"
  lab_until_listening outside "$outside_dns:53" unbound-outside
}

unbound_start_forwarder() {
  local file=$lab_dir/unbound-dmz.conf
  { unbound_common "$dmz_dns" "$dmz_dns6"; unbound_forwarder_zones; } > "$file"
  lab_spawn dmz unbound-dmz unbound -d -p -c "$file"
  lab_until_listening dmz "$dmz_dns:53" unbound-dmz
}

unbound_common() {
  echo 'server:'
  [ "$lab_ipv6" = no ] || printf '  interface: %s\n  access-control: ::/0 allow\n' "$2"
  cat <<CONF
  interface: $1
  outgoing-interface: $1
  access-control: 0.0.0.0/0 allow
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  log-queries: yes
  log-replies: yes
  module-config: "iterator"
  do-ip6: $lab_ipv6
  do-not-query-localhost: no
  max-udp-size: 1232
  num-threads: 1
CONF
}

# Everything under test. is answered from here; many.test's TXT records do not fit into a datagram.
unbound_authority_zones() {
  local entry domain index
  echo '  local-zone: "test." static'
  for entry in "${outside_names[@]}"; do echo "  local-data: \"${entry%=*}. 300 IN A ${entry#*=}\""; done
  echo "  local-data: \"www.news.test. 300 IN AAAA $news6\""
  for domain in "${outside_mail_domains[@]}"; do
    echo "  local-data: \"$domain. 300 IN MX 10 mail.partner.test.\""
  done
  echo '  local-data: "corp.test. 300 IN MX 10 mail.corp.test."'
  echo "  local-data: \"mail.corp.test. 300 IN A $dmz_mail\""
  for index in $(seq 1 40); do
    echo "  local-data: \"many.test. 300 IN TXT 'record $index of many, long enough that forty of them do not fit into a datagram'\""
  done
  printf 'remote-control:\n  control-enable: no\n'
}

# test. and 10.in-addr.arpa. are built in as empty zones: without nodefault the forwarder answers NXDOMAIN by itself.
unbound_forwarder_zones() {
  local entry
  echo '  local-zone: "test." nodefault'
  echo '  local-zone: "10.in-addr.arpa." nodefault'
  for entry in "${organisation_names[@]}"; do
    echo "  local-zone: \"${entry%=*}.\" redirect"
    echo "  local-data: \"${entry%=*}. 300 IN A ${entry#*=}\""
  done
  printf 'forward-zone:\n  name: "."\n  forward-addr: %s\n' "$outside_dns"
  printf 'remote-control:\n  control-enable: no\n'
}
