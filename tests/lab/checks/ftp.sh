# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Files by FTP: unharmed, named, and stopped where they are listed, on passive and active data connections, in the new words and the old.

ftp_modes=(epsv pasv eprt port)

# ftp_mode MODE: curl's arguments.
ftp_mode() {
  case $1 in
    epsv) ;;
    pasv) echo --disable-epsv ;;
    eprt) echo --ftp-port "$victim" ;;
    port) echo --ftp-port "$victim" --disable-eprt ;;
  esac
}

# ftp_by MODE REMOTE [CURL-ARGUMENT...]
ftp_by() {
  local mode=$1 remote=$2 arguments
  shift 2
  read -ra arguments <<< "$(ftp_mode "$mode")"
  lab_in inside curl -sS --noproxy '*' --interface "$victim" --max-time 10 --user alice:anything ${arguments[@]+"${arguments[@]}"} "$@" \
    "ftp://$dmz_ftp/pub/$remote"
}

checks_ftp() {
  local mode
  for mode in "${ftp_modes[@]}"; do
    check "a file comes whole by $mode" ftp_comes_whole "$mode"
    check "a file goes whole by $mode" ftp_goes_whole "$mode"
    check "a listed file is never complete at the client by $mode" ftp_never_comes "$mode"
    check "a listed file is never complete at the server by $mode" ftp_never_goes "$mode"
  done
  check "a listing comes" eval 'ftp_by epsv "" --list-only | grep -q setup.exe'
  check "each file has a row with its command, name, user and SHA-256" rows_cover ftp_wanted ftp_rows
  check "each stopped file has an alert row that names it" rows_cover ftp_listed ftp_alerts
  check "the control connection's rows have the commands and the user" rows_cover ftp_commands ftp_command_rows
}

ftp_comes_whole() {
  rm -f "$lab_dir/got/ftp"
  ftp_by "$1" setup.exe -o "$lab_dir/got/ftp" && cmp "$lab_dir/got/ftp" "$lab_dir/web/setup.exe"
}

ftp_goes_whole() {
  ftp_by "$1" "up-$1.bin" -T "$lab_dir/form-plain.bin" && cmp "$lab_dir/ftp/pub/up-$1.bin" "$lab_dir/form-plain.bin"
}

ftp_never_comes() {
  rm -f "$lab_dir/got/ftp"
  fails ftp_by "$1" update.exe -o "$lab_dir/got/ftp" && is_part_of "$lab_dir/got/ftp" "$lab_dir/web/update.exe"
}

ftp_never_goes() {
  fails ftp_by "$1" "listed-$1.bin" -T "$lab_dir/form-listed.bin" && is_part_of "$lab_dir/ftp/pub/listed-$1.bin" "$lab_dir/form-listed.bin"
}

ftp_wanted() {
  echo "RETR setup.exe setup.exe alice $(content_sha256 "$lab_dir/web/setup.exe")"
  local mode
  for mode in "${ftp_modes[@]}"; do echo "STOR up-$mode.bin up-$mode.bin alice $(content_sha256 "$lab_dir/form-plain.bin")"; done
}
ftp_rows() {
  eve_values fileinfo '" ".join([row.get("ftp_data", {}).get(key, "-") for key in ("command", "filename")] +
    [row["fileinfo"].get("filename", "-"), row.get("ftp_data", {}).get("user", "-"), row["fileinfo"].get("sha256", "-")])'
}

ftp_listed() {
  echo "update.exe $(content_sha256 "$lab_dir/web/update.exe")"
  local mode
  for mode in "${ftp_modes[@]}"; do echo "listed-$mode.bin $(content_sha256 "$lab_dir/form-listed.bin")"; done
}
ftp_alerts() { eve_values alert 'row.get("ftp_data", {}).get("filename", "-") + " " + row["alert"]["context"]["sekisho"]["ioc"]["value"]'; }

ftp_commands() { printf '%s alice\n' USER EPSV PASV EPRT PORT RETR STOR NLST QUIT; }
ftp_command_rows() { eve_values ftp 'row["ftp"]["command"] + " " + row["ftp"].get("user", "-")'; }
