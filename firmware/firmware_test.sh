#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# firmware_test.sh SEKISHOCTL: units, set-up script and sample configuration. Needs no root; changes nothing outside its folder.
set -euo pipefail
sekishoctl=$(realpath "$1")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
contains() { grep -qF -- "$2" <<< "$1" || fail "\"$2\" is missing in: $1"; }

# The sample configuration loads without a warning.
out=$("$sekishoctl" config check sekisho.yaml) || fail "sekisho.yaml: $out"
[ "$(head -n 1 <<< "$out")" = "sekisho.yaml: good" ] || fail "$out"

# Units: good syntax (with programs that exist), and no more exposed than they are today.
if command -v systemd-analyze > /dev/null; then
  declare -A exposure_max=([sekisho-dataplane.service]=45 [sekisho-control.service]=20 [sekisho-setup.service]=55)
  for unit in systemd/*.service; do
    sed -E 's#/usr/s?bin/sekisho[a-z-]*#/bin/true#' "$unit" > "$work/${unit##*/}"
  done
  for unit in "$work"/*.service; do
    out=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F "$(basename "$unit"):" || true)
    [ -z "$out" ] || fail "$out"
    level=$(systemd-analyze security --offline=yes "$unit" 2>&1 | sed -n 's/.*Overall exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
    if [ "${level:-999}" -gt "${exposure_max[$(basename "$unit")]}" ]; then fail "$(basename "$unit"): exposure ${level:-unknown}"; fi
  done
else
  echo "no systemd-analyze here: units are not verified"
fi
if command -v systemd-sysusers > /dev/null; then
  mkdir -p "$work/root/etc"
  systemd-sysusers --root="$work/root" "$PWD/sysusers.d/sekisho.conf" > /dev/null 2>&1 || fail "sysusers.d"
  grep -q '^sekisho-dataplane:.*sekisho' "$work/root/etc/group" || fail "sekisho is no member of sekisho-dataplane"
fi

# sekisho-setup against a machine of files.
sys=$work/sys-root
nic=$sys/sys/bus/pci/devices/0000:03:00.0
mkdir -p "$sys/proc/sys/vm" "$sys/proc/sys/kernel" "$sys/sys/devices/system/cpu/cpu1/cpufreq" "$sys/sys/bus/pci/drivers/vfio-pci" \
  "$sys/sys/bus/pci/drivers/ixgbe" "$nic/net/eth9"
printf 'HugePages_Free:       10\nHugepagesize:       2048 kB\n' > "$sys/proc/meminfo"
echo 10 > "$sys/proc/sys/vm/nr_hugepages"
echo 1 > "$sys/proc/sys/kernel/nmi_watchdog"
echo 0-3 > "$sys/sys/devices/system/cpu/online"
echo > "$sys/sys/devices/system/cpu/isolated"
echo powersave > "$sys/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor"
ln -s ../../drivers/ixgbe "$nic/driver"
echo up > "$nic/net/eth9/operstate"
: > "$nic/driver_override"
: > "$sys/sys/bus/pci/drivers_probe"
: > "$sys/sys/bus/pci/drivers/ixgbe/unbind"
cat > "$work/sekisho.yaml" << 'YAML'
dataplane:
  lcores: [1]
  memory_mb: 256
  pairs:
  - {name: p, a: {pci: "0000:03:00.0"}, b: {pci: "0000:03:00.1"}}
YAML
setup() { SEKISHO_SYSROOT=$sys SEKISHOCTL=$sekishoctl ./sekisho-setup "$@" --config "$work/sekisho.yaml"; }

out=$(setup --check) && fail "--check must end with 1 where something is to change"
contains "$out" "would: huge pages: 10 -> 128 of 2048 kB for 256 MiB (128 > /proc/sys/vm/nr_hugepages)"
contains "$out" "interface eth9 is up; take it down first"
contains "$out" "NIC 0000:03:00.1: there is no such PCI device"
contains "$out" "isolate CPUs 1: isolcpus=1"
contains "$out" "would: governor of CPU 1: performance"
contains "$out" "would: kernel/nmi_watchdog = 0"
[ "$(cat "$sys/proc/sys/vm/nr_hugepages")" = 10 ] || fail "--check changed something"

echo down > "$nic/net/eth9/operstate"
out=$(setup --apply) || fail "--apply: $out"
[ "$(cat "$sys/proc/sys/vm/nr_hugepages")" = 128 ] || fail "huge pages not set"
[ "$(cat "$nic/driver_override")" = vfio-pci ] || fail "driver not overridden"
[ "$(cat "$sys/sys/bus/pci/drivers/ixgbe/unbind")" = 0000:03:00.0 ] || fail "not unbound"
[ "$(cat "$sys/sys/bus/pci/drivers_probe")" = 0000:03:00.0 ] || fail "not probed"
[ "$(cat "$sys/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor")" = performance ] || fail "governor"

echo 'dataplane: {mtu: 1}' > "$work/sekisho.yaml"
out=$(setup --check) && fail "a bad configuration was taken"
contains "$out" "is not valid"
if ./sekisho-setup --nonsense 2> /dev/null; then fail "a wrong option was taken"; else [ $? -eq 2 ] || fail "usage must end with 2"; fi

# What runs on this machine only looks.
./sekisho-setup --check --config /nonexistent > /dev/null || [ $? -eq 1 ] || fail "--check on this machine"
if command -v shellcheck > /dev/null; then shellcheck sekisho-setup firmware_test.sh; fi
echo "firmware: good"
