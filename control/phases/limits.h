// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Hosts with evidence held in memory. Beyond it the host whose last evidence is oldest goes; counter: hosts_forgotten.
inline constexpr size_t phase_hosts_max = 100'000;

// Listed destinations remembered for one host. Beyond it the one met longest ago goes; counter: contacts_forgotten.
inline constexpr size_t contacts_per_host_max = 256;

// Times kept of one destination, the newest: what regularity is judged by. No counter: older ones only tell the same.
inline constexpr size_t contact_times_max = 8;

// Times kept of the executables, scripts and archives that reached a host, the earliest. No counter: rules
// ask for one or two.
inline constexpr size_t program_times_max = 16;

// Rings whose last sequence is remembered: two per lcore and start of the data plane. Beyond it the entry that sorts first goes, and a
// restart of control then counts that ring's last records twice; no counter.
inline constexpr size_t phase_rings_max = 4'096;

// Requests of inside hosts to a relay that wait to be joined with the relay's outside leg. Beyond it the oldest goes; counter:
// relay_requests_forgotten.
inline constexpr size_t relay_requests_max = 65'536;

// Sightings on a relay's outside leg that wait for the inside leg's record, which may come later. Beyond it the oldest stays
// unattributed; counter: unattributed.
inline constexpr size_t relay_waiting_max = 4'096;

}  // namespace sekisho
