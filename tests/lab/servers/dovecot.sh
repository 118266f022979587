# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mailboxes in the dmz, read from inside by POP3 and IMAP: the victim's holds a listed file, its twin's one like it.

dovecot_start() {
  local folder=$lab_dir/dovecot
  mkdir -p "$folder"
  dovecot_box victim "$lab_dir/mail-listed.bin" && dovecot_box twin "$lab_dir/mail-plain.bin" || return
  chown -R nobody:nogroup "$folder"
  printf '%s:{PLAIN}%s-password\n' victim victim twin twin > "$folder/users"
  dovecot_config "$folder" > "$folder/dovecot.conf"
  lab_spawn dmz dovecot dovecot -F -c "$folder/dovecot.conf"
}

dovecot_is_up() {
  lab_until_listening dmz "$dmz_exim:143" dovecot && lab_until_listening dmz "$dmz_exim:110" dovecot
}

# dovecot_box USER FILE: a mailbox with one mail that carries the file.
dovecot_box() {
  local box=$lab_dir/dovecot/box/$1
  mkdir -p "$box"/{new,cur,tmp}
  /usr/bin/python3 "$lab_source/programs/make_mail.py" "$1@corp.test" "$2" > "$box/new/1.mail"
}

dovecot_config() {
  cat <<CONF
base_dir = $1/run
instance_name = sekisho-lab
protocols = imap pop3
listen = $dmz_exim
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
log_path = /dev/stderr
default_vsz_limit = 0
mail_location = maildir:$1/box/%u
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = $1/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$1/box/%u
}
service imap-login {
  chroot =
}
service pop3-login {
  chroot =
}
CONF
}
