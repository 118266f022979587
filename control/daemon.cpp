// SPDX-License-Identifier: Apache-2.0
#include "control/daemon.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <csignal>

#include "control/api/handlers.h"
#include "control/config/dataplane_options.h"
#include "control/config/load.h"
#include "control/log.h"

namespace sekisho {

namespace {

using Clock = std::chrono::steady_clock;

int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Loads a file; its problems go to the journal.
Result<std::shared_ptr<const Config>> load(const std::string& file) {
  LoadedConfig loaded = load_config(file);
  for (const Problem& problem : loaded.problems)
    log_line(problem.level == Problem::Level::error ? LogLevel::error : LogLevel::warning, print_problem(problem, file, loaded.source));
  if (loaded.config) return std::make_shared<const Config>(std::move(*loaded.config));
  const Problem& first = loaded.problems.front();
  return fail(first.path + (first.path.empty() ? "" : ": ") + first.message + " (see `sekishoctl config check`)", file, first.line);
}

FileDescriptor block_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);  // before any thread: all inherit it
  std::signal(SIGPIPE, SIG_IGN);
  return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::start(std::string config_file, const MakeAlertWalk& make_walk) {
  auto config = load(config_file);
  if (!config) return tl::unexpected(config.error());
  set_log_level((*config)->control.log_level);
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(config_file), std::move(*config)));
  if (auto opened = daemon->open(make_walk); !opened) return tl::unexpected(opened.error());
  return daemon;
}

Daemon::Daemon(std::string config_file, std::shared_ptr<const Config> config)
    : config_file_(std::move(config_file)),
      started_at_s_(wall_s()),
      config_(std::move(config)),
      signals_(block_signals()),
      link_(config_->dataplane.socket) {}

Daemon::~Daemon() {
  service_manager_.stopping();
  server_.reset();     // no more requests,
  walk_.reset();   // then what they ask
  fetchers_.reset();
  publisher_.reset();
}

Result<void> Daemon::open(const MakeAlertWalk& make_walk) {
  if (!signals_) return fail("no signalfd");
  const ControlConfig& control = config_->control;
  auto generation = GenerationCounter::open(control.state_dir + "/generation");
  if (!generation) return tl::unexpected(generation.error());
  if (auto opened = standings_.open(control.state_dir + "/feeds.state"); !opened)
    log_line(LogLevel::warning, "the standings of feeds begin afresh: " + describe(opened.error()));
  standings_.configure(feeds_and_operator(*config_));
  auto added = OperatorIndicators::open(control.state_dir + "/indicators.csv");
  if (!added) return tl::unexpected(added.error());
  patterns_ = std::make_unique<KeptCompiler>(PatternCache(control.state_dir + "/patterns"));
  publisher_ = std::make_unique<Publisher>(link_, std::move(*generation), std::move(*added), image_maker(*patterns_), &standings_);
  publisher_->configure(config_);

  fetchers_ = std::make_unique<Fetchers>(FetchListener{[this] { publisher_->request(); }, [](const std::string& feed, const std::string& error) {
    log_line(error.empty() ? LogLevel::notice : LogLevel::warning, "feed " + feed + (error.empty() ? " is fetched again" : " is not fetched: " + error));
  }});
  if (auto configured = fetchers_->configure(*config_); !configured) return configured;

  Providers providers;
  if (make_walk) {
    auto walk = make_walk(config_, standings_);
    if (!walk) return tl::unexpected(walk.error());
    walk_ = std::move(*walk);
    providers = walk_->providers();
  }
  providers.fetches = fetchers_.get();
  state_ = std::make_unique<ControlState>(ControlState{*publisher_, link_, standings_, providers,
                                                       [this] { return reload(); }, started_at_s_,
                                                       [this] {
                                                         const std::lock_guard lock(config_mutex_);
                                                         return reload_error_;
                                                       }});
  auto server = Server::start({control.socket, control.group, control.connections_max, std::chrono::milliseconds(control.request_timeout_ms)},
                              [this](const Message& request) { return answer_request(*state_, request); });
  if (!server) return tl::unexpected(server.error());
  server_ = std::move(*server);
  publisher_->request();
  return {};
}

Result<void> Daemon::reload() {
  auto fresh = load(config_file_);
  const std::lock_guard lock(config_mutex_);
  reload_error_ =
      fresh ? std::string()
            : "the configuration file is not in force, an earlier one is: " + describe(fresh.error());
  if (!fresh) return fail(reload_error_);
  if (render_dataplane_options(*config_) != render_dataplane_options(**fresh))
    log_line(LogLevel::warning, "keys of dataplane changed: they take effect when sekisho-dataplane is restarted");
  if (config_->control.socket != (*fresh)->control.socket || config_->control.state_dir != (*fresh)->control.state_dir)
    log_line(LogLevel::warning, "control.socket and control.state_dir take effect when sekisho-control is restarted");
  config_ = std::move(*fresh);
  set_log_level(config_->control.log_level);
  standings_.configure(feeds_and_operator(*config_));
  publisher_->configure(config_);
  if (auto configured = fetchers_->configure(*config_); !configured) log_line(LogLevel::error, describe(configured.error()));
  config_changed_ = true;
  return {};
}

void Daemon::run() {
  service_manager_.ready();
  log_line(LogLevel::notice, "sekisho-control " SEKISHO_VERSION " answers on " + config_->control.socket);
  auto next_alive = Clock::now();
  for (;;) {
    if (!handle_signals()) return;
    if (config_changed_.exchange(false) && walk_ != nullptr) {
      const std::lock_guard lock(config_mutex_);
      walk_->configure(config_);
    }
    watch_dataplane();
    watch_standings();
    tell_service_manager();
    if (service_manager_.watchdog_interval().count() > 0 && Clock::now() >= next_alive) {
      if (walk_ == nullptr || walk_->moving()) service_manager_.alive();
      next_alive = Clock::now() + service_manager_.watchdog_interval() / 2;
    }
    pollfd entry{signals_.get(), POLLIN, 0};
    ::poll(&entry, 1, static_cast<int>(std::min<uint64_t>(config_->control.reconnect_ms, 1000)));
  }
}

bool Daemon::handle_signals() {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo != SIGHUP) {
      log_line(LogLevel::notice, "asked to stop");
      return false;
    }
    service_manager_.reloading();
    if (auto reloaded = reload()) publisher_->request();
    else
      log_line(LogLevel::error, describe(reloaded.error()));
    service_manager_.ready();
  }
  return true;
}

void Daemon::watch_dataplane() {
  if (!link_.lost()) return;
  if (attached_) {
    attached_ = false;
    log_line(LogLevel::warning, "the data plane is gone; its rings are drained");
    publisher_->dataplane_lost();
    if (walk_ != nullptr) walk_->lost();
  }
  attach();
}

// A trial is over, a ceiling was broken.
void Daemon::watch_standings() {
  if (!standings_.take_change(wall_s())) return;
  for (const FeedStanding& feed : standings_.list(wall_s()))
    log_line(LogLevel::notice, "feed " + feed.name + ": " + std::string(spelling(feed.mode)));
  publisher_->request();
}

void Daemon::attach() {
  auto attachment = link_.connect();
  if (!attachment) {
    const std::string error = describe(attachment.error());
    if (error != connect_error_) log_line(LogLevel::warning, "no data plane: " + error);
    connect_error_ = error;
    return;
  }
  connect_error_.clear();
  attached_ = true;
  log_line(LogLevel::notice, "attached to data plane " + std::to_string(attachment->boot_id) + " with " +
                                 std::to_string(attachment->rings.size()) + " rings");
  if (walk_ != nullptr) walk_->attach(std::move(*attachment));
  else kept_ = std::move(*attachment);
  publisher_->dataplane_attached();
}

void Daemon::tell_service_manager() {
  const PublishStatus set = publisher_->status();
  const std::string text = std::string(attached_ ? "data plane attached" : "no data plane") + ", generation " +
                           std::to_string(set.generation) + ", " + std::to_string(set.indicators) + " indicators";
  if (text == told_) return;
  told_ = text;
  service_manager_.status(text);
}

}  // namespace sekisho
