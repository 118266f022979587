# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A second make of mail server, in the dmz and outside; where both ends offer CHUNKING it sends messages by BDAT (RFC 3030).

exim_program=/var/cache/sekisho/exim/usr/sbin/exim4  # where tools/setup unpacks it

# exim_start outside|dmz
exim_start() {
  local place=$1 folder=$lab_dir/exim-$1
  exim_make_user "$place"
  mkdir -p "$folder"/{spool,box}
  chown -R "$exim_uid:$exim_uid" "$folder"
  { exim_common "$place" "$folder"; "exim_$place" "$folder"; } > "$folder/exim.conf"
  lab_spawn "$place" "exim-$place" "$exim_program" -C "$folder/exim.conf" -bdf
}

exim_is_up() { lab_until_listening "$1" "$(exim_address "$1"):25" "exim-$1"; }
exim_address() { if [ "$1" = dmz ]; then echo "$dmz_exim"; else echo "$outside_exim"; fi; }

# The program refuses to start where its user is unknown: in these namespaces there is one of that name.
exim_uid=65533
exim_make_user() {
  local names=/etc/netns/sekisho-$1-$lab_id
  { cat /etc/passwd; echo "Debian-exim:x:$exim_uid:$exim_uid::/nonexistent:/usr/sbin/nologin"; } > "$names/passwd"
  { cat /etc/group; echo "Debian-exim:x:$exim_uid:"; } > "$names/group"
}

exim_common() {
  cat <<CONF
primary_hostname = exim.$1.test
spool_directory = $2/spool
log_file_path = $2/%slog
local_interfaces = $(exim_address "$1")
deliver_drop_privilege = true
acl_smtp_rcpt = takes
acl_smtp_data = takes
tls_advertise_hosts =
message_size_limit = 30M
host_lookup =
rfc1413_query_timeout = 0s
helo_allow_chars = _
queue_run_max = 1
begin acl
takes:
  accept
CONF
}

# Takes mail from inside, and hands it to one of the internet's MTAs by the recipient's domain.
exim_dmz() {
  cat <<CONF
begin routers
by_domain:
  driver = manualroute
  route_list = exim.test $outside_exim ; partner.test $outside_mail
  transport = smtp
  host_find_failed = fail
  self = send
begin transports
smtp:
  driver = smtp
  interface = $dmz_exim
  hosts_try_dane =
  hosts_avoid_tls = *
CONF
}

exim_outside() {
  cat <<CONF
begin routers
everybody:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  maildir_format
  directory = $1/box
  user = $exim_uid
  group = $exim_uid
CONF
}
