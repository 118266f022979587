# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The same wire for IPv6: in dual stack, with lab_ipv6=yes.

checks_ipv6() {
  check "a ping with 1400 bytes crosses both pairs by IPv6" lab_in inside ping -6 -q -c 3 -i 0.2 -W 2 -s 1400 -I "$twin6" "$news6"
  check "a ping in three fragments crosses both pairs by IPv6" lab_in inside ping -6 -q -c 3 -i 0.2 -W 2 -s 3500 -I "$twin6" "$news6"
  check "20 MiB by HTTP from outside by IPv6, byte-identical" arrives_whole fetch6 "http://[$news6]/large.bin" "$lab_dir/web/large.bin"
  check "20 MiB by HTTP from the dmz by IPv6, byte-identical" arrives_whole fetch6 "http://[$dmz_web6]/large.bin" "$lab_dir/web/large.bin"
  check "20 MiB uploaded by IPv6, byte-identical at the server" uploaded6_whole "$lab_dir/web/large.bin"
  check "a name by UDP over IPv6" is "$news6" resolve6 www.news.test AAAA +short +notcp
  check "a name by TCP over IPv6" is "$news" resolve6 www.news.test A +short +tcp
  check "a listed name by UDP over IPv6 is answered with the sinkhole" is "$sinkhole" resolve6 panel.dark-harbor.test A +short +notcp
  check "and its AAAA with the sinkhole's IPv6 address" is "$sinkhole6" resolve6 panel.dark-harbor.test AAAA +short +notcp
  check "a listed file by IPv6 is never complete at the client" never_completed fetch6 "http://[$news6]/update.exe" "$lab_dir/web/update.exe"
}

# fetch6 HOST URL FILE [CURL-ARGUMENT...]: direct, as fetch.
fetch6() {
  local address=${1}6 url=$2 file=$3
  shift 3
  lab_in inside curl -sS -g --noproxy '*' --interface "${!address}" --max-time 30 -o "$file" "$@" "$url"
}

resolve6() { lab_in inside dig -b "$twin6" "@$dmz_dns6" +tries=1 +time=5 "$@"; }

uploaded6_whole() {
  fetch6 twin "http://[$news6]/upload/file6" /dev/null -f -T "$1" && cmp "$1" "$lab_dir/uploads/file6" && rm "$lab_dir/uploads/file6"
}
