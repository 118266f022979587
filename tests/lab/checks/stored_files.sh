# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Files in control's store against the files that were sent: the name of each is what sha256sum says.

checks_stored_files() {
  check_here "a download arrives" fetch twin http://downloads.vendor.test/setup.exe "$lab_dir/got/setup.exe" -f
  check_here "a mail with an attachment is sent" mail_in twin minutes@partner.test "Minutes of the meeting" "$lab_dir/minutes.pdf"
  check "the download is in the store under its SHA-256" until_said 15 is_stored "$lab_dir/web/setup.exe"
  check "the mail's attachment is, too" until_said 15 is_stored "$lab_dir/minutes.pdf"
  check "each stored file has the digest that is its name" stored_names_are_digests
  check "sekishoctl shows where the download came from" stored_by http setup.exe "$lab_dir/web/setup.exe"
  check "and the attachment" stored_by smtp minutes.pdf "$lab_dir/minutes.pdf"
  check "the download's row says that it is stored" until_said 15 row_says_stored setup.exe
}

store_path() {
  local digest
  digest=$(content_sha256 "$1")
  echo "$lab_dir/state/files/${digest:0:2}/$digest"
}
is_stored() { cmp "$1" "$(store_path "$1")"; }

stored_names_are_digests() {
  local file count=0
  while read -r file; do
    [ "$(content_sha256 "$file")" = "$(basename "$file")" ] || { echo "$file"; return 1; }
    [ -s "$file.json" ] || { echo "$file has no description"; return 1; }
    count=$((count + 1))
  done < <(find "$lab_dir/state/files" -type f ! -name '*.json' ! -path '*/incoming/*')
  [ "$count" -ge 2 ]
}

# stored_by PROTOCOL NAME FILE
stored_by() {
  ctl --json files show "$(content_sha256 "$3")" | /usr/bin/python3 -c '
import json, sys
shown = json.load(sys.stdin)
print(shown)
sys.exit(0 if shown["protocol"] == sys.argv[1] and shown["name"] == sys.argv[2] else 1)' "$1" "$2"
}

row_says_stored() { eve_values fileinfo '(row["fileinfo"].get("filename", ""), row["fileinfo"]["stored"])' | grep -F "$1', True"; }
