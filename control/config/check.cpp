// SPDX-License-Identifier: Apache-2.0
// Contradictions between keys, each found by one small function.
#include <algorithm>
#include <functional>
#include <set>

#include "control/config/limits.h"
#include "control/config/load.h"

namespace sekisho {

namespace {

class Checker {
 public:
  Checker(const Config& config, const Positions& positions) : config_(config), positions_(positions) {}

  std::vector<Problem> run() {
    check_lcores();
    check_memory();
    check_pairs();
    check_flows();
    check_names();
    check_feeds();
    check_policy();
    check_outputs();
    return std::move(problems_);
  }

 private:
  // Where `path` stands, or the nearest section around it that the file has.
  Position where(std::string path) const {
    for (;;) {
      if (const auto at = positions_.find(path); at != positions_.end()) return at->second;
      const size_t end = path.find_last_of(".[");
      if (end == std::string::npos) return {0, 0};
      path.resize(end);
    }
  }
  void add(Problem::Level level, const std::string& path, std::string message) {
    const Position at = where(path);
    problems_.push_back({level, at.line, at.column, path, "conflict", std::move(message)});
  }
  void error(const std::string& path, std::string message) { add(Problem::Level::error, path, std::move(message)); }
  void warning(const std::string& path, std::string message) { add(Problem::Level::warning, path, std::move(message)); }

  template <typename List, typename Name>
  void check_unique(const List& list, const std::string& path, Name name) {
    std::set<std::string> seen;
    for (size_t i = 0; i < list.size(); ++i)
      if (!seen.insert(std::string(name(list[i]))).second)
        error(path + "[" + std::to_string(i) + "].name", "\"" + std::string(name(list[i])) + "\" is there twice");
  }

  void check_lcores() {
    const auto& lcores = config_.dataplane.lcores;
    if (lcores.empty()) error("dataplane.lcores", "at least one CPU is needed");
    if (lcores.size() > lcores_max) error("dataplane.lcores", "at most " + std::to_string(lcores_max) + " CPUs");
    if (std::set<uint64_t>(lcores.begin(), lcores.end()).size() != lcores.size())
      error("dataplane.lcores", "a CPU is there twice");
    if (std::find(lcores.begin(), lcores.end(), config_.dataplane.main_lcore) != lcores.end())
      error("dataplane.main_lcore", "CPU " + std::to_string(config_.dataplane.main_lcore) + " is one of dataplane.lcores");
  }

  void check_memory() {
    const DataplaneConfig& d = config_.dataplane;
    const uint64_t rings_mb = d.lcores.size() * (d.rings.sightings_mb + d.rings.transactions_mb);
    if (rings_mb > 4 * d.memory_mb)
      warning("dataplane.rings", "the rings of all lcores take " + std::to_string(rings_mb) + " MiB beside memory_mb");
  }

  void check_port(const PortConfig& port, const std::string& path, std::set<std::string>& used) {
    if (!port.vdev.empty() && !port.pci.empty()) error(path, "vdev and pci exclude each other");
    if (!port.present()) return;
    const std::string device = port.pci.empty() ? port.vdev.substr(0, port.vdev.find(',')) : port.pci;
    if (!used.insert(device).second) error(path, "\"" + device + "\" is used twice");
  }

  void check_pairs() {
    const auto& pairs = config_.dataplane.pairs;
    if (pairs.empty()) warning("dataplane.pairs", "no port pair: nothing will be inspected");
    if (pairs.size() > pairs_max) error("dataplane.pairs", "at most " + std::to_string(pairs_max) + " pairs");
    check_unique(pairs, "dataplane.pairs", [](const PairConfig& pair) { return pair.name; });
    std::set<std::string> used;
    for (size_t i = 0; i < pairs.size(); ++i) {
      const std::string path = "dataplane.pairs[" + std::to_string(i) + "]";
      if (!pairs[i].a.present()) error(path + ".a", "neither vdev nor pci");
      if (!pairs[i].b.present() && pairs[i].mode == PairMode::inline_) error(path + ".b", "an inline pair needs both ends");
      check_port(pairs[i].a, path + ".a", used);
      check_port(pairs[i].b, path + ".b", used);
    }
  }

  void check_flows() {
    const FlowsConfig& flows = config_.dataplane.flows;
    if (flows.half_open_max >= flows.flows_max)
      error("dataplane.flows.half_open_max", "must be less than flows_max (" + std::to_string(flows.flows_max) + ")");
  }

  void check_names() {
    check_unique(config_.feeds, "feeds", [](const FeedConfig& feed) { return feed.name; });
    check_unique(config_.outputs, "outputs", [](const OutputConfig& output) { return output.name; });
    for (size_t i = 0; i < config_.feeds.size(); ++i)
      if (config_.feeds[i].name == "operator")
        error("feeds[" + std::to_string(i) + "].name", "\"operator\" is the feed of `sekishoctl indicator add`");
  }

  void check_feeds() {
    for (size_t i = 0; i < config_.feeds.size(); ++i) {
      const FeedConfig& feed = config_.feeds[i];
      const std::string path = "feeds[" + std::to_string(i) + "]";
      if (feed.path.empty() == feed.fetch.url.empty()) error(path, "exactly one of path and fetch.url is needed");
      if (feed.format == FeedFormat::suricata_dataset && !feed.kind) error(path + ".format", "suricata_dataset needs the kind of its values");
      if (feed.fetch.from == FetchedFrom::taxii && !feed.public_key.empty()) error(path + ".public_key", "a TAXII collection has no signature");
      if (feed.fetch.url.starts_with("http://") && feed.public_key.empty())
        warning(path + ".fetch.url", "what comes without TLS or a signature may come from anybody");
    }
  }

  void check_policy() {
    bool all_taken = false;
    for (size_t i = 0; i < config_.policy.size(); ++i) {
      const RuleConfig& rule = config_.policy[i];
      const std::string path = "policy[" + std::to_string(i) + "]";
      if (all_taken) warning(path, "is never reached: a row above it matches everything");
      for (const std::string& feed : rule.feeds) check_feed_name(feed, path + ".feeds");
      if (rule.action == RuleAction::as_asked && !rule.asked)
        error(path + ".action", "as_asked needs \"asked: true\" in the same row");
      all_taken |= rule.severity_min == Severity::low && rule.confidence_min == 0 && rule.kinds.empty() &&
                   rule.feeds.empty() && rule.phases.empty() && !rule.asked;
    }
  }

  void check_feed_name(const std::string& name, const std::string& path) {
    const bool known = name == "operator" || std::any_of(config_.feeds.begin(), config_.feeds.end(),
                                                         [&](const FeedConfig& feed) { return feed.name == name; });
    if (!known) error(path, "no feed is named \"" + name + "\"");
  }

  void check_outputs() {
    for (size_t i = 0; i < config_.outputs.size(); ++i) {
      const OutputConfig& output = config_.outputs[i];
      const std::string path = "outputs[" + std::to_string(i) + "]";
      if (output.sink == SinkType::file && output.path.empty()) error(path + ".path", "a file output needs its path");
      if (output.sink == SinkType::syslog && output.host.empty()) error(path + ".host", "a syslog output needs its host");
    }
  }

  const Config& config_;
  const Positions& positions_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> check_config(const Config& config, const Positions& positions) {
  return Checker(config, positions).run();
}

}  // namespace sekisho
