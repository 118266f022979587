# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sekisho as an operator would set it up for this network: sekisho.yaml, a feed, both daemons, outputs to a file and to the SIEM.

appliance_config() {
  local interfaces
  read -ra interfaces <<< "$(wire_interfaces)"
  cat <<YAML
general:
  name: sekisho-lab
dataplane:
  lcores: [$lab_lcores]
  main_lcore: 0
  memory_mb: 768
  socket: $lab_dir/run/dataplane.sock
  user: nobody
  pairs:
    - name: inside-dmz
      mode: inline
      a: {vdev: "$(wire_port 0 "$lab_driver" "${interfaces[0]}")"}
      b: {vdev: "$(wire_port 1 "$lab_driver" "${interfaces[1]}")"}
    - name: dmz-outside
      mode: inline
      a: {vdev: "$(wire_port 2 "$lab_driver" "${interfaces[2]}")"}
      b: {vdev: "$(wire_port 3 "$lab_driver" "${interfaces[3]}")"}
  stored_files: {enabled: $([ "${lab_store_files:-no}" = yes ] && echo true || echo false), ring_mb: 16}
  rings: {sightings_mb: 4, transactions_mb: 8}
  idle: {empty_polls: 64, sleep_us_max: 200}
  sinkhole: {ipv4: $sinkhole, ipv6: "$sinkhole6"}
zones:
  internal: [10.1.0.0/24, "fd00:1::/64"]
  dmz: [10.2.0.0/24, "fd00:2::/64"]
trusted_domains: [vendor.test]
relays:
  proxies: [$dmz_proxy, $dmz_socks]
  resolvers: [$dmz_dns, "$dmz_dns6"]
  mail: [$dmz_mail]
feeds:
  - {name: dark-harbor, path: $lab_dir/dark-harbor.csv, format: csv}
$(lab_more_feeds)
policy:
  - {asked: true, action: as_asked}
outputs:
  - {name: eve, sink: file, format: eve, rows: all, path: $lab_dir/eve.json}
  - {name: siem, sink: syslog, format: cef, rows: all, host: 127.0.0.1, port: $siem_port}
control:
  socket: $lab_dir/run/control.sock
  group: root
  state_dir: $lab_dir/state
  reconnect_ms: 100
YAML
}

# Feeds that a scene has beside the others, as lines of the configuration.
lab_more_feeds() { :; }

# Starts the data plane and, behind it, the SIEM and control with the indicators in force: a wire for wire_up.
appliance_start() {
  mkdir -p "$lab_dir/state"
  content_indicators > "$lab_dir/dark-harbor.csv"
  appliance_config > "$lab_dir/sekisho.yaml"
  "$lab_build/sekishoctl" config check "$lab_dir/sekisho.yaml" > "$lab_dir/log/config" || { cat "$lab_dir/log/config" >&2; return 1; }
  wire_options > "$lab_dir/dataplane.options"
  wire_start || return
  [ "$lab_taxii" = no ] || taxii_start || return
  rsyslog_start && appliance_start_control
}

appliance_start_control() {
  lab_spawn appliance control "$lab_build/sekisho-control" --config "$lab_dir/sekisho.yaml"
  lab_until 60 "indicators in force" appliance_has_indicators || { tail -n 5 "$lab_dir/log/control" >&2; return 1; }
}

ctl() { "$lab_build/sekishoctl" --socket "$lab_dir/run/control.sock" "$@"; }

# The data plane itself says so: control is not asked about its own success.
appliance_has_indicators() {
  wire_ask status | /usr/bin/python3 -c 'import json, sys; sys.exit(0 if json.load(sys.stdin)["indicators"] > 0 else 1)'
}
