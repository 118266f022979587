# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A workstation asks for an address: what the server's own log of leases tells stands in the rows, and a new device is told of once.

checks_leases() {
  local mac address
  check_here "dhclient gets a lease across the appliance" lease_comes
  mac=$(lab_in inside cat /sys/class/net/i0/address)
  address=$(lease_value fixed-address)
  check "the server's own list has it" grep -q "lease $address {" "$lab_dir/dhcpd/leases"
  check "the row of the request tells who asks" has_row event_type=dhcp dhcp.dhcp_type=request dhcp.client_mac="$mac" dhcp.hostname=workstation7 dhcp.vendor_class_identifier='Lab 1.0' dhcp.requested_ip="$address"
  check "the row of the lease tells address, time and server" has_row event_type=dhcp dhcp.dhcp_type=ack src_ip="$inside_gateway" dhcp.client_mac="$mac" dhcp.assigned_ip="$address" dhcp.lease_time=900 dhcp.routers="$inside_gateway" dhcp.dns_servers="$dmz_dns"
  check "the row of a new device names it" has_row event_type=anomaly anomaly.event=dhcp.new_device dhcp.client_mac="$mac" dhcp.hostname=workstation7
  check "the operator's list of devices has it, once" until_said 10 is "1 $mac $address workstation7" listed_devices
  check_here "killed and started again, control still knows it" control_comes_back
  check "the list says the same" until_said 10 is "1 $mac $address workstation7" listed_devices
  check_here "dhclient asks again" lease_comes
  check "there is no second row of a new device" is 1 introductions
}

listed_devices() {
  ctl --json device list | /usr/bin/python3 -c 'import json, sys
devices = json.load(sys.stdin)["devices"]
print(len(devices), *(devices[0][key] for key in ("mac", "address", "host")))'
}

control_comes_back() {
  lab_kill control KILL
  appliance_start_control
}

introductions() { grep -c '"event":"dhcp.new_device"' "$lab_dir/eve.json"; }

# The lease is taken, not the address: the hosts' addresses stay as they are.
lease_comes() {
  [ -z "${lab_pids[dhclient]:-}" ] || lab_stop dhclient
  mkdir -p "$lab_dir/dhclient"
  printf 'send host-name "workstation7";\nsend vendor-class-identifier "Lab 1.0";\n' > "$lab_dir/dhclient/conf"
  lab_spawn inside dhclient dhclient -4 -d -1 -v -cf "$lab_dir/dhclient/conf" -lf "$lab_dir/dhclient/leases" -pf "$lab_dir/dhclient/pid" -sf /bin/true i0
  lab_until 20 "a lease" grep -q 'bound to' "$lab_dir/log/dhclient" || { cat "$lab_dir/log/dhclient"; return 1; }
}

lease_value() { grep -o "$1 [^;]*" "$lab_dir/dhclient/leases" | tail -n 1 | cut -d' ' -f2-; }
