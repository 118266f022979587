# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The organisation's file server: anybody logs in, by any name, and is the system's user ftp.

vsftpd_start() {
  local folder=$lab_dir/ftp
  mkdir -p "$folder/pub" "$lab_dir/run/empty"
  cp "$lab_dir/web/setup.exe" "$lab_dir/web/update.exe" "$folder/pub"
  chown -R ftp "$folder"
  vsftpd_config "$folder" > "$lab_dir/vsftpd.conf"
  printf 'auth required pam_permit.so\naccount required pam_permit.so\n' > "$lab_dir/vsftpd.pam"
  # `ip netns exec` gives it a mount namespace of its own: nobody else sees this.
  # shellcheck disable=SC2016 # the inner shell's own arguments
  lab_spawn dmz vsftpd sh -c 'mount --bind "$1" /etc/pam.d/vsftpd && exec vsftpd "$2"' sh "$lab_dir/vsftpd.pam" "$lab_dir/vsftpd.conf"
  lab_until_listening dmz "$dmz_ftp:21" vsftpd
}

vsftpd_config() {
  cat <<CONF
background=NO
listen=YES
listen_address=$dmz_ftp
connect_from_port_20=YES
anonymous_enable=NO
local_enable=YES
guest_enable=YES
guest_username=ftp
virtual_use_local_privs=YES
write_enable=YES
local_root=$1
chroot_local_user=YES
allow_writeable_chroot=YES
secure_chroot_dir=$lab_dir/run/empty
pam_service_name=vsftpd
nopriv_user=nobody
seccomp_sandbox=NO
dual_log_enable=YES
vsftpd_log_file=$lab_dir/log/vsftpd.log
xferlog_file=$lab_dir/log/vsftpd.transfers
CONF
}
