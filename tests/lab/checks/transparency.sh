# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Nobody notices the wire: what real programs exchange arrives as it was sent.

checks_transparency() {
  check "a ping with 1400 bytes crosses both pairs" lab_in inside ping -q -c 3 -i 0.2 -s 1400 -I "$twin" "$news"
  checks_downloads
  checks_uploads
  checks_names
  checks_mail
}

arrives_whole() {
  local how=$1 url=$2 whole=$3
  rm -f "$lab_dir/got/file"
  "$how" twin "$url" "$lab_dir/got/file" "${@:4}" && cmp "$lab_dir/got/file" "$whole"
}

checks_downloads() {
  local large=$lab_dir/web/large.bin
  check "20 MiB by HTTP from outside, byte-identical" arrives_whole fetch http://www.news.test/large.bin "$large"
  check "20 MiB by HTTPS and HTTP/2 from outside, byte-identical" arrives_whole fetch https://www.news.test/large.bin "$large" --http2
  check "20 MiB by HTTP from the dmz, byte-identical" arrives_whole fetch http://www.corp.test/large.bin "$large"
  check "3 MB in absolute-form through the proxy, byte-identical" arrives_whole fetch_by_proxy http://downloads.vendor.test/setup.exe "$lab_dir/web/setup.exe"
  check "3 MB by CONNECT through the proxy, byte-identical" arrives_whole fetch_by_proxy https://downloads.vendor.test/setup.exe "$lab_dir/web/setup.exe"
  local form
  for form in length chunked closed delayed lingering; do
    check "a benign body of form $form, byte-identical" arrives_whole fetch "http://$awkward:8080/$form/plain" "$lab_dir/bodies/plain"
  done
  check "the proxy's own log names the users" grep -q '"bob" CONNECT' "$lab_dir/squid/access.log"
  check "fifty requests on one connection" fifty_on_one_connection
}

fifty_on_one_connection() {
  local urls=() index
  for index in $(seq 50); do urls+=(-o "$lab_dir/got/$index" http://www.news.test/index.html); done
  lab_in inside curl -sS --noproxy '*' --interface "$twin" --max-time 30 "${urls[@]}" || return
  for index in $(seq 50); do cmp "$lab_dir/got/$index" "$lab_dir/web/index.html" || return; done
}

checks_uploads() {
  check "20 MiB uploaded, byte-identical at the server" uploaded_whole fetch "$lab_dir/web/large.bin"
  check "3 MB uploaded through the proxy, byte-identical at the server" uploaded_whole fetch_by_proxy "$lab_dir/web/setup.exe"
}

uploaded_whole() {
  "$1" twin http://drop.fileshare.test/upload/file /dev/null -f -T "$2" && cmp "$2" "$lab_dir/uploads/file" && rm "$lab_dir/uploads/file"
}

checks_names() {
  check "a name by UDP" is "$news" resolve twin www.news.test +short +notcp
  check "a name by TCP" is "$news" resolve twin www.news.test +short +tcp
  check "an answer too long for a datagram comes by TCP" is 40 answers_of_many
  check "a name that is not there" eval 'resolve twin nothing.test | grep -q NXDOMAIN'
}

answers_of_many() { resolve twin many.test +short TXT | wc -l; }

checks_mail() {
  check "mail goes out by two relays" mail_out twin someone@partner.test Minutes "$lab_dir/minutes.pdf"
  check "its attachment arrived byte-identical" mail_arrived "$lab_dir/postfix-outside/box/all/new" 1
  check "mail goes out with STARTTLS" mail_out twin someone@partner.test Minutes "$lab_dir/minutes.pdf" -tls
  check "its attachment arrived byte-identical, too" mail_arrived "$lab_dir/postfix-outside/box/all/new" 2
  check "mail comes in to the twin" mail_in twin someone@partner.test Minutes "$lab_dir/minutes.pdf"
  check "its attachment arrived byte-identical at the host" mail_arrived "$lab_dir/mail-twin" 1
}

# mail_arrived FOLDER COUNT
mail_arrived() {
  lab_until 20 "mail $2 in $1" has_files "$1" "$2" && attachment_is "$(newest "$1")" "$lab_dir/minutes.pdf"
}
