# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mail: in the dmz the organisation's relay, outside the internet's MTA with mailboxes of its own.

# postfix_start outside|dmz
postfix_start() {
  local place=$1 folder=$lab_dir/postfix-$1 address=$dmz_mail
  [ "$place" = dmz ] || address=$outside_mail
  mkdir -p "$folder"/{etc,queue,data,box}
  chmod 755 "$folder" "$folder/queue"
  chown postfix "$folder/data"
  chown nobody "$folder/box"
  { postfix_common "$folder" "$address"; "postfix_$place"; } > "$folder/etc/main.cf"
  postfix_services > "$folder/etc/master.cf"
  postfix_queues "$folder/queue"
  # Its master itself: `postfix start-fg` examines the whole installation first, which takes longer than all other servers together.
  lab_spawn "$place" "postfix-$place" /usr/lib/postfix/sbin/master -c "$folder/etc" -d
  lab_until_listening "$place" "$address:25" "postfix-$place"
}

# The folders that `postfix check` makes.
postfix_queues() {
  local name
  for name in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    install -d -m 700 -o postfix -g root "$1/$name"
  done
  install -d -m 730 -o postfix -g postdrop "$1/maildrop"
  install -d -m 710 -o postfix -g postdrop "$1/public"
  install -d -m 755 "$1/pid"
}

postfix_common() {
  cat <<CONF
compatibility_level = 3.6
queue_directory = $1/queue
data_directory = $1/data
maillog_file = $lab_dir/log/$(basename "$1").mail
maillog_file_prefixes = $lab_dir
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = $2
inet_protocols = ipv4
smtp_bind_address = $2
smtp_host_lookup = dns
smtpd_peername_lookup = no
alias_maps =
alias_database =
mydestination =
local_recipient_maps =
message_size_limit = 30000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
CONF
}

# Takes the organisation's mail in, and the inside hosts' mail out.
postfix_dmz() {
  cat <<CONF
myhostname = mail.corp.test
mynetworks = 10.0.0.0/8
relay_domains = corp.test
relay_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
transport_maps = inline:{ { victim@corp.test = smtp:[$victim]:25 }, { twin@corp.test = smtp:[$twin]:25 } }
smtpd_tls_cert_file = $lab_dir/certificate.pem
smtpd_tls_key_file = $lab_dir/key.pem
smtpd_tls_security_level = may
CONF
}

postfix_outside() {
  cat <<CONF
myhostname = mail.partner.test
mynetworks = 198.51.100.0/24
virtual_mailbox_domains = ${outside_mail_domains[*]}
virtual_mailbox_base = $lab_dir/postfix-outside/box
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_tls_cert_file = $lab_dir/certificate.pem
smtpd_tls_key_file = $lab_dir/key.pem
smtpd_tls_security_level = may
CONF
}

# The shipped services, none in a chroot: one would hold no resolv.conf.
postfix_services() {
  awk '/^#|^[ \t]|^$/ { print; next } { $5 = "n"; print }' /usr/share/postfix/master.cf.dist
  echo 'postlog unix-dgram n - n - 1 postlogd'
}
