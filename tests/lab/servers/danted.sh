# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The organisation's SOCKS proxy, for everybody.

danted_start() {
  danted_config > "$lab_dir/danted.conf"
  lab_spawn dmz danted danted -f "$lab_dir/danted.conf" -p "$lab_dir/run/danted.pid"
  lab_until_listening dmz "$dmz_socks:$socks_port" danted
}

danted_config() {
  cat <<CONF
logoutput: stderr
internal: $dmz_socks port = $socks_port
external: $dmz_socks
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 protocol: tcp udp }
CONF
}
