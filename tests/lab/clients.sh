# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What people do at the inside hosts, and one at the outside. HOST is victim or twin.

proxy_user_of() { if [ "$1" = victim ]; then echo alice; else echo bob; fi; }
proxy_of() { echo "http://$(proxy_user_of "$1"):$(proxy_user_of "$1")-password@$dmz_proxy:$proxy_port"; }

# fetch HOST URL FILE [CURL-ARGUMENT...]: direct.
fetch() {
  local host=$1 url=$2 file=$3
  shift 3
  lab_in inside curl -sS --noproxy '*' --interface "${!host}" --max-time 30 --cacert "$lab_dir/certificate.pem" -o "$file" "$@" "$url"
}

# The same through the proxy: absolute-form for http, CONNECT for https.
fetch_by_proxy() {
  local host=$1 url=$2 file=$3
  shift 3
  lab_in inside curl -sS --interface "${!host}" --max-time 30 --cacert "$lab_dir/certificate.pem" -x "$(proxy_of "$host")" -o "$file" "$@" "$url"
}

# resolve HOST NAME [DIG-ARGUMENT...]: asks the organisation's resolver.
resolve() {
  local host=$1 name=$2
  shift 2
  lab_in inside dig -b "${!host}" "@$dmz_dns" +tries=1 +time=5 "$@" "$name"
}

# mail_in RECIPIENT SENDER SUBJECT FILE [SWAKS-ARGUMENT...]: from the internet to a host, through the organisation's relay.
mail_in() {
  local recipient=$1 sender=$2 subject=$3 file=$4
  shift 4
  lab_in outside swaks --silent 2 --local-interface "$outside_mail" --helo mail.partner.test --server "$dmz_mail" --from "$sender" \
    --to "$recipient@corp.test" --header "Subject: $subject" --body 'Please see the attached file.' --attach "@$file" "$@"
}

# mail_out HOST RECIPIENT SUBJECT FILE [SWAKS-ARGUMENT...]: to the internet, through the organisation's relay.
mail_out() {
  local host=$1 recipient=$2 subject=$3 file=$4
  shift 4
  lab_in inside swaks --silent 2 --local-interface "${!host}" --helo "$host.corp.test" --server "$dmz_mail" --from "$host@corp.test" \
    --to "$recipient" --header "Subject: $subject" --body 'Please see the attached file.' --attach "@$file" "$@"
}

# attachment_is MESSAGE FILE: the message's attachment is the file, byte by byte.
attachment_is() {
  /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import email, sys
with open(sys.argv[1], "rb") as message, open(sys.argv[2], "rb") as wanted:
    parts = [part.get_payload(decode=True) for part in email.message_from_binary_file(message).walk() if part.get_filename()]
    sys.exit(0 if parts == [wanted.read()] else 1)
PYTHON
}

# newest FOLDER: the file that came last; fails while there is none.
newest() { find "$1" -type f ! -name '*.new' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2- | grep .; }
has_files() { [ "$(find "$1" -type f ! -name '*.new' | wc -l)" -ge "$2" ]; }

# is_part_of FILE WHOLE: fewer bytes than WHOLE (or no file at all), all of them its beginning.
is_part_of() {
  [ -e "$1" ] || return 0
  local bytes
  bytes=$(stat -c %s "$1")
  [ "$bytes" -lt "$(stat -c %s "$2")" ] && cmp -s -n "$bytes" "$1" "$2"
}
