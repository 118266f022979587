// SPDX-License-Identifier: Apache-2.0
// sekisho-dataplane: start-up in the order that privileges need (io/privileges.h), then main serves commands until it is told to end.
#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>

#include "dataplane/io/deaf_ports.h"
#include "dataplane/io/eal.h"
#include "dataplane/io/mbuf_packets.h"
#include "dataplane/io/notify.h"
#include "dataplane/io/privileges.h"
#include "dataplane/io/xdp_detach.h"
#include "dataplane/reload/commands.h"
#include "dataplane/worker.h"

namespace sekisho {

namespace {

constexpr unsigned links_patience_ms = 5000;
constexpr std::chrono::milliseconds main_turn{200};
// Packet buffers of an lcore beside those in the rings of its queues: half of them for what streams keep.
constexpr unsigned buffers_per_lcore = 1U << 15;
constexpr unsigned pool_cache = 256;
// How late an idle lcore's sleep may end: the kernel's default is 50 us, as much as the sleep itself.
constexpr unsigned long timer_slack_ns = 1000;

std::atomic<bool> stop{false};
std::atomic<bool> privileges_dropped{false};

void on_signal(int) { stop.store(true); }

int complain(const Error& error) {
  std::fprintf(stderr, "sekisho-dataplane: %s\n", describe(error).c_str());
  return 1;
}

bool stores_files(const DataplaneOptions& options) { return options.pipeline.inspector.stored_files.enabled; }

// For each worker, in the order of RingKind: that of files where files are stored.
Result<std::vector<MemoryFile>> make_rings(const DataplaneOptions& options) {
  std::vector<MemoryFile> rings;
  for (size_t lcore = 0; lcore < options.lcores.size(); ++lcore) {
    std::vector<uint64_t> sizes_mb = {options.sightings_ring_mb, options.transactions_ring_mb};
    if (stores_files(options)) sizes_mb.push_back(options.files_ring_mb);
    for (const uint64_t mb : sizes_mb) {
      auto memory = make_ring_memory("sekisho-ring", ring_mapping_bytes(mb << 20));
      if (!memory) return tl::unexpected(memory.error());
      rings.push_back(std::move(*memory));
    }
  }
  return rings;
}

int run_worker(void* argument) {
  auto* worker = static_cast<Worker*>(argument);
  while (!privileges_dropped.load(std::memory_order_acquire)) rte_pause();
  prctl(PR_SET_TIMERSLACK, timer_slack_ns, 0, 0, 0);
  if (const auto filtered = filter_lcore(); !filtered) {
    stop.store(true);
    return complain(filtered.error());
  }
  worker->run();
  return 0;
}

struct Arguments {
  std::string options_file;
  bool detach = false;
};

bool read_arguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--options" && i + 1 < argc) {
      arguments.options_file = argv[++i];
    } else if (argument == "--detach") {
      arguments.detach = true;
    } else {
      return false;
    }
  }
  return !arguments.options_file.empty();
}

Result<void> become_unprivileged(const DataplaneOptions& options) {
  if (auto result = become(options.user); !result) return result;
  if (auto result = filter_process(); !result) return result;
  privileges_dropped.store(true, std::memory_order_release);
  return {};
}

PipelineOptions worker_options(const DataplaneOptions& options, unsigned index, const uint64_t secret[2],
                               std::span<const uint16_t> paths, Expectations& expectations) {
  PipelineOptions pipeline = options.pipeline;
  pipeline.flows.lcore = static_cast<uint8_t>(index);
  pipeline.flows.hash_key[0] = secret[0];
  pipeline.flows.hash_key[1] = secret[1];
  pipeline.streams.random_seed = secret[0] ^ index;
  pipeline.streams.kept_segments = buffers_per_lcore / 2;
  pipeline.streams.streams = pipeline.flows.flows_max;
  pipeline.inspector.rows = FieldMask::all();
  pipeline.inspector.expectations = &expectations;
  pipeline.decode.path_of_pair = paths;
  return pipeline;
}

// In words, where a port has gone deaf; else empty.
std::string deafness(DeafPorts& deaf_ports, const Ports& ports, uint64_t now_ns) {
  std::vector<DriverCounters> counters;
  for (const Port& port : ports.list()) counters.push_back(ports.counters(port));
  const auto deaf = deaf_ports.look(counters, now_ns);
  if (!deaf) return {};
  return "port " + ports.list()[*deaf].name + " loses every frame (" + std::to_string(counters[*deaf].missed) +
         " missed) and gives none: ending, to be started again";
}

int run(const DataplaneOptions& options) {
  uint64_t secret[2];
  uint32_t boot_id = 0;
  if (getrandom(secret, sizeof secret, 0) != sizeof secret || getrandom(&boot_id, sizeof boot_id, 0) != sizeof boot_id)
    return complain({"no random numbers", {}, 0});
  detach_stale_xdp(options.pairs);
  if (auto result = forbid_new_privileges(); !result) return complain(result.error());
  const auto eal = choose_eal(options);
  if (!eal) return complain(eal.error());
  std::fprintf(stderr, "sekisho-dataplane: %s\n", eal->explanation.c_str());
  if (auto result = start_eal(*eal); !result) return complain(result.error());

  const auto lcore_count = static_cast<unsigned>(options.lcores.size());
  const auto buffers = static_cast<unsigned>(buffers_per_lcore + 2 * options.pairs.size() * 2 * queue_descriptors) * lcore_count;
  const auto pool = make_packet_pool("packets", buffers, pool_cache);
  if (!pool) return complain(pool.error());
  auto ports = Ports::open(options, *pool);
  if (!ports) return complain(ports.error());
  for (const std::string& name : ports->wait_for_links(links_patience_ms))
    std::fprintf(stderr, "sekisho-dataplane: warning: port %s has no link\n", name.c_str());

  std::vector<uint16_t> paths(options.pairs.size());
  for (const Port& port : ports->list()) paths[port.pair] = port.path;

  auto rings = make_rings(options);
  auto heartbeat = make_ring_memory("sekisho-heartbeat", sizeof(Heartbeat));
  auto handover = HandoverRings::make(lcore_count);
  if (!rings) return complain(rings.error());
  if (!heartbeat) return complain(heartbeat.error());
  if (!handover) return complain(handover.error());
  auto& words = *reinterpret_cast<Heartbeat*>(heartbeat->mapping.memory().data());
  TscClock clock;
  ImageSlot images(lcore_count);
  Expectations expectations{KeyedHash(secret)};
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < lcore_count; ++i) {
    WorkerContext context;
    context.index = i;
    context.ports = ports->list();
    context.pool = *pool;
    context.clock = &clock;
    context.images = &images;
    context.handover = &*handover;
    context.heartbeat = &words.lcores[i];
    context.stop = &stop;
    context.idle_empty_polls = options.idle_empty_polls;
    context.idle_sleep_us_max = options.idle_sleep_us_max;
    const auto ring = [&](RingKind kind, uint64_t mb) {
      const size_t kinds = rings->size() / lcore_count;
      return RingProducer((*rings)[i * kinds + static_cast<size_t>(kind)].mapping.memory(), mb << 20, i, kind, boot_id);
    };
    RecordOutput output(ring(RingKind::sightings, options.sightings_ring_mb), ring(RingKind::transactions, options.transactions_ring_mb),
                        boot_id, static_cast<uint8_t>(i));
    if (stores_files(options)) output.set_files(ring(RingKind::files, options.files_ring_mb));
    workers.push_back(std::make_unique<Worker>(context, worker_options(options, i, secret, paths, expectations), output));
    if (rte_eal_remote_launch(run_worker, workers.back().get(), options.lcores[i]) != 0)
      return complain({"lcore " + std::to_string(options.lcores[i]) + " takes no worker", {}, 0});
  }

  DataplaneView view;
  view.options = &options;
  view.ports = &*ports;
  view.workers = workers;
  view.rings = *rings;
  view.heartbeat = &*heartbeat;
  view.pool = *pool;
  view.handover = &*handover;
  view.images = &images;
  view.clock = &clock;
  view.boot_id = boot_id;
  view.page_mode = eal->explanation;
  CommandCounters command_counters;
  view.commands = &command_counters;
  auto server = CommandServer::listen(options.socket, command_counters, [&](const std::string& text, std::vector<FileDescriptor>& files) {
    return answer_command(view, text, files);
  });
  if (!server) return complain(server.error());
  Notifier notifier;  // opened now: the filter forbids new sockets
  signal(SIGTERM, on_signal);
  signal(SIGINT, on_signal);
  signal(SIGPIPE, SIG_IGN);
  if (auto result = become_unprivileged(options); !result) return complain(result.error());
  notifier.send("READY=1\nSTATUS=" + std::to_string(ports->list().size()) + " ports, " +
                std::to_string(lcore_count) + " lcores, " + eal->explanation);
  std::fprintf(stderr, "sekisho-dataplane: ready: %zu ports, %u lcores\n", ports->list().size(), lcore_count);
  DeafPorts deaf_ports(ports->list().size());
  std::string failure;
  while (!stop.load()) {
    server->serve(main_turn);
    clock.resynchronise();
    // A data plane with an lcore that stands still is a cut wire: the service manager shall know.
    const uint64_t now_ns = clock.monotonic_ns();
    if (!all_move(words, lcore_count, now_ns, watchdog_heartbeat_age_ns_max)) continue;
    notifier.send("WATCHDOG=1");
    failure = deafness(deaf_ports, *ports, now_ns);
    if (failure.empty()) continue;
    complain({failure, {}, 0});
    notifier.send("STATUS=" + failure);
    stop.store(true);
  }
  notifier.send("STOPPING=1");
  rte_eal_mp_wait_lcore();
  // Closing the drivers would need sockets and ioctls that the filter forbids. The kernel closes what a process held; an XDP program
  // that stays on its interface goes with --detach (the unit's stop step).
  _exit(failure.empty() ? 0 : 1);
}

}  // namespace

}  // namespace sekisho

int main(int argc, char** argv) {
  sekisho::Arguments arguments;
  if (!sekisho::read_arguments(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: sekisho-dataplane --options FILE            inspect, until SIGTERM\n"
                 "       sekisho-dataplane --options FILE --detach   take programs that a killed process left off the interfaces\n");
    return 2;
  }
  const auto options = sekisho::read_options_file(arguments.options_file);
  if (!options) return sekisho::complain(options.error());
  if (arguments.detach) return sekisho::detach_stale_xdp(options->pairs), 0;
  return sekisho::run(*options);
}
