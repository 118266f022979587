# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Rows against the servers' own logs. Requests carry numbers, so that a missing row has a name.

checks_rows() {
  numbered_requests twin twin 1 20
  numbered_requests victim victim 1 20 -A 'HarborScan/1.0'
  local number
  for number in 1 2 3 4 5; do resolve twin "row-$number.test" +short > /dev/null; done
  fetch_by_proxy victim "http://www.news.test/index.html?by-proxy=1" /dev/null -A 'HarborScan/1.0'
  check "every request in the web server's log is a row in the file" rows_cover web_log_targets eve_targets
  check "every request in the web server's log is a row at the SIEM" rows_cover web_log_targets siem_targets
  check "every name in the resolver's log is a row at the SIEM" rows_cover resolver_log_names siem_text
  check "the alert row of a request through the proxy names its user" lab_until 15 "the row" names_the_user
  check "each of the victim's requests was a sighting" rows_cover "numbers_of victim 1 20" "sighted_numbers victim"
  check "none of the twin's was" fails eval 'sighted_numbers twin | grep -q .'
}

names_the_user() { grep -F 'by-proxy\=1' "$lab_dir/rsyslog/rows" | grep -q 'suser=alice'; }

# numbered_requests HOST MARK FIRST LAST [CURL-ARGUMENT...]
numbered_requests() {
  local host=$1 mark=$2 number
  for number in $(seq "$3" "$4"); do fetch "$host" "http://www.news.test/index.html?$mark=$number" /dev/null -f "${@:5}" || return; done
}

numbers_of() { seq -f "$1=%.0f" "$2" "$3"; }

# What the servers say, one thing a line.
web_log_targets() { grep -o '"/[^"]*?[^"]*" 200' "$lab_dir/log/nginx-outside.access" | cut -d'"' -f2; }
resolver_log_names() { grep -o 'row-[0-9]*\.test' "$lab_dir/log/unbound-dmz" | sort -u; }

# What the rows say.
eve_targets() { eve_values http 'row["http"].get("url", "")'; }
siem_targets() { grep -o 'request=[^ ]*' "$lab_dir/rsyslog/rows" | sed 's|.*test/|/|; s|\\=|=|g'; }
siem_text() { grep -o 'row-[0-9]*\.test' "$lab_dir/rsyslog/rows"; }
sighted_numbers() { eve_values alert 'row.get("http", {}).get("url", "")' | grep -o "$1=[0-9]*"; }

# eve_values EVENT-TYPE EXPRESSION-OVER-row
eve_values() {
  /usr/bin/python3 - "$lab_dir/eve.json" "$1" "$2" <<'PYTHON'
import json, sys
for line in open(sys.argv[1]):
    row = json.loads(line)
    if row["event_type"] == sys.argv[2]:
        print(eval(sys.argv[3]))
PYTHON
}

# rows_cover WANTED GOT: within 15 s, every line that the first command prints is among those of the second.
rows_cover() {
  local wanted=$lab_dir/got/wanted got=$lab_dir/got/rows
  for _ in $(seq 30); do
    $1 | sort -u > "$wanted"
    $2 | sort -u > "$got"
    [ -s "$wanted" ] && [ -z "$(comm -23 "$wanted" "$got")" ] && return
    sleep 0.5
  done
  echo "$(wc -l < "$wanted") wanted; missing:"
  comm -23 "$wanted" "$got"
  return 1
}
