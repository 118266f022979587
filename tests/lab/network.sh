# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The network: inside -- [pair inside-dmz] -- dmz -- [pair dmz-outside] -- outside. The pairs' ends lie in the appliance.
#
#   inside i0 -- a0 | appliance | a1 -- d0 dmz d1 -- a2 | appliance | a3 -- o0 outside

lab_places=(inside dmz outside appliance)

network_up() {
  local place
  for place in "${lab_places[@]}"; do network_make_place "$place" || return; done
  if [ "$lab_driver" = tap ]; then return; fi  # the data plane makes its own interfaces: network_take_taps
  network_make_leg inside i0 a0 && network_make_leg dmz d0 a1 && network_make_leg dmz d1 a2 && network_make_leg outside o0 a3 || return
  network_address
}

network_make_place() {
  local namespace=sekisho-$1-$lab_id
  ip netns add "$namespace" || return
  ip -n "$namespace" link set lo up
  # Neither router solicitations nor multicast reports: counters are compared exactly. Scenes of IPv6 have their few of them.
  if [ "$lab_ipv6" = no ] || [ "$1" = appliance ]; then
    lab_in "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  else
    lab_in "$1" sysctl -qw net.ipv6.conf.all.router_solicitations=0 net.ipv6.conf.default.router_solicitations=0 \
      net.ipv6.conf.default.accept_ra=0
  fi
  mkdir -p "/etc/netns/$namespace"
}

# A veth, made directly in its two namespaces.
network_make_leg() {
  local place=$1 interface=$2 port=$3
  local queues=(numrxqueues "$lab_queues" numtxqueues "$lab_queues")
  ip link add "$interface" netns "sekisho-$place-$lab_id" "${queues[@]}" type veth \
    peer name "$port" netns "sekisho-appliance-$lab_id" "${queues[@]}" || return
  ip -n "sekisho-appliance-$lab_id" link set "$port" up
  # veth leaves checksums and segmentation to hardware that is not there; DPDK would forward frames without them.
  lab_in "$place" ethtool -K "$interface" tx off gso off tso off gro off > /dev/null || return
  # Under AF_XDP, as behind a NIC: frames wait in a queue of the host's where a bare veth drops what its peer's 256 places do not hold
  # (Linux 6.16). Without XDP there are no such places, and such a queue lets one CPU overtake another's packets.
  [ "$lab_driver" != af_xdp ] || tc -n "sekisho-$place-$lab_id" qdisc add dev "$interface" root pfifo limit 1000
}

# The four taps that the data plane made, given to the hosts.
network_take_taps() {
  local place_interface
  for place_interface in inside:i0 dmz:d0 dmz:d1 outside:o0; do
    ip -n "sekisho-appliance-$lab_id" link set "${place_interface#*:}" netns "sekisho-${place_interface%:*}-$lab_id" || return
  done
  network_address
}

# Addresses come after the move of a tap: moving takes them away.
network_address() {
  local address
  for address in "$victim" "$twin"; do ip -n "sekisho-inside-$lab_id" address add "$address/24" dev i0; done
  ip -n "sekisho-dmz-$lab_id" address add "$inside_gateway/24" dev d0
  for address in "${dmz_addresses[@]}"; do ip -n "sekisho-dmz-$lab_id" address add "$address/32" dev lo; done
  ip -n "sekisho-dmz-$lab_id" address add "$outside_gateway/24" dev d1
  for address in "${outside_addresses[@]}"; do ip -n "sekisho-outside-$lab_id" address add "$address/24" dev o0; done
  ip -n "sekisho-inside-$lab_id" link set i0 up
  ip -n "sekisho-dmz-$lab_id" link set d0 up
  ip -n "sekisho-dmz-$lab_id" link set d1 up
  ip -n "sekisho-outside-$lab_id" link set o0 up
  ip -n "sekisho-inside-$lab_id" route add default via "$inside_gateway"
  ip -n "sekisho-outside-$lab_id" route add 10.0.0.0/8 via "$outside_gateway"
  lab_in dmz sysctl -qw net.ipv4.ip_forward=1
  # The dmz's own addresses lie on lo: its hosts must not learn shorter ways from redirects.
  lab_in dmz sysctl -qw net.ipv4.conf.all.send_redirects=0
  [ "$lab_ipv6" = no ] || network_address6
  network_name_servers
}

# Without duplicate address detection: nobody waits for it, and it sends nothing.
network_address6() {
  local address
  for address in "$victim6" "$twin6"; do ip -n "sekisho-inside-$lab_id" address add "$address/64" dev i0 nodad; done
  ip -n "sekisho-dmz-$lab_id" address add "$inside_gateway6/64" dev d0 nodad
  for address in "${dmz_addresses6[@]}"; do ip -n "sekisho-dmz-$lab_id" address add "$address/128" dev lo nodad; done
  ip -n "sekisho-dmz-$lab_id" address add "$outside_gateway6/64" dev d1 nodad
  for address in "${outside_addresses6[@]}"; do ip -n "sekisho-outside-$lab_id" address add "$address/64" dev o0 nodad; done
  ip -n "sekisho-inside-$lab_id" -6 route add default via "$inside_gateway6"
  ip -n "sekisho-outside-$lab_id" -6 route add fd00::/8 via "$outside_gateway6"
  lab_in dmz sysctl -qw net.ipv6.conf.all.forwarding=1
}

# `ip netns exec` puts these files over /etc's.
network_name_servers() {
  echo "nameserver $dmz_dns" > "/etc/netns/sekisho-inside-$lab_id/resolv.conf"
  echo "nameserver $dmz_dns" > "/etc/netns/sekisho-dmz-$lab_id/resolv.conf"
  echo "nameserver $outside_dns" > "/etc/netns/sekisho-outside-$lab_id/resolv.conf"
}

# Deleting a namespace ends nothing that runs in it, and postfix's master leaves its parent: the namespace is asked who is there.
network_down() {
  local place pid pids namespace
  for place in "${lab_places[@]}"; do
    namespace=sekisho-$place-$1
    [ -e "/run/netns/$namespace" ] || continue
    for _ in $(seq 50); do
      pids=$(ip netns pids "$namespace")
      [ -n "$pids" ] || break
      for pid in $pids; do kill -KILL "$pid" 2> /dev/null || true; done
      sleep 0.1
    done
    ip netns delete "$namespace" || true
    rm -rf "/etc/netns/$namespace"
  done
  rmdir /etc/netns 2> /dev/null || true
}

# What a lab left behind; nothing printed is good.
network_leaks() {
  local entry
  for entry in /run/netns/sekisho-*-"$1" /etc/netns/sekisho-*-"$1"; do
    [ ! -e "$entry" ] || echo "$entry is still there"
  done
  pgrep -a -f "$lab_dir/" | sed 's/^/still running: /' || true
}

# Labs whose shell was killed before it could clean up: the identifier is the shell's process id.
network_reap_stale() {
  local entry id
  for entry in /run/netns/sekisho-appliance-*; do
    [ -e "$entry" ] || continue
    id=${entry##*-}
    [ -d "/proc/$id" ] || network_down "$id"
  done
}
