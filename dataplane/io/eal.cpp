// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "dataplane/io/limits.h"

namespace sekisho {

namespace {

bool is_pci(const std::string& port) { return !port.empty() && !port.starts_with("net_"); }

// MiB in free hugepages of every size.
uint64_t free_hugepage_mb() {
  uint64_t total_kb = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/kernel/mm/hugepages", error)) {
    const std::string name = entry.path().filename();  // hugepages-2048kB
    const size_t dash = name.find('-');
    if (dash == std::string::npos) continue;
    uint64_t count = 0;
    std::ifstream(entry.path() / "free_hugepages") >> count;
    total_kb += count * std::strtoull(name.c_str() + dash + 1, nullptr, 10);
  }
  return total_kb / 1024;
}

// Main runs beside a worker where both are given one CPU: it is an lcore of its own then, under the first id that is free.
unsigned main_lcore_id(const DataplaneOptions& options) {
  const auto is_worker = [&](unsigned id) { return std::ranges::find(options.lcores, id) != options.lcores.end(); };
  if (!is_worker(options.main_lcore)) return options.main_lcore;
  unsigned id = 0;
  while (is_worker(id)) ++id;
  return id;
}

// "0@0,1@1": lcore ids and their CPUs. A worker's id is its CPU.
std::string lcore_list(const DataplaneOptions& options) {
  std::string list = std::to_string(main_lcore_id(options)) + "@" + std::to_string(options.main_lcore);
  for (const unsigned lcore : options.lcores) list += "," + std::to_string(lcore) + "@" + std::to_string(lcore);
  return list;
}

// A port's own words, and what a driver needs to hold a burst where they leave it open.
std::string with_ring_size(const std::string& port) {
  if (!port.starts_with("net_af_packet") || port.find("framecnt=") != std::string::npos) return port;
  return port + ",framecnt=" + std::to_string(packet_ring_frames);
}

}  // namespace

Result<EalChoice> choose_eal(const DataplaneOptions& options) {
  EalChoice choice;
  const uint64_t free_mb = free_hugepage_mb();
  const bool enough = free_mb >= options.memory_mb;
  if (options.hugepages == HugepageChoice::on && !enough)
    return fail("hugepages: " + std::to_string(free_mb) + " MiB are free, " + std::to_string(options.memory_mb) +
                " are needed (sekisho-setup --apply reserves them)");
  choice.hugepages = enough && options.hugepages != HugepageChoice::off;
  const std::string need = std::to_string(options.memory_mb) + " MiB";
  choice.explanation = choice.hugepages ? "hugepages: " + need + " of " + std::to_string(free_mb) + " free MiB"
                       : options.hugepages == HugepageChoice::off
                           ? "no hugepages, as configured: 4 KiB pages, " + need + " (slower)"
                           : "no hugepages: " + std::to_string(free_mb) + " MiB free, " + need +
                                 " needed: 4 KiB pages (slower; sekisho-setup --check tells how to reserve some)";
  auto& arguments = choice.arguments;
  arguments = {"sekisho-dataplane", "--lcores", lcore_list(options), "--main-lcore", std::to_string(main_lcore_id(options)),
               "--no-telemetry", "--file-prefix=sekisho" + std::to_string(getpid())};
  if (choice.hugepages) {
    arguments.insert(arguments.end(), {"--in-memory", "--single-file-segments", "--iova-mode=va"});
  } else {
    arguments.insert(arguments.end(), {"--no-huge", "--no-shconf", "-m", std::to_string(options.memory_mb), "--iova-mode=va"});
  }
  bool any_pci = false;
  for (const PairOptions& pair : options.pairs) {
    for (const std::string& port : {pair.a, pair.b}) {
      if (port.empty()) continue;
      arguments.insert(arguments.end(), {is_pci(port) ? "-a" : "--vdev", with_ring_size(port)});
      any_pci = any_pci || is_pci(port);
    }
  }
  if (!any_pci) arguments.emplace_back("--no-pci");
  return choice;
}

Result<void> start_eal(const EalChoice& choice) {
  std::vector<std::string> copy = choice.arguments;
  std::vector<char*> argv;
  for (std::string& argument : copy) argv.push_back(argument.data());
  rte_log_set_global_level(RTE_LOG_WARNING);
  if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0)
    return fail(std::string("DPDK did not start: ") + rte_strerror(rte_errno));
  return {};
}

}  // namespace sekisho
