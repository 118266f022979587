# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The dmz's end of the inside network gives addresses to those who ask.

dhcpd_start() {
  local folder=$lab_dir/dhcpd
  mkdir -p "$folder"
  : > "$folder/leases"
  cat > "$folder/dhcpd.conf" <<CONF
authoritative;
default-lease-time 900;
max-lease-time 900;
ping-check false;
subnet 10.1.0.0 netmask 255.255.255.0 {
  range 10.1.0.100 10.1.0.120;
  option routers $inside_gateway;
  option domain-name-servers $dmz_dns;
  option domain-name "corp.test";
}
CONF
  lab_spawn dmz dhcpd dhcpd -4 -f -d -user root -group root -cf "$folder/dhcpd.conf" -lf "$folder/leases" -pf "$folder/pid" d0
}

dhcpd_is_up() { lab_until 20 "dhcpd" grep -q 'Server starting service' "$lab_dir/log/dhcpd"; }
