# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What forwards between the namespaces: sekisho-dataplane on four kernel interfaces, or DPDK's own testpmd, which inspects nothing
# (a lab that fails with testpmd too has a fault of its own).

lab_drivers=(af_xdp af_packet tap)

# wire_port INDEX DRIVER INTERFACE: a port in DPDK's words, with $lab_queues queues.
wire_port() {
  case $2 in
    af_xdp) if [ "$lab_queues" = 1 ]; then echo "net_af_xdp$1,iface=$3"; else echo "net_af_xdp$1,iface=$3,queue_count=$lab_queues"; fi ;;
    af_packet) echo "net_af_packet$1,iface=$3,qpairs=$lab_queues,qdisc_bypass=1" ;;
    tap) echo "net_tap$1,iface=$3" ;;
  esac
}

# The interfaces' names at the appliance: the veths' far ends, or the taps themselves before they are moved away.
wire_interfaces() {
  if [ "$lab_driver" = tap ]; then echo i0 d0 d1 o0; else echo a0 a1 a2 a3; fi
}

# The options of sekisho-dataplane, for tests that need no control plane; more of them from the arguments.
wire_options() {
  local interfaces
  read -ra interfaces <<< "$(wire_interfaces)"
  cat <<OPTIONS
--lcores=$lab_lcores
--main-lcore=0
--memory-mb=768
--hugepages=auto
--socket=$lab_dir/run/dataplane.sock
--user=nobody
--sightings-ring-mb=4
--transactions-ring-mb=8
--idle-empty-polls=64
--idle-sleep-us-max=200
--store-files=${lab_store_files:-no}
--files-ring-mb=16
--sinkhole-ipv4=$sinkhole
--sinkhole-ipv6=$sinkhole6
--pair-name=inside-dmz
--pair-mode=inline
--pair-a=$(wire_port 0 "$lab_driver" "${interfaces[0]}")
--pair-b=$(wire_port 1 "$lab_driver" "${interfaces[1]}")
--pair-name=dmz-outside
--pair-mode=inline
--pair-a=$(wire_port 2 "$lab_driver" "${interfaces[2]}")
--pair-b=$(wire_port 3 "$lab_driver" "${interfaces[3]}")
OPTIONS
  [ $# -eq 0 ] || printf '%s\n' "$@"
}

# Starts the data plane with $lab_dir/dataplane.options and waits until it says that it is ready.
wire_start_plain() {
  wire_options > "$lab_dir/dataplane.options"
  wire_start
}

wire_start() {
  : > "$lab_dir/log/dataplane"  # a killed process before this one said "ready", too
  # The lab's stand-in for a CPU of its own: what else runs on the machine does not come first.
  lab_spawn appliance dataplane nice -n -20 "$lab_build/sekisho-dataplane" --options "$lab_dir/dataplane.options"
  lab_until 60 "sekisho-dataplane" wire_is_ready_or_gone
  wire_is_ready || { tail -n 5 "$lab_dir/log/dataplane" >&2; return 1; }
  [ "$lab_driver" != tap ] || network_take_taps
}

wire_is_ready() { grep -q 'sekisho-dataplane: ready' "$lab_dir/log/dataplane"; }
wire_is_ready_or_gone() { wire_is_ready || ! lab_is_running dataplane; }

wire_start_testpmd() {
  local interfaces vdevs=() index
  read -ra interfaces <<< "$(wire_interfaces)"
  for index in 0 1 2 3; do vdevs+=(--vdev "$(wire_port "$index" "$lab_driver" "${interfaces[index]}")"); done
  # Its interactive prompt keeps it alive while its input stays open.
  lab_spawn appliance dataplane sh -c 'sleep infinity | exec "$@"' sh dpdk-testpmd -l 0,1 --no-huge --no-shconf -m 512 --iova-mode=va \
    --no-pci --no-telemetry --file-prefix="lab$lab_id" "${vdevs[@]}" -- --forward-mode=io --port-topology=paired --nb-cores=1 --total-num-mbufs=16384 -i -a
  lab_until 30 testpmd grep -q 'testpmd> ' "$lab_dir/log/dataplane"
  [ "$lab_driver" != tap ] || network_take_taps
}

# A frame from one end to the other and back, over both pairs.
wire_forwards() { lab_in inside ping -q -c 1 -W 2 -I "$twin" "$news" > /dev/null 2>&1; }

# wire_up START: the network and a wire on it, by the first driver that forwards; $1 is the function that starts the wire.
wire_up() {
  local start=$1 candidate
  for candidate in ${SEKISHO_LAB_DRIVER:-"${lab_drivers[@]}"}; do
    lab_driver=$candidate
    if network_up && "$start" && lab_until 10 "a packet across both pairs" wire_forwards; then
      lab_say "lab: packets cross both pairs by DPDK's net_$lab_driver"
      return
    fi
    lab_say "lab: net_$candidate does not work here"
    network_down "$lab_id"
  done
  lab_fail "no driver forwards"
}

# Data plane commands: wire_ask COMMAND prints the answer, wire_number PATH one number of the counters' answer.
wire_ask() { /usr/bin/python3 "$lab_source/programs/ask_dataplane.py" "$lab_dir/run/dataplane.sock" "$@"; }
wire_boot_id() { wire_ask status | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["boot_id"])'; }
wire_counter() { wire_ask counters | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["counters"][sys.argv[1]])' "$1"; }
