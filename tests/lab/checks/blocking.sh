# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is listed does not get through, seen from the programs it was meant for; what is not listed does.

checks_blocking() {
  checks_blocked_files
  checks_blocked_uploads
  checks_blocked_forms
  checks_block_pages
  checks_sinkhole
}

checks_blocked_files() {
  local form
  for form in length chunked closed delayed lingering; do
    check "a listed file in a body of form $form is never complete at the client" never_completed fetch "http://$awkward:8080/$form/listed" "$lab_dir/bodies/listed"
    check "an unlisted one of form $form is, byte-identical" arrives_whole fetch "http://$awkward:8080/$form/plain" "$lab_dir/bodies/plain"
  done
  check "a listed file of 3 MB is never complete, direct" never_completed fetch http://cdn.freeware-mirror.test/update.exe "$lab_dir/web/update.exe"
  check "a listed file of 3 MB is never complete through the proxy" never_completed fetch_by_proxy http://cdn.freeware-mirror.test/update.exe "$lab_dir/web/update.exe"
  check "one of the same size that nobody lists is" arrives_whole fetch_by_proxy http://downloads.vendor.test/setup.exe "$lab_dir/web/setup.exe"
  check "a page beside a listed URL is served" arrives_whole fetch http://cdn.freeware-mirror.test/catalogue/index.html "$lab_dir/web/index.html"
  check "a listed URL is refused" fails fetch victim http://cdn.freeware-mirror.test/catalogue/offer /dev/null -f
}

# curl says that it failed (a body that its own connection ends counts as complete for it: then its bytes decide).
never_completed() {
  local how=$1 url=$2 whole=$3
  rm -f "$lab_dir/got/listed"
  "$how" victim "$url" "$lab_dir/got/listed" && echo "curl was content"
  is_part_of "$lab_dir/got/listed" "$whole"
}

checks_blocked_uploads() {
  check "a document with the keyword does not leave" fails fetch victim http://drop.fileshare.test/upload/secret.txt /dev/null -f -T "$lab_dir/secret.txt"
  check "nor through the proxy" fails fetch_by_proxy victim http://drop.fileshare.test/upload/secret.txt /dev/null -f -T "$lab_dir/secret.txt"
  check "the server has nothing of it" fails test -e "$lab_dir/uploads/secret.txt"
  check "a document of the same size without it leaves, byte-identical" uploaded_whole fetch_by_proxy "$lab_dir/harmless.txt"
}

# The server answers 204 to a form that has arrived whole.
checks_blocked_forms() {
  check "a listed file in a form is reset on its way" is 000 status_of fetch http://drop.fileshare.test/form -F "doc=@$lab_dir/form-listed.bin"
  check "nor does it leave through the proxy" fails is 204 status_of fetch_by_proxy http://drop.fileshare.test/form -F "doc=@$lab_dir/form-listed.bin"
  check "one of the same size that nobody lists arrives" is 204 status_of fetch http://drop.fileshare.test/form -F "doc=@$lab_dir/form-plain.bin"
}

checks_block_pages() {
  check "a listed URL whose action is a page is answered with it" is 403 status_of fetch http://cdn.freeware-mirror.test/catalogue/prize
  check "what the client has is the page" grep -q 'security policy' "$lab_dir/got/status"
  check "through the proxy, too" is 403 status_of fetch_by_proxy http://cdn.freeware-mirror.test/catalogue/prize
  check "what the client has is the page again" grep -q 'security policy' "$lab_dir/got/status"
}

# status_of HOW URL [CURL-ARGUMENT...]: the response's status, 000 without one; its body is in got/status.
status_of() {
  local how=$1 url=$2
  shift 2
  rm -f "$lab_dir/got/status"
  "$how" victim "$url" "$lab_dir/got/status" -w '%{http_code}' "$@" || true
}

checks_sinkhole() {
  local name
  for name in dark-harbor.test panel.dark-harbor.test deep.under.dark-harbor.test PANEL.Dark-Harbor.TEST; do
    check "$name by UDP is answered with the sinkhole" is "$sinkhole" resolve victim "$name" +short +notcp
  done
  check "the answer has its question's identity, RA and the name" eval 'resolve victim panel.dark-harbor.test +notcp | grep -q "status: NOERROR"'
  check "its AAAA is the sinkhole's IPv6 address" is "$sinkhole6" resolve victim panel.dark-harbor.test AAAA +short +notcp
  check "another type gets an answer without records" is "" resolve victim panel.dark-harbor.test MX +short +notcp
  check "a listed name by TCP is reset" reset_by_tcp panel.dark-harbor.test
  check "the resolver was never asked" fails grep -qi dark-harbor "$lab_dir/log/unbound-dmz"
  check "a name beside it is answered truly" is "$news" resolve twin www.news.test +short
}

# dig ends with an error here: only what it says counts.
reset_by_tcp() {
  resolve victim "$1" +tcp > "$lab_dir/got/dig" || true
  cat "$lab_dir/got/dig"
  grep -Eq 'connection reset|end of file' "$lab_dir/got/dig" && ! grep -q 'status: NOERROR' "$lab_dir/got/dig"
}
