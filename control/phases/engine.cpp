// SPDX-License-Identifier: Apache-2.0
#include "control/phases/engine.h"

#include <algorithm>

#include "control/phases/limits.h"

namespace sekisho {

namespace {

bool is_ours(Zone zone) { return zone != Zone::outside; }

Traffic traffic_of(const Sighting& sighting) {
  if (!is_ours(sighting.client_zone)) return Traffic::inbound;
  return is_ours(sighting.server_zone) ? Traffic::inside : Traffic::outbound;
}

// A request that an inside host hands to a proxy, a resolver or a mail relay goes outside through it.
Traffic traffic_of(const Sighting& sighting, const Site& site) {
  const Traffic plain = traffic_of(sighting);
  const bool through = site.is_proxy(sighting.server) || site.is_resolver(sighting.server) ||
                       (site.is_mail_relay(sighting.server) && !site.is_mail_relay(sighting.client));
  if (plain == Traffic::inside && through && !site.is_relay(sighting.client)) return Traffic::outbound;
  return plain;
}

bool is_program(FileClass file_class) {
  return file_class == FileClass::executable || file_class == FileClass::script || file_class == FileClass::archive;
}

template <typename Value, typename Wanted>
bool any_of(const std::vector<Value>& list, const Wanted& wanted) {
  return list.empty() || std::find(list.begin(), list.end(), wanted) != list.end();
}

bool any_section(const std::vector<std::string>& sections, std::string_view field) {
  return sections.empty() || std::any_of(sections.begin(), sections.end(),
                                         [&](const std::string& section) { return field.starts_with(section); });
}

// The sources whose logs show the sighting: session and threat logs show everything, the others what is theirs.
uint32_t matrix_mask(const Sighting& sighting, uint8_t route) {
  uint32_t mask = 0;
  const auto add = [&](LogSource source) { mask |= phase_matrix[static_cast<size_t>(source)][route]; };
  for (const LogSource source : {LogSource::ngfw, LogSource::nips, LogSource::flow}) add(source);
  if (sighting.field.starts_with("dns.")) add(LogSource::dns_query);
  if (sighting.field.starts_with("http."))
    for (const LogSource source : {LogSource::proxy_access, LogSource::web_access, LogSource::waf}) add(source);
  if (sighting.field.starts_with("smtp.") || sighting.field.starts_with("email."))
    for (const LogSource source : {LogSource::mail, LogSource::mail_gateway}) add(source);
  if (sighting.field.starts_with("file.")) add(LogSource::sandbox);
  return mask;
}

// The client that a proxy names in X-Forwarded-For or Forwarded: the last address that is an inside host's
// (RFC 7239 5.2 lists them in the order of travel; only what our own proxy wrote can be believed).
std::optional<Address> forwarded_for(const FieldIndex& fields, const Site& site) {
  std::optional<Address> found;
  const auto take = [&](const RecordField& entry) {
    std::string_view list = as_text(fields.record().value(entry));
    while (!list.empty()) {
      const size_t comma = list.find(',');
      std::string_view one = list.substr(0, comma);
      list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
      while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
      while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
      const auto address = parse_network_address(one);
      if (address && is_ours(site.zone_of(*address)) && !site.is_relay(*address)) found = *address;
    }
  };
  fields.each(Field::http_xff, take);
  fields.each(Field::http_forwarded_for, take);  // of Forwarded too, without ports and brackets
  return found;
}

}  // namespace

std::optional<Finding> PhaseEngine::consider(const FieldIndex& fields) {
  const RecordHeader& header = fields.record().header();
  if (header.type == RecordType::stats || header.type == RecordType::gap) return std::nullopt;
  const Sighting sighting = read_sighting(fields, site_);
  const std::lock_guard lock(mutex_);
  const bool repeated = is_repeated(header);
  learn(fields, sighting);
  if (header.type == RecordType::flow && !repeated) consider_flow(fields, sighting);
  if (header.type != RecordType::sighting) return std::nullopt;

  const Subject subject = subject_of(fields, sighting);
  static const HostState unknown;
  const bool known = subject.attribution == Attribution::direct || subject.attribution == Attribution::joined;
  HostState* state = known ? &hosts_.at(subject.host) : nullptr;
  if (state != nullptr && !repeated && traffic_of(sighting, site_) == Traffic::outbound)
    add_contact(*state, sighting.destination, sighting.wall_ns, rules_);
  const Judged judged = judge(sighting, state != nullptr ? *state : unknown);
  if (!repeated) {
    ++counters_.sightings;
    counters_.joined += subject.attribution == Attribution::joined ? 1 : 0;
    counters_.unattributed += subject.attribution == Attribution::unattributed ? 1 : 0;
    if (known) add_evidence(subject.host, sighting, judged);
    if (subject.attribution == Attribution::unattributed)
      relays_.wait(sighting.relay_key, subject.relay, sighting);
  }

  Finding finding;
  finding.sub_phase = judged.sub_phase;
  finding.phase = sub_phases[static_cast<size_t>(judged.sub_phase)].phase;
  finding.confidence = judged.confidence;
  finding.matrix_place = judged.place;
  finding.attribution = subject.attribution;
  finding.host = subject.host;
  finding.route = state != nullptr ? route_of(*state, rules_) : sighting.route_hint <= route_count ? sighting.route_hint : 0;
  finding.severity = incident_severity(state != nullptr ? state->highest_phase() : finding.phase);
  return finding;
}

// Sequences rise within a ring; what is not above the last was read before.
bool PhaseEngine::is_repeated(const RecordHeader& header) {
  const std::string ring = std::to_string(header.boot_id) + '.' + std::to_string(header.lcore) + '.' +
                           std::to_string(static_cast<unsigned>(header.ring));
  uint64_t& last = last_sequences_[ring];
  if (header.sequence <= last) {
    ++counters_.repeated;
    return true;
  }
  last = header.sequence;
  if (last_sequences_.size() > phase_rings_max) last_sequences_.erase(last_sequences_.begin());
  return false;
}

// An inside host's request to a relay explains what the relay does next, or has just done.
void PhaseEngine::learn(const FieldIndex&, const Sighting& sighting) {
  if (sighting.relay_key.empty() || !is_ours(sighting.client_zone) || site_.is_relay(sighting.client) ||
      !site_.is_relay(sighting.server))
    return;
  relays_.remember(sighting.relay_key, sighting.server, sighting.client, sighting.wall_ns,
                   [&](const Sighting& waiting) {
                     ++counters_.joined_late;
                     HostState& state = hosts_.at(sighting.client);
                     add_contact(state, waiting.destination, waiting.wall_ns, rules_);
                     add_evidence(sighting.client, waiting, judge(waiting, state));
                   });
}

PhaseEngine::Subject PhaseEngine::subject_of(const FieldIndex& fields, const Sighting& sighting) const {
  const bool client_ours = is_ours(sighting.client_zone), server_ours = is_ours(sighting.server_zone);
  if (client_ours && site_.is_relay(sighting.client)) {
    // A relay that brings a mail in: the server that takes it is the host.
    if (server_ours && !site_.is_relay(sighting.server)) return {Attribution::direct, sighting.server, {}};
    if (const auto named = site_.is_proxy(sighting.client) ? forwarded_for(fields, site_) : std::nullopt)
      return {Attribution::joined, *named, sighting.client};
    if (const auto asked = relays_.find(sighting.relay_key, sighting.client, sighting.wall_ns))
      return {Attribution::joined, *asked, sighting.client};
    return {Attribution::unattributed, sighting.client, sighting.client};
  }
  if (client_ours) return {Attribution::direct, sighting.client, {}};
  if (!server_ours) return {};
  if (site_.is_relay(sighting.server)) return {Attribution::unattributed, sighting.server, sighting.server};
  return {Attribution::direct, sighting.server, {}};
}

PhaseEngine::Judged PhaseEngine::judge(const Sighting& sighting, const HostState& state) {
  const uint8_t route = sighting.route_hint != 0 && sighting.route_hint <= route_count ? sighting.route_hint : route_of(state, rules_);
  if (sighting.phase_hint != 0 && sighting.phase_hint < sub_phase_count) {
    const auto hinted = static_cast<SubPhase>(sighting.phase_hint);
    return {hinted, sighting.confidence, is_in_matrix(hinted, sighting, route) ? MatrixPlace::inside : MatrixPlace::outside};
  }
  const bool trusted = site_.is_trusted(sighting.destination);
  for (const PhaseRule& rule : rules_.rules) {
    if (!holds(rule, sighting, state)) continue;
    const SubPhase result = trusted ? rule.trusted : rule.untrusted;
    const bool inside = is_in_matrix(result, sighting, route) || is_in_matrix(result, sighting, 0);
    if (!inside && rule.outside_matrix != OutsideMatrix::allowed) {
      ++counters_.passed_over;
      continue;
    }
    const auto confidence = static_cast<uint8_t>(rule.confidence * sighting.confidence / 100);
    return {result, confidence, inside ? MatrixPlace::inside : MatrixPlace::outside};
  }
  return {};
}

bool PhaseEngine::holds(const PhaseRule& rule, const Sighting& sighting, const HostState& state) const {
  if (rule.traffic && *rule.traffic != traffic_of(sighting, site_)) return false;
  if (rule.toward && *rule.toward != sighting.toward) return false;
  if (rule.published && *rule.published != site_.is_published(sighting.server)) return false;
  if (!any_section(rule.sections, sighting.field) || !any_of(rule.kinds, sighting.kind) ||
      !any_of(rule.files, sighting.file_class) || !any_of(rule.methods, sighting.method) ||
      !any_of(rule.ports, sighting.server_port))
    return false;
  if (sighting.bytes_out < rule.bytes_out_min ||
      state.highest_phase_at(sighting.wall_ns) < rule.host_phase_min ||
      state.programs_before(sighting.wall_ns) < rule.executables_min)
    return false;
  if (rule.contacts_min == 0 && rule.over_s_min == 0 && !rule.regular) return true;
  const auto found = state.contacts.find(sighting.destination);
  if (found == state.contacts.end()) return false;
  const Contact contact = contact_at(found->second, sighting.wall_ns);
  return contact.count >= rule.contacts_min && contact.last_ns - contact.first_ns >= rule.over_s_min * 1'000'000'000 &&
         (!rule.regular || *rule.regular == is_regular(contact, rules_));
}

bool PhaseEngine::is_in_matrix(SubPhase sub_phase, const Sighting& sighting, uint8_t route) const {
  return (matrix_mask(sighting, route) >> static_cast<unsigned>(sub_phase) & 1) != 0;
}

void PhaseEngine::add_evidence(const Address& host, const Sighting& sighting, const Judged& judged) {
  if (site_.is_relay(host)) return;
  HostState& state = hosts_.at(host);
  if (sighting.route_hint != 0 && sighting.route_hint <= route_count) state.route_hint = sighting.route_hint;
  if (is_program(sighting.file_class) && sighting.toward == BytesTo::client)
    add_program(state, sighting.wall_ns);
  if (judged.sub_phase == SubPhase::none) return;
  state.evidence[static_cast<size_t>(judged.sub_phase)].add(sighting.wall_ns, judged.confidence);
}

// A flow tells its bytes when it ends: much data sent to a listed destination is evidence without a sighting of its own.
void PhaseEngine::consider_flow(const FieldIndex& fields, const Sighting& sighting) {
  if (fields.number(Field::flow_sightings) == 0) return;
  const Subject subject = subject_of(fields, sighting);
  if (subject.attribution != Attribution::direct) return;
  const HostState* state = hosts_.find(subject.host);
  if (state == nullptr) return;
  const bool trusted = site_.is_trusted(sighting.destination);
  for (const PhaseRule& rule : rules_.rules) {
    if (rule.bytes_out_min == 0 || !holds(rule, sighting, *state)) continue;
    add_evidence(subject.host, sighting, {trusted ? rule.trusted : rule.untrusted, rule.confidence, MatrixPlace::inside});
    return;
  }
}

HostSummary PhaseEngine::summary_of(const Address& address, const HostState& state) const {
  HostSummary summary;
  summary.host = address;
  summary.phase = state.highest_phase();
  summary.route = route_of(state, rules_);
  summary.severity = incident_severity(summary.phase);
  summary.first_ns = state.first_ns();
  summary.last_ns = state.last_ns();
  summary.evidence = state.evidence;
  for (uint8_t i = 1; i < sub_phase_count; ++i)
    if (sub_phases[i].phase == summary.phase) summary.confidence = std::max(summary.confidence, state.evidence[i].confidence());
  return summary;
}

std::vector<HostSummary> PhaseEngine::matrix() const {
  std::vector<HostSummary> lines;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [address, state] : hosts_.all())
      if (state.highest_phase() != 0) lines.push_back(summary_of(address, state));
  }
  std::sort(lines.begin(), lines.end(), [](const HostSummary& a, const HostSummary& b) {
    if (a.phase != b.phase) return a.phase > b.phase;
    return a.last_ns != b.last_ns ? a.last_ns > b.last_ns : a.host < b.host;
  });
  return lines;
}

std::optional<HostSummary> PhaseEngine::host(const Address& address) const {
  const std::lock_guard lock(mutex_);
  const HostState* state = hosts_.find(address);
  if (state == nullptr || state->highest_phase() == 0) return std::nullopt;
  return summary_of(address, *state);
}

PhaseCounters PhaseEngine::counters() const {
  const std::lock_guard lock(mutex_);
  PhaseCounters counters = counters_;
  counters.hosts_forgotten = hosts_.forgotten();
  counters.relay_requests_forgotten = relays_.forgotten();
  return counters;
}

}  // namespace sekisho
