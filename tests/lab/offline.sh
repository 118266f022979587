# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The story from a capture, where no lab can be raised: tools/make_story writes what both port pairs would receive if nothing were stopped,
# sekisho-read takes it through the pipeline as an inline wire would, with the phases of control behind it.

offline_make() {
  lab_dir=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-story.XXXXXX") || return
  lab_driver=af_packet  # the configuration wants ports; nothing opens them here
  mkdir -p "$lab_dir"/{web,bodies,log}
  content_pages
  content_program freeware-update 300000 > "$lab_dir/web/update.exe"
  content_program vendor-update 300000 > "$lab_dir/web/setup.exe"
  content_program awkward-listed 1000 > "$lab_dir/bodies/listed"
  content_documents
  content_indicators > "$lab_dir/dark-harbor.csv"
  appliance_config > "$lab_dir/sekisho.yaml"
  "$lab_root/tools/make_story" "$lab_source/places.sh" "$lab_dir" "$lab_dir/story.pcapng"
}

offline_read() { "$lab_build/sekisho-read" --strict --ports -i "$lab_dir/dark-harbor.csv" --site "$lab_dir/sekisho.yaml" "$@" "$lab_dir/story.pcapng"; }

has_row() { /usr/bin/python3 "$lab_source/programs/ask_rows.py" "$lab_dir/eve.json" "$@"; }
# has_alert HOST FIELD SUB-PHASE VERDICT [PATH=VALUE...]
has_alert() {
  local host=$1 field=$2 phase=$3 verdict=$4
  shift 4
  has_row event_type=alert "alert.metadata.host=$host" "alert.context.sekisho.field=$field" "alert.metadata.attack_sub_phase=$phase" \
    "alert.context.sekisho.verdict=$verdict" "$@"
}
# has_whole_file NAME: a file record of complete bytes with the digest of what was sent.
has_whole_file() { has_row event_type=fileinfo "fileinfo.sha256=$(content_sha256 "$lab_dir/$1")" fileinfo.state=CLOSED; }

offline_story() {
  story_title "The story as a capture, read as the appliance would read it inline"
  check "the capture is read to its end" offline_read_to "$lab_dir/eve.json" --log all --summary json
  [ "$checks_failed" -eq 0 ] || return  # nothing to look at
  /usr/bin/python3 "$lab_source/programs/show_alerts.py" < "$lab_dir/eve.json"
  story_title "Phase 2: a targeted mail reaches the victim; a listed program is stopped on the way"
  check "the mail with the listed subject is seen" has_alert "$victim" email.subject 2.targeted-mail alert
  check "the twin's mail is read whole, its attachment's digest is right" has_whole_file minutes.pdf
  check "the listed program is stopped by its digest, before its end" has_alert "$victim" file.sha256 2.drive-by-untrusted reset "src_ip=$victim"
  check "on the proxy's outside leg, too, and held against the victim" has_alert "$victim" file.sha256 2.drive-by-untrusted reset "src_ip=$dmz_proxy"
  check "the twin's program of the same size passes whole" has_whole_file web/setup.exe
  story_title "Phase 3: the master's name goes into the sinkhole"
  check "the victim's question is answered in the resolver's place" has_alert "$victim" dns.query.name 3.backdoor-untrusted sinkhole "src_ip=$victim"
  check "the resolver's own question is held against the victim" has_alert "$victim" dns.query.name 3.backdoor-untrusted sinkhole "src_ip=$dmz_dns"
  check "the twin hears the truth about another name" has_row event_type=dns "dns.answers.rdata=$news"
  story_title "Phases 4 and 5: a scan inside, calls at equal intervals"
  check "the scanner is seen" has_alert "$victim" http.user_agent 4.internal-recon alert
  check "the calls are recognised as regular" has_alert "$victim" flow.dst_address 5.c2-untrusted alert
  story_title "Phase 6: a marked document does not leave"
  check "the victim's upload is stopped" has_alert "$victim" http.body 6.exfiltration-untrusted reset
  check "the twin's document leaves whole" has_whole_file harmless.txt
}

offline_read_to() {
  local file=$1
  shift
  offline_read "$@" > "$file"
}

offline_matrix() {
  story_title "Hosts by phases of the attack, and every packet accounted for"
  offline_read --log none --summary table
  matrix_text=$(grep '"event_type":"summary"' "$lab_dir/eve.json")
  story_matrix_checks
  check "at rest, what came in went out or was dropped for a reason" offline_balances
}

offline_balances() {
  /usr/bin/python3 -c 'import json, sys
pairs = json.loads(sys.argv[1])["pairs"]
sys.exit(0 if len(pairs) == 2 and all(pair["balance"] == 0 and pair["held"] == 0 for pair in pairs) else 1)' "$matrix_text"
}
