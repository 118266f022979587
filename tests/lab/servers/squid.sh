# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The organisation's forward proxy; it asks for a user name.

squid_start() {
  local folder=$lab_dir/squid
  mkdir -p "$folder" && chown proxy "$folder"
  squid_users > "$folder/users"
  squid_config "$folder" > "$folder/squid.conf"
  # -n keeps the names of its shared memory apart from those of other instances.
  lab_spawn dmz squid squid -N -n "sekisho$lab_id" -f "$folder/squid.conf"
  lab_until_listening dmz "$dmz_proxy:$proxy_port" squid
}

squid_users() {
  local user
  for user in alice bob; do printf '%s:%s\n' "$user" "$(openssl passwd -apr1 "$user-password")"; done
}

squid_config() {
  cat <<CONF
http_port $dmz_proxy:$proxy_port
tcp_outgoing_address $dmz_proxy
pid_filename $1/pid
cache_log $1/cache.log
logformat lab %ts.%03tu %>a "%un" %rm "%ru" %>Hs %<st
access_log stdio:$1/access.log lab
coredump_dir $1
netdb_filename none
cache deny all
shutdown_lifetime 0 seconds
visible_hostname proxy.corp.test
auth_param basic program /usr/lib/squid/basic_ncsa_auth $1/users
auth_param basic children 2 startup=1 idle=1
auth_param basic realm corp
acl known proxy_auth REQUIRED
acl loud_ports port 80 443 8080
acl CONNECT method CONNECT
http_access deny !loud_ports
http_access allow known
http_access deny all
CONF
}
