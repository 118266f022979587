# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# HTTP/2 without TLS, by prior knowledge and by Upgrade, between curl and two makes of server.

checks_http2() {
  local server how
  for server in "$apache:8080" "$news:82"; do
    check "3 MB from $server by prior knowledge, byte-identical" arrives_whole fetch "http://$server/setup.exe" "$lab_dir/web/setup.exe" --http2-prior-knowledge
    check "a listed file of 3 MB from $server is never complete at the client" never_completed_http2 "http://$server/update.exe" "$lab_dir/web/update.exe" --http2-prior-knowledge
  done
  for how in --http2-prior-knowledge --http2; do
    check "20 kB from Apache with curl's $how, byte-identical" arrives_whole fetch "http://$apache:8080/short-plain.bin" "$lab_dir/web/short-plain.bin" "$how"
    check "a listed file as short is never complete at the client" never_completed_http2 "http://$apache:8080/short-listed.bin" "$lab_dir/web/short-listed.bin" "$how"
  done
  check "fifty requests on one connection, ten at a time, are all answered" fifty_streams
  check "Apache's own log says that it spoke HTTP/2" grep -q 'HTTP/2.0 GET /setup.exe 200' "$lab_dir/log/apache.access"
  check "rows name HTTP/2 and the stream" has_row event_type=http dest_ip="$apache" http.protocol=HTTP/2 http.http2.stream_id=1 http.url=/setup.exe http.status=200
  check "rows name nginx's, too" has_row event_type=http dest_ip="$news" http.protocol=HTTP/2 http.url=/setup.exe http.status=200
  check "a request that was upgraded is answered in HTTP/2" has_row event_type=http dest_ip="$apache" http.protocol=HTTP/2 http.url=/short-plain.bin http.http2.stream_id=1 http.status=200
  check "each of the fifty is a row of each pair that it crossed" until_said 15 is 100 rows_of_streams
  check "the file's row has the digest of what was served" has_row event_type=fileinfo http.protocol=HTTP/2 fileinfo.sha256="$(content_sha256 "$lab_dir/web/setup.exe")"
  check "the sighting names the protocol" has_row event_type=alert http.protocol=HTTP/2 alert.action=blocked http.url=/short-listed.bin
}

never_completed_http2() {
  rm -f "$lab_dir/got/listed"
  fetch victim "$1" "$lab_dir/got/listed" "$3" && echo "curl was content"
  is_part_of "$lab_dir/got/listed" "$2"
}

fifty_streams() {
  lab_in inside h2load -n 50 -c 1 -m 10 -T 20 "http://$apache:8080/index.html?stream" > "$lab_dir/got/h2load"
  grep -q '50 succeeded' "$lab_dir/got/h2load" || { cat "$lab_dir/got/h2load"; return 1; }
}

rows_of_streams() { eve_values http 'row["http"].get("url", "")' | grep -c 'index.html?stream'; }

# has_row PATH=VALUE...: within 15 s, one row of the file has them all.
has_row() { until_said 15 /usr/bin/python3 "$lab_source/programs/ask_rows.py" "$lab_dir/eve.json" "$@"; }
