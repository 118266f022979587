// SPDX-License-Identifier: Apache-2.0
#include "control/live_walk.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "control/alert_pipeline.h"
#include "control/configured_site.h"
#include "control/device_answers.h"
#include "control/drain/limits.h"
#include "control/files/file_walk.h"
#include "control/log.h"
#include "control/phase_answers.h"
#include "control/phase_journal.h"
#include "control/recent_alerts.h"
#include "control/rules_yaml.h"
#include "control/sinks/file.h"
#include "control/sinks/pump.h"
#include "control/sinks/syslog.h"
#include "dataplane/record/ring.h"
#include "dataplane/record/shared_memory.h"

namespace sekisho {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds empty_turn_pause{5};
constexpr std::chrono::seconds snapshot_interval{5};
// A turn writes and syncs a batch: longer than this on no disk that works.
constexpr uint64_t turn_ms_max = 20'000;
// Evidence since the last snapshot of the phases.
constexpr uint64_t journal_bytes_max = uint64_t{256} << 20;

uint64_t monotonic_ms() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count());
}

// One configured output: rows of its products, in its format, through a spool to its sink.
struct Output {
  std::string name;
  std::unique_ptr<Spool> spool;
  std::unique_ptr<Sink> sink;
  std::unique_ptr<PumpThread> pump;  // last: stops first
};

std::unique_ptr<Sink> make_sink(const OutputConfig& output, const GeneralConfig& general) {
  if (output.sink == SinkType::file) {
    FileSinkOptions options;
    options.path = output.path;
    options.rotate_bytes = output.rotate_mb << 20;
    options.keep_count = static_cast<unsigned>(output.keep_files);
    return std::make_unique<FileSink>(options);
  }
  SyslogSinkOptions options;
  options.host = output.host;
  options.port = static_cast<uint16_t>(output.port);
  if (!general.name.empty()) options.header.host_name = general.name;
  return std::make_unique<SyslogSink>(options);
}

Result<Output> make_output(const OutputConfig& config, const GeneralConfig& general, const std::string& state_dir) {
  SpoolOptions options;
  options.directory = state_dir + "/spool/" + config.name;
  options.budget_bytes = config.spool_mb << 20;
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  auto spool = Spool::open(options);
  if (!spool) return tl::unexpected(spool.error());
  Output output;
  output.name = config.name;
  output.spool = std::move(*spool);
  output.sink = make_sink(config, general);
  output.pump = std::make_unique<PumpThread>(*output.spool, *output.sink);
  return output;
}

// `rows: alerts` without named products: the rows that sightings make.
PipelineOutput rows_for(const OutputConfig& config, Spool& spool) {
  PipelineOutput output;
  output.name = config.name;
  output.format = find_format(spelling(config.format));
  output.spool = &spool;
  output.alerts_only = config.rows == RowSet::alerts;
  for (const std::string& name : config.products)
    if (const Product* product = find_product(name)) output.products.push_back(product);
  if (output.products.empty() && output.format->shape == RowShape::items)
    output.products.assign(std::begin(products), std::end(products));
  return output;
}

class LiveWalk final : public AlertWalk, public OutputProvider, public FileProvider {
 public:
  LiveWalk(const std::shared_ptr<const Config>& config, PhaseRules rules, FeedStandings& standings)
      : config_(config),
        started_with_(config),
        standings_(standings),
        phases_(std::move(rules), configured_site(*config)),
        phase_answers_(phases_),
        devices_(config->devices.devices_max),
        device_answers_(devices_) {}

  ~LiveWalk() override {
    stopping_ = true;
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    save_state();
  }

  Result<void> open() {
    const std::string& state_dir = config_->control.state_dir;
    phases_file_ = state_dir + "/phases.json";
    if (std::filesystem::exists(phases_file_))
      if (auto loaded = phases_.load(phases_file_); !loaded)
        log_line(LogLevel::warning, "phases begin afresh: " + describe(loaded.error()));
    devices_file_ = state_dir + "/devices.json";
    if (std::filesystem::exists(devices_file_))
      if (auto loaded = devices_.load(devices_file_); !loaded)
        log_line(LogLevel::warning, "the table of devices begins afresh: " + describe(loaded.error()));
    if (auto opened = open_journal(); !opened) return opened;
    for (const OutputConfig& output : config_->outputs) {
      auto made = make_output(output, config_->general, state_dir);
      if (!made) return tl::unexpected(made.error());
      outputs_.push_back(std::move(*made));
    }
    if (auto opened = open_files(); !opened) return opened;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void configure(std::shared_ptr<const Config> config) override {
    const std::lock_guard lock(mutex_);
    if (site_differs(*config_, *config))
      log_line(LogLevel::warning, "zones, relays, trusted_domains, phases, devices, outputs and file_store take effect when sekisho-control is restarted");
    config_ = std::move(config);
  }

  void attach(Attachment attachment) override {
    const std::lock_guard lock(mutex_);
    if (attachment.boot_id == boot_id_) return;  // the same rings: they are mapped
    boot_id_ = attachment.boot_id;
    make_pipeline(attachment);
    drain_->retire();
    if (files_ != nullptr) files_->retire();
    for (AttachedRing& ring : attachment.rings) attach_ring(ring);
    changed_.notify_all();
  }

  // Nothing to do: the rings are ours as long as they are mapped, and turn() drains them to their heads.
  void lost() override {}

  Providers providers() override { return {&phase_answers_, &alerts_, this, files_ != nullptr ? this : nullptr, &device_answers_}; }

  json files(size_t limit) override { return files_->store().list(limit); }
  std::optional<json> file(std::string_view sha256) override { return files_->store().show(sha256); }
  json store() override { return files_->store().state(); }

  bool moving() const override { return monotonic_ms() - last_turn_ms_ < turn_ms_max; }

  json outputs() override {
    json list = json::array();
    for (const Output& output : outputs_) {
      const SpoolCounters spool = output.spool->counters();
      list.push_back(
          {{"name", output.name},
           {"alive", output.pump->working() && output.spool->backlog_records() < spool_backlog_healthy_max},
           {"rows", spool.appended_records},
           {"delivered", spool.committed_records},
           {"backlog", output.spool->backlog_records()},
           {"spooled_bytes", spool.bytes_on_disk},
           {"dropped", spool.evicted_records + spool.lost_records},
           {"error", spool.write_errors == 0
                         ? json("")
                         : json("spool write errors: " + std::to_string(spool.write_errors))},
           {"status", output.pump->status()}});
    }
    return list;
  }

  json drain() override {
    const std::lock_guard lock(mutex_);
    if (drain_ == nullptr) return {{"records", 0}};
    const DrainCounters counters = drain_->counters();
    return {{"records", counters.records},       {"gaps", counters.gaps},
            {"dropped", counters.lost_records},  {"duplicates", counters.duplicates},
            {"rejected", counters.rejected},     {"broken_rings", counters.broken_rings},
            {"store_errors", counters.store_errors}, {"error", drain_->last_error()}};
  }

 private:
  static constexpr uint64_t spool_backlog_healthy_max = 100'000;
  static constexpr unsigned last_turns_max = 64;  // traffic goes on while we end

  Result<void> open_journal() {
    SpoolOptions options;
    options.directory = config_->control.state_dir + "/phase-journal";
    options.budget_bytes = journal_bytes_max;
    auto spool = Spool::open(options);
    if (!spool) return tl::unexpected(spool.error());
    journal_spool_ = std::move(*spool);
    journal_ = std::make_unique<PhaseJournal>(*journal_spool_, phases_, devices_);
    if (const size_t count = journal_->replay(); count != 0)
      log_line(LogLevel::notice,
               std::to_string(count) + " records since the last snapshot of phases and devices are judged again");
    return {};
  }

  // Also where nothing is stored any more: what lies there can be listed.
  Result<void> open_files() {
    const FileStoreConfig& config = config_->file_store;
    FileStoreOptions options;
    options.directory = config.directory.empty() ? config_->control.state_dir + "/files" : config.directory;
    options.budget_bytes = config.budget_mb << 20;
    options.when_full = config.when_full == StoreFull::refuse ? WhenFull::refuse : WhenFull::evict_oldest;
    if (!config_->dataplane.stored_files.enabled && !std::filesystem::exists(options.directory)) return {};
    auto store = FileStore::open(std::move(options));
    if (!store) return tl::unexpected(store.error());
    files_ = std::make_unique<FileWalk>(std::move(*store));
    return {};
  }

  static bool site_differs(const Config& a, const Config& b) {
    return a.trusted_domains != b.trusted_domains || a.zones.internal != b.zones.internal ||
           a.zones.dmz != b.zones.dmz || a.relays.proxies != b.relays.proxies ||
           a.relays.resolvers != b.relays.resolvers || a.relays.mail != b.relays.mail ||
           a.phases.rules != b.phases.rules || a.devices != b.devices || a.outputs != b.outputs || a.file_store != b.file_store;
  }

  // Protocol names come with the data plane; those of a later process of the same build are the same.
  void make_pipeline(const Attachment& attachment) {
    if (pipeline_ != nullptr) return;
    protocols_ = attachment.protocols;
    AlertPipelineOptions options;
    for (const std::string& name : protocols_) options.protocols.push_back(name);
    options.host_name = config_->general.name;
    options.devices = &devices_;
    options.tells_new_devices = started_with_->devices.tell_new;
    options.standings = &standings_;
    options.threads = static_cast<unsigned>(std::max<uint64_t>(1, config_->control.drain_threads));
    options.on_alert = [this](std::string_view line) { alerts_.add(line); };
    std::vector<PipelineOutput> rows;
    for (size_t i = 0; i < outputs_.size(); ++i) rows.push_back(rows_for(started_with_->outputs[i], *outputs_[i].spool));
    pipeline_ = std::make_unique<AlertPipeline>(std::move(options), phases_, std::move(rows));
    journal_->set_next(*pipeline_);
    drain_ = std::make_unique<Drain>(*journal_, drain_settle_ms);
  }

  void attach_ring(AttachedRing& ring) {
    auto mapping = map_ring(ring.file.get());
    if (!mapping) return log_line(LogLevel::error, "a record ring cannot be mapped: " + describe(mapping.error()));
    auto consumer = RingConsumer::open(mapping->memory());
    if (!consumer) return log_line(LogLevel::error, describe(consumer.error()));
    auto memory = std::make_shared<Mapping>(std::move(*mapping));
    if (ring.kind == RingKind::files) return attach_files(*consumer, std::move(memory));
    if (auto attached = drain_->attach(*consumer, std::move(memory)); !attached)
      log_line(LogLevel::error, describe(attached.error()));
  }

  void attach_files(RingConsumer ring, std::shared_ptr<Mapping> memory) {
    if (files_ == nullptr) return log_line(LogLevel::warning, "the data plane stores files; sekisho-control does so when it is restarted");
    files_->attach(std::move(ring), std::move(memory), protocols_);
  }

  void run() {
    auto next_snapshot = Clock::now() + snapshot_interval;
    while (!stopping_) {
      size_t moved = 0;
      last_turn_ms_ = monotonic_ms();
      {
        std::unique_lock lock(mutex_);
        if (drain_ != nullptr) moved = drain_->turn(monotonic_ms());
        if (moved == 0) changed_.wait_for(lock, empty_turn_pause, [this] { return stopping_.load(); });
      }
      if (moved != 0)
        for (const Output& output : outputs_) output.pump->wake();
      if (Clock::now() >= next_snapshot) {
        save_state();
        next_snapshot = Clock::now() + snapshot_interval;
      }
    }
    finish();
  }

  // The rings may end with us: what is in them goes into the spools, settled or not.
  void finish() {
    const std::lock_guard lock(mutex_);
    if (drain_ == nullptr) return;
    const uint64_t now_ms = monotonic_ms();
    for (unsigned turn = 1, empty = 0; turn <= last_turns_max && empty < 3; ++turn)
      empty = drain_->turn(now_ms + turn * drain_settle_ms) != 0 ? 0 : empty + 1;
  }

  // What the journal holds is needed until both files are there.
  void save_state() {
    auto saved = phases_.save(phases_file_);
    if (saved) saved = devices_.save(devices_file_);
    if (!saved && save_error_ != saved.error().text) {
      save_error_ = saved.error().text;
      log_line(LogLevel::error, "phases and devices cannot be saved: " + describe(saved.error()));
    } else if (saved && journal_ != nullptr) {
      journal_->forget();
    }
  }

  std::shared_ptr<const Config> config_;
  const std::shared_ptr<const Config> started_with_;  // what takes effect at a restart only
  FeedStandings& standings_;
  PhaseEngine phases_;
  PhaseAnswers phase_answers_;
  Devices devices_;
  DeviceAnswers device_answers_;
  std::unique_ptr<Spool> journal_spool_;
  std::unique_ptr<PhaseJournal> journal_;
  RecentAlerts alerts_;
  std::vector<Output> outputs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> last_turn_ms_ = monotonic_ms();
  uint32_t boot_id_ = 0;
  std::vector<std::string> protocols_;
  std::unique_ptr<AlertPipeline> pipeline_;
  std::unique_ptr<Drain> drain_;
  std::unique_ptr<FileWalk> files_;
  std::string phases_file_, devices_file_;
  std::string save_error_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<AlertWalk>> make_live_walk(const std::shared_ptr<const Config>& config, FeedStandings& standings) {
  const std::string& own = config->phases.rules;
  auto rules = own.empty() ? parse_phase_rules(phase_rules_yaml, "rules.yaml") : load_phase_rules(own);
  if (!rules) return tl::unexpected(rules.error());
  auto walk = std::make_unique<LiveWalk>(config, std::move(*rules), standings);
  if (auto opened = walk->open(); !opened) return tl::unexpected(opened.error());
  return walk;
}

}  // namespace sekisho
