// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.h"

#include <fmt/format.h>
#include <rte_cycles.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace sekisho::bench {

namespace {

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown CPU";
}

struct PerPacket {
  double ns_p5, ns_median, cycles, gbit_p5, gbit_median;
};

PerPacket per_packet(const BenchReport& report, const CaptureFigures& capture, const StageFigures& stage) {
  const double bits = 8.0 * static_cast<double>(capture.bytes) / static_cast<double>(capture.packets);
  const double ns_p5 = stage.cycles_p5 / report.cycles_per_ns, ns_median = stage.cycles_median / report.cycles_per_ns;
  return {ns_p5, ns_median, stage.cycles_p5, bits / ns_p5, bits / ns_median};
}

double per_thousand(uint64_t count, const StageFigures& stage) {
  return 1000.0 * static_cast<double>(count) / static_cast<double>(stage.packets_walked);
}

void add_stage(std::string& out, const BenchReport& report, const CaptureFigures& capture, size_t index) {
  const StageFigures& stage = capture.stages[index];
  const PerPacket figures = per_packet(report, capture, stage);
  const bool starts_list = index == 0 || stage.spec == walk_stages.data();
  const double before = starts_list ? 0.0 : capture.stages[index - 1].cycles_p5 / report.cycles_per_ns;
  out += fmt::format("  {:15} {:9.1f} {:+9.1f} {:9.1f} {:9.0f} {:9.2f} {:9.2f}  {}\n", stage.spec->name, figures.ns_p5,
                     figures.ns_p5 - before, figures.ns_median, figures.cycles, figures.gbit_p5, figures.gbit_median, stage.spec->what);
}

void add_counts(std::string& out, const StageFigures& stage) {
  const StageCounts& counts = stage.counts;
  if (counts.packets == 0) return;
  out += fmt::format("  {}: for each 1000 packets {:.1f} transactions, {:.1f} records ({:.0f} B), {:.1f} values looked up, {:.2f} sightings, "
                     "{:.0f} bypassed; {} flows in the table\n",
                     stage.spec->name, per_thousand(counts.transactions, stage), per_thousand(counts.records, stage),
                     per_thousand(counts.record_bytes, stage), per_thousand(counts.looked_up, stage),
                     per_thousand(counts.sightings, stage), per_thousand(counts.bypassed_packets, stage), counts.resident_flows);
  if (counts.dropped > 0 || counts.records_dropped > 0)
    out += fmt::format("  {}: LOST {} of {} packets, {} records:{}\n", stage.spec->name, counts.dropped, counts.packets,
                       counts.records_dropped, counts.lost_by);
}

}  // namespace

BenchReport describe_machine(const std::string& pages) {
  BenchReport report;
  report.cpu = cpu_name();
  report.pages = pages;
  report.cycles_per_ns = static_cast<double>(rte_get_tsc_hz()) / 1e9;
  return report;
}

std::string as_text(const BenchReport& report, const BenchArguments& arguments) {
  std::string out = fmt::format("cpu: {}, TSC {:.2f} GHz, core {}\npages: {}\nindicators: {} ({} KiB)\nchecksums: {}; records drained {}; one core\n",
                                report.cpu, report.cycles_per_ns, arguments.core, report.pages, report.indicators,
                                report.image_bytes / 1024, arguments.checksums == Checksums::by_nic ? "by the NIC" : "in software",
                                arguments.drain == Drain::between_chunks ? "between timed chunks" : "by another core");
  for (const CaptureFigures& capture : report.captures) {
    out += fmt::format("\n{}: {} packets, mean {:.0f} B ({:.0f} B payload), {} flows\n", capture.path, capture.packets,
                       static_cast<double>(capture.bytes) / static_cast<double>(capture.packets),
                       static_cast<double>(capture.payload_bytes) / static_cast<double>(capture.packets), capture.flows);
    out += fmt::format("  {:15} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "up to", "ns p5", "step", "ns median", "cycles", "Gbit/s", "at median");
    for (size_t i = 0; i < capture.stages.size(); ++i) add_stage(out, report, capture, i);
    for (const StageFigures& stage : capture.stages) add_counts(out, stage);
  }
  return out;
}

std::string as_json(const BenchReport& report) {
  nlohmann::ordered_json out = {{"cpu", report.cpu}, {"pages", report.pages}, {"tsc_ghz", report.cycles_per_ns},
                                {"indicators", report.indicators}, {"captures", nlohmann::ordered_json::array()}};
  for (const CaptureFigures& capture : report.captures) {
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const StageFigures& stage : capture.stages) {
      const PerPacket figures = per_packet(report, capture, stage);
      stages.push_back({{"stage", stage.spec->name}, {"ns_p5", figures.ns_p5}, {"ns_median", figures.ns_median},
                        {"cycles_p5", figures.cycles}, {"gbit_s_p5", figures.gbit_p5}, {"gbit_s_median", figures.gbit_median},
                        {"passes", stage.passes}, {"packets", stage.packets_walked}, {"sightings", stage.counts.sightings},
                        {"transactions", stage.counts.transactions}, {"records", stage.counts.records},
                        {"dropped", stage.counts.dropped}, {"records_dropped", stage.counts.records_dropped},
                        {"resident_flows", stage.counts.resident_flows}});
    }
    out["captures"].push_back({{"path", capture.path}, {"packets", capture.packets}, {"bytes", capture.bytes},
                               {"payload_bytes", capture.payload_bytes}, {"flows", capture.flows}, {"stages", std::move(stages)}});
  }
  return out.dump(2) + "\n";
}

bool lost_something(const BenchReport& report) {
  for (const CaptureFigures& capture : report.captures)
    for (const StageFigures& stage : capture.stages)
      if (stage.counts.dropped > 0 || stage.counts.records_dropped > 0) return true;
  return false;
}

}  // namespace sekisho::bench
