// SPDX-License-Identifier: Apache-2.0
#include "control/api/verbs.h"

namespace sekisho {

namespace {

using Form = ArgumentSpec::Form;

constexpr ArgumentSpec watch_arguments[] = {
    {"interval", Form::option, "Seconds between two looks.", "SECONDS"},
    {"count", Form::option, "Looks, then the end; else until interrupted.", "N"},
};
constexpr ArgumentSpec flows_arguments[] = {
    {"address", Form::option, "Only flows with an end here: an address or a network.", "ADDR"},
    {"port", Form::option, "Only flows with this port at an end.", "PORT"},
    {"app", Form::option, "Only flows of this protocol.", "APP", "dns http smtp tls"},
    {"limit", Form::option, "At most this many flows, 50 unless given.", "N"},
    {"after", Form::option, "Go on where an earlier page ended.", "PLACE"},
};
constexpr ArgumentSpec add_arguments[] = {
    {"value", Form::positional, "What to look for; defanged forms are understood.", "VALUE"},
    {"kind", Form::option, "Its kind; else told from its form.", "KIND", "kind"},
    {"mode", Form::option, "How it is matched; else as usual for its kind.", "MODE", "mode"},
    {"severity", Form::option, "1 to 4, or low, medium, high, critical.", "SEVERITY", "low medium high critical"},
    {"confidence", Form::option, "Per cent.", "PERCENT"},
    {"tlp", Form::option, "Traffic light.", "TLP", "clear green amber amber+strict red"},
    {"valid-from", Form::option, "From this time on.", "TIME"},
    {"valid-until", Form::option, "Until this time.", "TIME"},
    {"phase", Form::option, "Sub-phase hint, as 3.backdoor-untrusted.", "SUB-PHASE"},
    {"route", Form::option, "Route hint, 1 to 6.", "ROUTE"},
    {"action", Form::option, "Action that it asks for.", "ACTION", "pass alert drop reset sinkhole"},
    {"note", Form::option, "For the operator; stays in control.", "TEXT"},
    {"no-wait", Form::flag, "Do not wait until the new set is in force."},
};
constexpr ArgumentSpec del_arguments[] = {
    {"value", Form::positional, "The value, in any spelling.", "VALUE"},
    {"kind", Form::option, "Only of this kind.", "KIND", "kind"},
    {"no-wait", Form::flag, "Do not wait until the new set is in force."},
};
constexpr ArgumentSpec lookup_arguments[] = {
    {"value", Form::positional, "A value as traffic would show it.", "VALUE"},
    {"kind", Form::option, "Its kind; else told from its form.", "KIND", "kind"},
};
constexpr ArgumentSpec where_arguments[] = {
    {"value", Form::positional, "An indicator's value.", "VALUE"},
    {"kind", Form::option, "Its kind; else told from its form.", "KIND", "kind"},
};
constexpr ArgumentSpec test_arguments[] = {
    {"capture", Form::positional, "A capture (pcap, pcapng).", "FILE", "file"},
    {"config", Form::option, "The configuration whose feeds and policy are tried; /etc/sekisho/sekisho.yaml unless given.", "FILE", "file"},
    {"alerts", Form::flag, "Each sighting, too, as an EVE line."},
};
constexpr ArgumentSpec import_arguments[] = {
    {"file", Form::positional, "A file of indicators, in any format of feeds.", "FILE", "file"},
    {"format", Form::option, "As a feed's; else told from its first line.", "FORMAT", "auto csv list hosts zeek suricata_dataset suricata_rules stix misp openioc image"},
    {"no-wait", Form::flag, "Do not wait until the new set is in force."},
};
constexpr ArgumentSpec feed_stats_arguments[] = {{"overlap", Form::flag, "What feeds have in common, too: a second for a million indicators."}};
constexpr ArgumentSpec feed_arguments[] = {{"name", Form::positional, "The feed's name.", "FEED"}};
constexpr ArgumentSpec export_arguments[] = {
    {"format", Form::option, "csv (can be imported again), stix, zeek or suricata.", "FORMAT", "csv stix zeek suricata"},
};
constexpr ArgumentSpec reload_arguments[] = {{"no-wait", Form::flag, "Do not wait until the new set is in force."}};
constexpr ArgumentSpec tail_arguments[] = {
    {"limit", Form::option, "The last N alerts.", "N"},
    {"follow", Form::flag, "Go on with new ones until interrupted."},
};
constexpr ArgumentSpec matrix_arguments[] = {{"wide", Form::flag, "A column for each sub-phase."}};
constexpr ArgumentSpec host_arguments[] = {{"address", Form::positional, "An internal host.", "ADDR"}};
constexpr ArgumentSpec device_arguments[] = {{"limit", Form::option, "At most this many, 50 unless given.", "N"}};
constexpr ArgumentSpec why_arguments[] = {{"alert", Form::positional, "The alert's id, as its row shows it.", "ALERT-ID"}};
constexpr ArgumentSpec files_arguments[] = {{"limit", Form::option, "The latest N files, 20 unless given.", "N"}};
constexpr ArgumentSpec file_arguments[] = {{"sha256", Form::positional, "The file's digest: its name in the store.", "SHA256"}};
constexpr ArgumentSpec check_arguments[] = {
    {"file", Form::positional, "The configuration.", "FILE", "file"},
    {"rate", Form::option,
     "Sightings a second of one lcore, for how long the rings last without control; 1000 unless given.", "N"},
};
constexpr ArgumentSpec render_arguments[] = {
    {"file", Form::positional, "The configuration.", "FILE", "file"},
    {"output", Form::option, "Where the options go; else to the terminal.", "FILE", "file"},
};
constexpr ArgumentSpec image_arguments[] = {{"file", Form::positional, "The image.", "FILE", "file"}};
constexpr ArgumentSpec image_diff_arguments[] = {
    {"before", Form::positional, "One image.", "BEFORE", "file"},
    {"after", Form::positional, "The other.", "AFTER", "file"},
};
constexpr ArgumentSpec image_build_arguments[] = {
    {"file", Form::positional, "The configuration: its feeds, policy and allowlist.", "FILE", "file"},
    {"image", Form::positional, "Where the image goes.", "IMAGE", "file"},
    {"generation", Form::option, "Its number, 1 unless given.", "N"},
};
constexpr ArgumentSpec image_sign_arguments[] = {
    {"file", Form::positional, "The image; the signature goes to FILE.minisig.", "FILE", "file"},
    {"key", Form::positional, "A minisign secret key without a password (minisign -G -W).", "SECRET-KEY", "file"},
    {"serial", Form::option, "Grows from image to image, so that none can be replaced by an older one; the seconds since 1970 unless given.", "N"},
};
constexpr ArgumentSpec image_verify_arguments[] = {
    {"file", Form::positional, "The image, with its signature in FILE.minisig.", "FILE", "file"},
    {"key", Form::positional, "The minisign public key.", "PUBLIC-KEY", "file"},
    {"last-serial", Form::option, "Keeps the highest serial seen; an image with a lower one, or none, is refused.", "FILE", "file"},
};
constexpr ArgumentSpec completion_arguments[] = {{"shell", Form::positional, "bash", "SHELL", "bash"}};
constexpr ArgumentSpec man_arguments[] = {{"page", Form::positional, "sekishoctl, sekisho.yaml or sekisho-indicators", "PAGE", "sekishoctl sekisho.yaml sekisho-indicators"}};

constexpr VerbSpec table[] = {
    {"status", Place::control, "Forwarding? Dropping? Indicators fresh? Outputs alive?"},
    {"watch", Place::local, "The status and the counters' rates, again and again.", watch_arguments},
    {"show ports", Place::control, "Counters of each port."},
    {"show lcores", Place::control, "Load and heartbeat of each lcore."},
    {"show flows", Place::control, "Flows in the tables: ends, protocol, state, verdict, bytes, age.",
     flows_arguments},
    {"show drops", Place::control, "What was dropped, by reason."},
    {"show memory", Place::control, "Buffers, tables, rings, images."},
    {"show limits", Place::local, "Every bound: what it is, and what happens there."},
    {"indicator add", Place::control, "Adds an indicator.", add_arguments},
    {"indicator del", Place::control, "Removes an added indicator.", del_arguments},
    {"indicator lookup", Place::control, "The indicators in force that a value meets.", lookup_arguments},
    {"indicator where", Place::local, "The fields of each protocol in which a value is looked up.",
     where_arguments},
    {"indicator test", Place::local, "What the configured set would do to a capture: hits by feed, verdicts, packets dropped.",
     test_arguments},
    {"indicator import", Place::control, "Adds the indicators of a file.", import_arguments},
    {"indicator export", Place::control, "Writes the set in force to standard output; what the format cannot say to standard error.", export_arguments},
    {"indicator reload", Place::control, "Reads all feeds and the policy again.", reload_arguments},
    {"indicator stats", Place::control, "The set in force, feed by feed, and lines that did not load."},
    {"image info", Place::local, "What an image in a file holds: generation, checksum, indicators by kind, bytes by section.", image_arguments},
    {"image dump", Place::local, "The indicators of an image, as a CSV feed.", image_arguments},
    {"image diff", Place::local, "Indicators removed (-) and added (+) between two images; exit status 1 where there are any.",
     image_diff_arguments},
    {"image build", Place::local, "Builds an image ahead, for every CPU, from a configuration.", image_build_arguments},
    {"image sign", Place::local, "Signs an image, as minisign does.", image_sign_arguments},
    {"image verify", Place::local, "Checks an image's signature, and that it is no older than the last.", image_verify_arguments},
    {"feed stats", Place::control, "What each feed has, has met, stopped or would have stopped; its mode.", feed_stats_arguments},
    {"feed promote", Place::control, "Lets a feed stop traffic, whatever its trial or ceiling said.", feed_arguments},
    {"feed demote", Place::control, "Puts a feed into shadow until it is promoted.", feed_arguments},
    {"alert tail", Place::control, "The latest alerts.", tail_arguments},
    {"phase matrix", Place::control, "Hosts by phases of an attack.", matrix_arguments},
    {"phase host", Place::control, "What is known of one host.", host_arguments},
    {"device list", Place::control, "Devices that asked for an address (DHCP), those seen last first.",
     device_arguments},
    {"why", Place::control, "Why an alert was raised: feed, indicator, field, value, generation.",
     why_arguments},
    {"files list", Place::control, "The file store: what it holds, the latest files, what was refused or evicted.", files_arguments},
    {"files show", Place::control, "Where a stored file came from, and its path.", file_arguments},
    {"config check", Place::local, "Checks a configuration, as a compiler does.", check_arguments},
    {"config reload", Place::control,
     "Reads the configuration file and all feeds again; a bad file leaves the old one in force.",
     reload_arguments},
    {"config render", Place::local, "Writes the data plane's options.", render_arguments},
    {"config default", Place::local, "Prints the sample configuration."},
    {"config reference", Place::local, "Prints the reference of all keys (Markdown)."},
    {"version", Place::local, "Versions of sekishoctl and, where it answers, of sekisho-control."},
    {"completion", Place::local, "Prints the completion script.", completion_arguments},
    {"man", Place::local, "Prints a man page (roff).", man_arguments},
};

}  // namespace

std::span<const VerbSpec> verbs() { return table; }

const VerbSpec* verb_named(std::string_view name) {
  for (const VerbSpec& verb : table)
    if (verb.name == name) return &verb;
  return nullptr;
}

}  // namespace sekisho
