// SPDX-License-Identifier: Apache-2.0
// Every key of the configuration: one table for each section, innermost first. Sentence, default, unit, range.
#include "control/config/limits.h"
#include "control/config/value.h"

namespace sekisho {

namespace {

constexpr ValueRange name_range{1, 64};
constexpr ValueRange path_range{1, 4095};
constexpr ValueRange socket_range{1, 107};
constexpr ValueRange percent{0, 100};
constexpr ValueRange seconds{1, 86400};

constexpr KeySpec general_keys[] = {
    key<&GeneralConfig::name>({.name = "name", .sentence = "The appliance's name in rows and messages.",
                               .fallback = "sekisho", .range = name_range, .check = check_name}),
    key<&GeneralConfig::site>({.name = "site", .sentence = "Where it stands; rows carry it.", .range = {0, 64}}),
};
constexpr SectionSpec general_section{"The appliance itself.", general_keys};

constexpr KeySpec port_keys[] = {
    key<&PortConfig::vdev>({.name = "vdev", .sentence = "A virtual device in DPDK's words; instead of pci.",
                            .range = {0, 255}, .sample = "net_af_xdp0,iface=eth1"}),
    key<&PortConfig::pci>({.name = "pci", .sentence = "The PCI address of a NIC that is bound to vfio-pci; instead of vdev.",
                           .check = check_pci}),
};
constexpr SectionSpec port_section{"One end of a pair: a vdev or a PCI address.", port_keys};

constexpr KeySpec pair_keys[] = {
    key<&PairConfig::name>({.name = "name", .sentence = "The pair's name in rows and counters.", .range = name_range,
                            .presence = Presence::required, .sample = "inside-dmz", .check = check_name}),
    key<&PairConfig::mode>({.name = "mode", .sentence = "monitor reports only; inline also stops.",
                            .fallback = "monitor"}),
    key<&PairConfig::a>({.name = "a", .sentence = "The inner end.", .presence = Presence::required}, port_section),
    key<&PairConfig::b>({.name = "b", .sentence = "The outer end; absent where a only listens to a mirror."}, port_section),
    key<&PairConfig::path_group>({.name = "path_group",
                                  .sentence = "Pairs of one group share their traffic (two links of one path).",
                                  .range = {0, 64}, .check = check_name}),
};
constexpr SectionSpec pair_section{"A port pair: what enters at one end leaves at the other.", pair_keys};

constexpr KeySpec flows_keys[] = {
    key<&FlowsConfig::flows_max>({.name = "flows_max", .sentence = "Flows kept by each lcore.", .fallback = "131072",
                                  .unit = "flows", .range = {1024, 1U << 26}}),
    key<&FlowsConfig::half_open_max>({.name = "half_open_max",
                                      .sentence = "Of these, flows where one side has not spoken; the oldest goes first.",
                                      .fallback = "16384", .unit = "flows", .range = {256, 1U << 25}}),
    key<&FlowsConfig::half_open_timeout_s>({.name = "half_open_timeout_s", .sentence = "A half-open flow ends after this silence.",
                                            .fallback = "30", .unit = "s", .range = seconds}),
    key<&FlowsConfig::established_timeout_s>({.name = "established_timeout_s", .sentence = "A TCP flow ends after this silence.",
                                              .fallback = "300", .unit = "s", .range = seconds}),
    key<&FlowsConfig::closed_timeout_s>({.name = "closed_timeout_s", .sentence = "A TCP flow is kept this long after FIN or RST.",
                                         .fallback = "5", .unit = "s", .range = seconds}),
    key<&FlowsConfig::datagram_timeout_s>({.name = "datagram_timeout_s",
                                           .sentence = "A flow of UDP, ICMP or another protocol ends after this silence.",
                                           .fallback = "60", .unit = "s", .range = seconds}),
    key<&FlowsConfig::tombstone_s>({.name = "tombstone_s", .sentence = "A blocked flow drops both directions this long.",
                                    .fallback = "60", .unit = "s", .range = seconds}),
    key<&FlowsConfig::pick_up_midstream>({.name = "pick_up_midstream",
                                          .sentence = "Inspect TCP flows whose handshake was not seen, from where they stand.",
                                          .fallback = "true"}),
    key<&FlowsConfig::vlans_in_key>({.name = "vlans_in_key",
                                     .sentence = "Hosts of different VLANs may share addresses: the VLAN tags are part of a flow's key.",
                                     .fallback = "false"}),
};
constexpr SectionSpec flows_section{"The flow tables.", flows_keys};

constexpr KeySpec rings_keys[] = {
    key<&RingsConfig::sightings_mb>({.name = "sightings_mb", .sentence = "The ring of sightings, for each lcore.",
                                     .fallback = "64", .unit = "MiB, a power of two", .range = {1, 8192},
                                     .check = check_power_of_two}),
    key<&RingsConfig::transactions_mb>({.name = "transactions_mb",
                                        .sentence = "The ring of transactions, flows and files, for each lcore.",
                                        .fallback = "64", .unit = "MiB, a power of two", .range = {1, 8192},
                                        .check = check_power_of_two}),
};
constexpr SectionSpec rings_section{"Records wait here for control; what does not fit is counted.", rings_keys};

constexpr KeySpec idle_keys[] = {
    key<&IdleConfig::empty_polls>({.name = "empty_polls",
                                   .sentence = "Empty polls in a row before an lcore begins to sleep; 0 = it never sleeps.",
                                   .fallback = "0", .unit = "polls", .range = {0, 1U << 30}}),
    key<&IdleConfig::sleep_us_max>({.name = "sleep_us_max", .sentence = "The longest sleep.", .fallback = "100",
                                    .unit = "us", .range = {1, 10000}}),
};
constexpr SectionSpec idle_section{"What an lcore does without traffic.", idle_keys};

constexpr KeySpec exhaustion_keys[] = {
    key<&ExhaustionConfig::flows>({.name = "flows", .sentence = "A new flow finds the table full (counter flow.refused).",
                                   .fallback = "open"}),
    key<&ExhaustionConfig::half_open>(
        {.name = "half_open",
         .sentence = "A new flow finds half_open_max met: the oldest half-open flow makes room (flow.evicted_half_open), or the new "
                     "one is dropped (flow.refused_half_open).",
         .fallback = "open"}),
    key<&ExhaustionConfig::streams>({.name = "streams", .sentence = "No memory to keep a TCP connection in order (stream.refused).",
                                     .fallback = "open"}),
    key<&ExhaustionConfig::segments>(
        {.name = "segments",
         .sentence = "No room to keep a segment until it is acknowledged (stream.retention_limit, stream.pool_empty); the sender "
                     "repeats what is dropped.",
         .fallback = "closed"}),
    key<&ExhaustionConfig::layer7>(
        {.name = "layer7",
         .sentence = "No memory to parse a flow, or too many tunnels in it (inspect.flows_refused, inspect.inner_refused, "
                     "l7.no_memory, l7.nesting_full).",
         .fallback = "open"}),
    key<&ExhaustionConfig::transactions>(
        {.name = "transactions",
         .sentence = "No memory for a transaction's record; its values are looked up all the same (inspect.tx_refused).",
         .fallback = "open"}),
    key<&ExhaustionConfig::bodies>(
        {.name = "bodies",
         .sentence = "No memory to decode or search a body (inspect.body_refused, inspect.body_layers, inspect.body_unscanned).",
         .fallback = "open"}),
    key<&ExhaustionConfig::sightings>(
        {.name = "sightings",
         .sentence = "The ring of sightings is full, so that alerts are lost (ring.sightings.dropped): closed stops the port pair "
                     "until there is room.",
         .fallback = "open"}),
};
constexpr SectionSpec exhaustion_section{
    "What happens at each bound on inline pairs: open forwards uninspected, closed drops. Fragments without room are always dropped.", exhaustion_keys};

constexpr KeySpec malformed_keys[] = {
    key<&MalformedConfig::packet>({.name = "packet", .sentence = "Headers that contradict each other, bad checksums.",
                                   .fallback = "drop"}),
    key<&MalformedConfig::application>({.name = "application",
                                        .sentence = "Bytes that a layer-7 parser cannot read, and ambiguous ones.",
                                        .fallback = "pass"}),
    key<&MalformedConfig::uncompared_retransmission>(
        {.name = "uncompared_retransmission", .sentence = "A retransmission of bytes that are no longer kept.",
         .fallback = "drop"}),
};
constexpr SectionSpec malformed_section{"What happens to malformed traffic on inline pairs.", malformed_keys};

constexpr KeySpec sinkhole_keys[] = {
    key<&SinkholeConfig::ipv4>({.name = "ipv4", .sentence = "Answer to A questions.", .fallback = "192.0.2.1",
                                .check = check_ipv4}),
    key<&SinkholeConfig::ipv6>({.name = "ipv6", .sentence = "Answer to AAAA questions.", .fallback = "2001:db8::1",
                                .check = check_ipv6}),
    key<&SinkholeConfig::ttl_s>({.name = "ttl_s", .sentence = "Time to live of the answers.", .fallback = "10", .unit = "s",
                                 .range = {0, 86400}}),
};
constexpr SectionSpec sinkhole_section{"Where sinkholed names point.", sinkhole_keys};

constexpr KeySpec stored_files_keys[] = {
    key<&StoredFilesConfig::enabled>({.name = "enabled", .sentence = "Hand files that pass to the file store.", .fallback = "false"}),
    key<&StoredFilesConfig::ring_mb>({.name = "ring_mb", .sentence = "The ring of their bytes, for each lcore; a file that does not fit is not stored.",
                                      .fallback = "64", .unit = "MiB, a power of two", .range = {1, 8192}, .check = check_power_of_two}),
    key<&StoredFilesConfig::types>({.name = "types", .sentence = "Types as `magic` of their rows names them (pe, pdf, ooxml, zip, ...); empty = all.",
                                    .range = {1, 64}, .sample = "pe", .check = check_name}),
    key<&StoredFilesConfig::protocols>({.name = "protocols", .sentence = "Protocols that carry them (http, smtp, ...); empty = all.",
                                        .range = {1, 32}, .sample = "smtp", .check = check_name}),
    key<&StoredFilesConfig::directions>({.name = "directions", .sentence = "to_client: downloads; to_server: uploads and sent mail; empty = both.",
                                         .sample = "to_client"}),
    key<&StoredFilesConfig::bytes_min>({.name = "bytes_min", .sentence = "Smaller files are not stored.", .fallback = "1", .unit = "bytes",
                                        .range = {1, uint64_t{1} << 40}}),
    key<&StoredFilesConfig::bytes_max>({.name = "bytes_max", .sentence = "Larger files are not stored.", .fallback = "33554432", .unit = "bytes",
                                        .range = {1, uint64_t{1} << 40}}),
};
constexpr SectionSpec stored_files_section{"Which files go to the file store; members of archives go with their archive.", stored_files_keys};

constexpr KeySpec dataplane_keys[] = {
    key<&DataplaneConfig::lcores>({.name = "lcores", .sentence = "CPUs that inspect packets, one worker each.",
                                   .fallback = "1", .unit = "CPU index", .range = {0, 1023}}),
    key<&DataplaneConfig::main_lcore>({.name = "main_lcore", .sentence = "CPU of the data plane's other threads.",
                                       .fallback = "0", .unit = "CPU index", .range = {0, 1023}}),
    key<&DataplaneConfig::memory_mb>({.name = "memory_mb", .sentence = "Memory for packet buffers, flows and streams.",
                                      .fallback = "1024", .unit = "MiB", .range = {128, 1U << 20}}),
    key<&DataplaneConfig::hugepages>({.name = "hugepages",
                                      .sentence = "on: refuse to start without enough huge pages; auto: do without them.",
                                      .fallback = "auto"}),
    key<&DataplaneConfig::socket>({.name = "socket", .sentence = "The command socket that control connects to.",
                                   .fallback = "/run/sekisho-dataplane/command.sock", .range = socket_range, .check = check_path}),
    key<&DataplaneConfig::user>({.name = "user",
                                 .sentence = "Who the data plane becomes once its ports are open; empty = it stays.",
                                 .fallback = "sekisho-dataplane", .range = {0, 32}, .check = check_name}),
    key<&DataplaneConfig::mtu>({.name = "mtu", .sentence = "The longest IP packet on the ports.", .fallback = "1500",
                                .unit = "bytes", .range = {576, 9216}}),
    key<&DataplaneConfig::pairs>({.name = "pairs", .sentence = "The port pairs."}, pair_section),
    key<&DataplaneConfig::flows>({.name = "flows", .sentence = flows_section.sentence}, flows_section),
    key<&DataplaneConfig::rings>({.name = "rings", .sentence = rings_section.sentence}, rings_section),
    key<&DataplaneConfig::idle>({.name = "idle", .sentence = idle_section.sentence}, idle_section),
    key<&DataplaneConfig::digests>({.name = "digests",
                                    .sentence = "Digests of every file in its row; those that indicators need are added.",
                                    .sample = "sha256"}),
    key<&DataplaneConfig::judge_body_prefixes>(
        {.name = "judge_body_prefixes",
         .sentence = "Where a body's end is not known ahead, look up its digest before every segment goes on.",
         .fallback = "true"}),
    key<&DataplaneConfig::exhaustion>({.name = "exhaustion", .sentence = exhaustion_section.sentence}, exhaustion_section),
    key<&DataplaneConfig::malformed>({.name = "malformed", .sentence = malformed_section.sentence}, malformed_section),
    key<&DataplaneConfig::sinkhole>({.name = "sinkhole", .sentence = sinkhole_section.sentence}, sinkhole_section),
    key<&DataplaneConfig::stored_files>({.name = "stored_files", .sentence = stored_files_section.sentence}, stored_files_section),
};
constexpr SectionSpec dataplane_section{"The packet's side. Changes here need a restart of sekisho-dataplane.", dataplane_keys};

constexpr KeySpec zones_keys[] = {
    key<&ZonesConfig::internal>({.name = "internal", .sentence = "The organisation's inner networks.",
                                 .fallback = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"}),
    key<&ZonesConfig::dmz>({.name = "dmz", .sentence = "The DMZ's networks; they win over internal. All else is outside.",
                            .sample = "192.0.2.0/24"}),
};
constexpr SectionSpec zones_section{"Which address stands where.", zones_keys};

constexpr KeySpec relays_keys[] = {
    key<&RelaysConfig::proxies>({.name = "proxies", .sentence = "The organisation's web proxies.", .sample = "192.0.2.10"}),
    key<&RelaysConfig::resolvers>({.name = "resolvers", .sentence = "The organisation's DNS resolvers.", .sample = "192.0.2.53"}),
    key<&RelaysConfig::mail>({.name = "mail", .sentence = "The organisation's mail relays.", .sample = "192.0.2.25"}),
};
constexpr SectionSpec relays_section{
    "Hosts that act for others: a sighting on their outside leg belongs to the inside host behind it.", relays_keys};

constexpr KeySpec allowlist_keys[] = {
    key<&AllowlistConfig::domains>({.name = "domains", .sentence = "The organisation's own, with their subdomains; others.",
                                    .range = {1, 253}, .sample = "example.net", .check = check_domain}),
    key<&AllowlistConfig::addresses>({.name = "addresses", .sentence = "Addresses and networks, as of public resolvers.", .sample = "8.8.8.8"}),
    key<&AllowlistConfig::popular_domains>({.name = "popular_domains",
                                            .sentence = "A file of popular domains: a name a line, or \"rank,name\".",
                                            .range = {0, 4095}, .check = check_path}),
};
constexpr SectionSpec allowlist_section{
    "What no feed may list: left out, counted and said, whatever the feed says. zones, relays and trusted_domains are part of it.", allowlist_keys};
constexpr KeySpec fetch_keys[] = {
    key<&FetchConfig::url>({.name = "url", .sentence = "Where the feed's file is fetched from, https or http; instead of path.",
                            .range = {0, 2048}, .sample = "https://feeds.example/acme.csv", .check = check_url}),
    key<&FetchConfig::from>({.name = "from", .sentence = "taxii: url is a TAXII 2.1 collection, its objects are gathered to a STIX bundle; misp: url is a MISP feed's manifest.",
                             .fallback = "file"}),
    key<&FetchConfig::interval_s>({.name = "interval_s", .sentence = "Between two fetches, give or take a tenth; after a failure 30 s, twice as long each time.",
                                   .fallback = "3600", .unit = "s", .range = {5, 2'592'000}}),
    key<&FetchConfig::timeout_s>({.name = "timeout_s", .sentence = "A request that takes longer has failed.", .fallback = "60",
                                  .unit = "s", .range = {1, 3600}}),
    key<&FetchConfig::size_mb_max>({.name = "size_mb_max", .sentence = "A larger file, or collection, is refused.", .fallback = "256",
                                    .unit = "MiB", .range = {1, 1024}}),
    key<&FetchConfig::ca_file>({.name = "ca_file", .sentence = "Certificates (PEM) of who may vouch for the server; empty = the system's.",
                                .range = {0, 4095}, .check = check_path}),
    key<&FetchConfig::credentials_file>({.name = "credentials_file",
                                         .sentence = "Its first line: basic USER:PASSWORD, bearer TOKEN, or header NAME: VALUE.",
                                         .range = {0, 4095}, .check = check_path}),
};
constexpr SectionSpec fetch_section{"How the file comes from elsewhere.", fetch_keys};

constexpr KeySpec feed_keys[] = {
    key<&FeedConfig::name>({.name = "name", .sentence = "The feed's name in rows.", .range = name_range,
                            .presence = Presence::required, .sample = "acme", .check = check_name}),
    key<&FeedConfig::enabled>({.name = "enabled", .sentence = "false: neither fetched nor read.", .fallback = "true"}),
    key<&FeedConfig::path>({.name = "path", .sentence = "The file; instead of fetch.url.", .range = {0, 4095},
                            .sample = "/var/lib/sekisho/feeds/acme.csv", .check = check_path}),
    key<&FeedConfig::fetch>({.name = "fetch", .sentence = fetch_section.sentence}, fetch_section),
    key<&FeedConfig::public_key>({.name = "public_key",
                                  .sentence = "minisign key: the file is read only with a good signature, in FILE.minisig beside it.",
                                  .range = {0, 56}, .sample = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
                                  .check = check_public_key}),
    key<&FeedConfig::format>({.name = "format",
                              .sentence = "csv: a header names the columns; list: one value a line; suricata_dataset: kind tells what of.",
                              .fallback = "auto"}),
    key<&FeedConfig::mode>({.name = "mode", .sentence = "shadow: report and count only, whatever the policy says.",
                            .fallback = "enforce"}),
    key<&FeedConfig::promote_after_min>({.name = "promote_after_min",
                                         .sentence = "A feed in shadow enforces after so long with a good file and no breach of its ceiling; 0 = never.",
                                         .fallback = "0", .unit = "min", .range = {0, 525'600}}),
    key<&FeedConfig::stops_per_minute_max>({.name = "stops_per_minute_max",
                                            .sentence = "A feed that stops more is in shadow, with an alert, until `sekishoctl feed promote`; 0 = no ceiling.",
                                            .fallback = "0", .unit = "sightings", .range = {0, 1'000'000'000}}),
    key<&FeedConfig::kind>({.name = "kind", .sentence = "Kind of the values whose kind the file does not tell; else sniffed."}),
    key<&FeedConfig::severity>({.name = "severity", .sentence = "Of indicators without their own.", .fallback = "medium"}),
    key<&FeedConfig::confidence>({.name = "confidence", .sentence = "Of indicators without their own.", .fallback = "50",
                                  .unit = "per cent", .range = percent}),
    key<&FeedConfig::tlp>({.name = "tlp", .sentence = "Traffic light of indicators without their own.", .fallback = "clear"}),
    key<&FeedConfig::action>({.name = "action", .sentence = "Action that indicators without their own ask for."}),
    key<&FeedConfig::expire_after_s>({.name = "expire_after_s",
                                      .sentence = "Indicators without valid_until end so long after the file's time, which each good fetch renews; 0 = never.",
                                      .fallback = "0", .unit = "s", .range = {0, 315'360'000}}),
    key<&FeedConfig::lines_max>({.name = "lines_max", .sentence = "Lines, or indicators of formats without lines. A feed with more is refused as a whole; its last good content stays in force.",
                                 .fallback = "5000000", .unit = "lines", .range = {1, 50'000'000}}),
};
constexpr SectionSpec feed_section{"A file of indicators.", feed_keys};

constexpr KeySpec rule_keys[] = {
    key<&RuleConfig::severity_min>({.name = "severity_min", .sentence = "At least this severe.", .fallback = "low"}),
    key<&RuleConfig::confidence_min>({.name = "confidence_min", .sentence = "At least this certain.", .fallback = "0",
                                      .unit = "per cent", .range = percent}),
    key<&RuleConfig::kinds>({.name = "kinds", .sentence = "Of one of these kinds; empty = any."}),
    key<&RuleConfig::feeds>({.name = "feeds", .sentence = "From one of these feeds; empty = any.", .range = name_range}),
    key<&RuleConfig::phases>({.name = "phases", .sentence = "With a phase hint of one of these; empty = any.",
                              .unit = "phase", .range = {1, 6}}),
    key<&RuleConfig::asked>({.name = "asked", .sentence = "Only where the indicator or its feed names an action.",
                             .fallback = "false"}),
    key<&RuleConfig::action>({.name = "action", .sentence = "What happens; as_asked: what the indicator or its feed names.",
                              .presence = Presence::required, .sample = "alert"}),
};
constexpr SectionSpec rule_section{"One row of the policy.", rule_keys};

constexpr KeySpec phases_keys[] = {
    key<&PhasesConfig::rules>({.name = "rules",
                               .sentence = "A file of rules in place of the built-in ones (control/phases/rules.yaml).",
                               .fallback = "", .range = {0, 4095}, .check = check_path}),
};
constexpr SectionSpec phases_section{"When observations add up to a phase of an attack.", phases_keys};

constexpr KeySpec devices_keys[] = {
    key<&DevicesConfig::devices_max>({.name = "devices_max",
                                      .sentence = "Devices remembered; past it the one unseen longest goes, those without a lease first, and is new when it comes again.",
                                      .fallback = "16384", .unit = "devices", .range = {16, 262'144}}),
    key<&DevicesConfig::tell_new>({.name = "tell_new",
                                   .sentence = "A row for each device that is not known yet; false while the table learns who is there.",
                                   .fallback = "true"}),
};
constexpr SectionSpec devices_section{"Who asks for addresses (DHCP), by hardware address.", devices_keys};

constexpr KeySpec output_keys[] = {
    key<&OutputConfig::name>({.name = "name", .sentence = "The output's name in counters.", .range = name_range,
                              .presence = Presence::required, .sample = "siem", .check = check_name}),
    key<&OutputConfig::sink>({.name = "sink", .sentence = "file: rotated; syslog: RFC 5424 over TCP, octet counting.",
                              .presence = Presence::required, .sample = "file"}),
    key<&OutputConfig::format>({.name = "format", .sentence = "Format of the rows.", .fallback = "eve"}),
    key<&OutputConfig::rows>({.name = "rows", .sentence = "alerts: sightings, incidents and new devices; all: every transaction too.",
                              .fallback = "alerts"}),
    key<&OutputConfig::products>({.name = "products", .sentence = "Rows of these log sources only; empty = all.",
                                  .range = name_range, .check = check_name}),
    key<&OutputConfig::path>({.name = "path", .sentence = "file: where.", .range = {0, 4095},
                              .sample = "/var/log/sekisho/eve.json", .check = check_path}),
    key<&OutputConfig::rotate_mb>({.name = "rotate_mb", .sentence = "file: a new one at this size.", .fallback = "256",
                                   .unit = "MiB", .range = {1, 1U << 20}}),
    key<&OutputConfig::keep_files>({.name = "keep_files", .sentence = "file: old ones kept.", .fallback = "8",
                                    .unit = "files", .range = {0, 10000}}),
    key<&OutputConfig::host>({.name = "host", .sentence = "syslog: the receiver.", .range = {0, 253}, .check = check_host}),
    key<&OutputConfig::port>({.name = "port", .sentence = "syslog: its TCP port.", .fallback = "601", .range = {1, 65535}}),
    key<&OutputConfig::spool_mb>({.name = "spool_mb", .sentence = "Rows kept on disk while the receiver is away.",
                                  .fallback = "1024", .unit = "MiB", .range = {1, 1U << 20}}),
};
constexpr SectionSpec output_section{"Where rows go.", output_keys};

constexpr KeySpec control_keys[] = {
    key<&ControlConfig::socket>({.name = "socket", .sentence = "The socket that sekishoctl connects to.",
                                 .fallback = "/run/sekisho/control.sock", .range = socket_range, .check = check_path}),
    key<&ControlConfig::group>({.name = "group", .sentence = "Members may use the socket; root always may.",
                                .fallback = "sekisho", .range = {1, 32}, .check = check_name}),
    key<&ControlConfig::state_dir>({.name = "state_dir", .sentence = "Added indicators, generation, spool, phases, devices.",
                                    .fallback = "/var/lib/sekisho", .range = path_range, .check = check_path}),
    key<&ControlConfig::connections_max>({.name = "connections_max", .sentence = "Clients at once; one more is refused.",
                                          .fallback = "16", .unit = "connections", .range = {1, 256}}),
    key<&ControlConfig::request_timeout_ms>({.name = "request_timeout_ms",
                                             .sentence = "A client that has not sent its request, or not taken its answer, goes.",
                                             .fallback = "5000", .unit = "ms", .range = {100, 600'000}}),
    key<&ControlConfig::reconnect_ms>({.name = "reconnect_ms", .sentence = "Between attempts to reach the data plane.",
                                       .fallback = "500", .unit = "ms", .range = {10, 60'000}}),
    key<&ControlConfig::drain_threads>({.name = "drain_threads", .sentence = "Threads that turn records into rows.",
                                        .fallback = "1", .unit = "threads", .range = {1, 64}}),
    key<&ControlConfig::log_level>({.name = "log_level", .sentence = "How much goes to the journal.", .fallback = "notice"}),
};
constexpr SectionSpec control_section{"The operator's side. `sekishoctl` and SIGHUP reload feeds and policy.", control_keys};

constexpr KeySpec file_store_keys[] = {
    key<&FileStoreConfig::directory>({.name = "directory", .sentence = "Where the files lie; empty = \"files\" in control.state_dir.",
                                      .range = {0, 4095}}),
    key<&FileStoreConfig::budget_mb>({.name = "budget_mb", .sentence = "The bytes of all of them together.", .fallback = "4096", .unit = "MiB",
                                      .range = {1, uint64_t{1} << 30}}),
    key<&FileStoreConfig::when_full>({.name = "when_full", .sentence = "evict_oldest: what came first goes; refuse: new files are not stored. `sekishoctl files list` counts both.",
                                      .fallback = "evict_oldest"}),
};
constexpr SectionSpec file_store_section{"The files that dataplane.stored_files chooses, by their SHA-256, for the hand-over to a sandbox.", file_store_keys};

constexpr KeySpec root_keys[] = {
    key<&Config::general>({.name = "general", .sentence = general_section.sentence}, general_section),
    key<&Config::dataplane>({.name = "dataplane", .sentence = dataplane_section.sentence}, dataplane_section),
    key<&Config::zones>({.name = "zones", .sentence = zones_section.sentence}, zones_section),
    key<&Config::trusted_domains>({.name = "trusted_domains",
                                   .sentence = "Outside services that the organisation uses, with their subdomains.",
                                   .range = {1, 253}, .sample = "example.com", .check = check_domain}),
    key<&Config::relays>({.name = "relays", .sentence = relays_section.sentence}, relays_section),
    key<&Config::allowlist>({.name = "allowlist", .sentence = allowlist_section.sentence}, allowlist_section),
    key<&Config::feeds>({.name = "feeds", .sentence = "Files of indicators."}, feed_section),
    key<&Config::policy>({.name = "policy",
                          .sentence = "What a sighting leads to: the first row that matches; without one, alert."},
                         rule_section),
    key<&Config::phases>({.name = "phases", .sentence = phases_section.sentence}, phases_section),
    key<&Config::devices>({.name = "devices", .sentence = devices_section.sentence}, devices_section),
    key<&Config::outputs>({.name = "outputs", .sentence = "Where rows go."}, output_section),
    key<&Config::file_store>({.name = "file_store", .sentence = file_store_section.sentence}, file_store_section),
    key<&Config::control>({.name = "control", .sentence = control_section.sentence}, control_section),
};
constexpr SectionSpec config_section{"Sekisho's configuration.", root_keys};

}  // namespace

const SectionSpec& root_section() { return config_section; }

}  // namespace sekisho
