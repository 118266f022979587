# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# An indicator that a partner adds to a TAXII collection stops the next request, seen from curl and nginx; one that is revoked stops no more.

taxii_page=http://www.news.test/poll
taxii_indicator=indicator--5f0c2d8e-7d0b-4f2e-9f3a-1d2c3b4a5e6f
taxii_other=indicator--0b5a3c1d-2e4f-4a6b-8c7d-9e0f1a2b3c4d

checks_taxii() {
  check "control has asked for the collection" until_said 20 grep -q '"GET /api/collections/lab/objects/.* 200' "$lab_dir/log/taxii"
  check "a page that nobody lists is served" arrives_whole fetch "$taxii_page" "$lab_dir/web/poll"
  taxii_add_indicators
  check "once a partner lists it, it is refused" until_said 25 taxii_page_is_refused
  check "and stays so" taxii_page_is_refused
  check "through the proxy, too" fails fetch_by_proxy victim "$taxii_page" /dev/null -f
  check "the page beside it is served" arrives_whole fetch http://www.news.test/index.html "$lab_dir/web/index.html"
  check "a request with both values of a compound is refused" fails fetch victim http://www.news.test/index.html /dev/null -f -A harbor-bot/1
  check "... and with one of them served" arrives_whole fetch http://www.news.test/index.html "$lab_dir/web/index.html" -A harbor-bot/2
  check "a name of the same collection is refused" fails fetch victim http://drop.fileshare.test/ /dev/null -f
  check "the sighting names feed, indicator and verdict" until_said 15 taxii_sighting
  check "a look-up of the page tells the partner's object" eval 'ctl indicator lookup "$taxii_page" | grep -q "$taxii_indicator"'
  check "what was added later was asked for by its time, page by page" eval 'grep -q "added_after=.*next=2" "$lab_dir/log/taxii"'
  check "what no indicator can say is told with the object's id" eval 'ctl indicator stats | grep -q "needs correlation over several observations"'
  taxii_add "$(taxii_object "$taxii_indicator" 2 "[url:value = '$taxii_page']" '"revoked": true,')"
  check "once it is revoked the page is served again" until_said 25 arrives_whole fetch "$taxii_page" "$lab_dir/web/poll"
  check "what the collection still lists is not" fails fetch victim http://drop.fileshare.test/ /dev/null -f
}

# taxii_object ID DAY PATTERN [MEMBERS]
taxii_object() {
  printf '{"type": "indicator", "spec_version": "2.1", "id": "%s", "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-0%sT00:00:00.000Z", %s "name": "From a partner", "pattern": "%s", "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z", "confidence": 90}' \
    "$1" "$2" "${4:-}" "$3"
}

taxii_add_indicators() {
  taxii_add "$(taxii_object "$taxii_indicator" 1 "[url:value = '$taxii_page']")"
  taxii_add "$(taxii_object "$taxii_other" 1 "[domain-name:value = 'drop.fileshare.test']")"
  taxii_add "$(taxii_object indicator--7c1e 1 "[domain-name:value = 'www.news.test'] FOLLOWEDBY [network-traffic:dst_port = 80]")"
  taxii_add "$(taxii_object indicator--7c1f 1 "[domain-name:value = 'www.news.test' AND network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'harbor-bot/1']")"
}

taxii_page_is_refused() { is 000 status_of fetch "$taxii_page"; }

taxii_sighting() {
  /usr/bin/python3 "$lab_source/programs/ask_rows.py" "$lab_dir/eve.json" event_type=alert alert.action=blocked \
    alert.context.sekisho.ioc.feed=exchange alert.context.sekisho.ioc.kind=url "alert.context.sekisho.ioc.value=$taxii_page" alert.context.sekisho.verdict=reset
}
