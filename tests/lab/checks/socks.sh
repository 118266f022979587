# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Through a SOCKS proxy: real client and target in the rows, verdicts inside.

# danted takes the address behind which 4A hides a name for the address: curl would be refused.
socks_kinds=(socks5 socks5-hostname socks4)

# socks_fetch KIND URL FILE [CURL-ARGUMENT...]
socks_fetch() {
  local kind=$1 url=$2 file=$3
  shift 3
  lab_in inside curl -sS --interface "$victim" --max-time 10 "--$kind" "$dmz_socks:$socks_port" -o "$file" "$@" "$url"
}
socks_resolve() { lab_in inside /usr/bin/python3 "$lab_source/programs/socks_dns.py" "$victim" "$dmz_socks:$socks_port" "$outside_dns" "$1"; }

checks_socks() {
  local kind
  for kind in "${socks_kinds[@]}"; do
    check "a page comes whole by $kind" socks_comes_whole "$kind"
    check "a listed URL inside $kind is stopped" fails socks_fetch "$kind" http://cdn.freeware-mirror.test/catalogue/offer /dev/null -f
  done
  check "a name is resolved by datagrams of an association" is "$news" socks_resolve www.news.test
  check "a listed one is not" fails socks_resolve panel.dark-harbor.test
  check "the server was never asked for it" fails grep -qi dark-harbor "$lab_dir/log/unbound-outside"
  check "rows inside have the client and its real target" rows_cover socks_wanted socks_rows
  check "alert rows, too" rows_cover socks_listed socks_alerts
  check "so have those of an association's datagrams" rows_cover socks_asked socks_dns_rows
}

socks_comes_whole() {
  rm -f "$lab_dir/got/socks"
  socks_fetch "$1" "http://www.news.test/index.html?by=$1" "$lab_dir/got/socks" -f && cmp "$lab_dir/got/socks" "$lab_dir/web/index.html"
}

# socks_target KIND NAME ADDRESS: what curl asks the proxy for.
socks_target() { if [ "$1" = socks5-hostname ]; then echo "$2"; else echo "$3"; fi; }
socks_wanted() {
  local kind
  for kind in "${socks_kinds[@]}"; do echo "$victim $(socks_target "$kind" www.news.test "$news") 80 /index.html?by=$kind"; done
}
socks_listed() {
  local kind
  for kind in "${socks_kinds[@]}"; do echo "$victim $(socks_target "$kind" cdn.freeware-mirror.test "$freeware") 80 http://cdn.freeware-mirror.test/catalogue/offer"; done
  echo "$victim $outside_dns 53 dark-harbor.test"
}
socks_asked() { echo "$victim $outside_dns 53 www.news.test"; }

proxied_row='" ".join([row["src_ip"], row.get("proxy", {}).get("target", "-"), str(row.get("proxy", {}).get("target_port", "-"))])'
socks_rows() { eve_values http "$proxied_row"' + " " + row["http"].get("url", "-")'; }
socks_alerts() { eve_values alert "$proxied_row"' + " " + row["alert"]["context"]["sekisho"]["ioc"]["value"]'; }
socks_dns_rows() { eve_values dns "$proxied_row"' + " " + row["dns"]["queries"][0]["rrname"]'; }
