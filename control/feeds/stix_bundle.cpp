// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/stix_bundle.h"

#include <algorithm>
#include <optional>
#include <span>

#include "control/feeds/json_reader.h"
#include "control/feeds/key_set.h"
#include "control/feeds/large_pages.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/stix_version.h"
#include "control/feeds/tlp_text.h"

namespace sekisho {

namespace {

struct Marking {
  std::string_view id;
  Tlp tlp;
};
constexpr Marking fixed_markings[] = {{"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::clear},  // white, before TLP 2.0
                                      {"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::green},
                                      {"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::amber},
                                      {"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::red},
                                      {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", Tlp::clear},
                                      {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Tlp::green},
                                      {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", Tlp::amber},
                                      {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp::amber_strict},
                                      {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", Tlp::red}};

// Phases of kill chains that are one sub-phase of ours. Delivery, initial access and the like may be several: what is seen decides.
struct ChainPhase {
  std::string_view chain, phase, sub_phase;
};
constexpr std::string_view attack = "mitre-attack", lockheed = "lockheed-martin-cyber-kill-chain";
constexpr ChainPhase chain_phases[] = {{attack, "reconnaissance", "1.target-research"},
                                       {attack, "execution", "3.initial-activity"},
                                       {attack, "persistence", "3.persistence"},
                                       {attack, "privilege-escalation", "3.privilege-escalation"},
                                       {attack, "credential-access", "3.credential-theft"},
                                       {attack, "discovery", "4.internal-recon"},
                                       {attack, "lateral-movement", "4.lateral-movement"},
                                       {attack, "command-and-control", "5.c2-untrusted"},
                                       {attack, "collection", "6.packaging-host"},
                                       {attack, "exfiltration", "6.exfiltration-untrusted"},
                                       {lockheed, "reconnaissance", "1.target-research"},
                                       {lockheed, "installation", "3.persistence"},
                                       {lockheed, "command-and-control", "5.c2-untrusted"}};

// An object as far as it is read: it may turn out to be none of the types that are of use.
struct Object {
  std::string_view type, modified, created, definition;
  StixIndicator indicator;
};

constexpr bool is_of_use(std::string_view type) { return type == "indicator" || type == "marking-definition"; }

class Reader : JsonReader {
 public:
  Reader(simdjson::padded_string_view text, StixBundle& out) : JsonReader(text, out.texts), out_(out) {
    // Room by the size of a small object: pages that are not touched cost nothing.
    out_.indicators.reserve(text.size() / 512 + 1);
    ask_for_large_pages(out_.indicators.data(), out_.indicators.capacity() * sizeof(StixIndicator));
  }

  Result<void> read() {
    if (auto read = read_whole([this](json::document& document) { return read_document(document); }); !read) return read;
    if (!has_objects_ && !is_bundle_) return fail("is no STIX bundle: it has no \"objects\"");
    keep_latest();
    return {};
  }

 private:
  using ReadMember = error_code (Reader::*)(json::value& value, Object& object);
  struct Member {
    std::string_view name;
    ReadMember read;
  };
  static const Member members[];

  error_code read_document(json::document& document) {
    return each_member(document, [&](std::string_view key, json::value& value) {
      if (key == "objects") return read_objects(value);
      return key == "type" ? read_type(value) : SUCCESS;
    });
  }
  error_code read_type(json::value& value) {
    std::string_view type;
    const error_code error = read_text(value, type);
    is_bundle_ = is_bundle_ || type == "bundle";
    return error;
  }
  error_code read_objects(json::value& value) {
    has_objects_ = true;
    return each_item(value, [&](json::value& each) {
      json::object object;
      const uint32_t line = line_at(each.raw_json_token().data());
      const error_code error = each.get_object().get(object);
      return error != SUCCESS ? error : read_object(object, line);
    });
  }
  error_code read_object(json::object& object, uint32_t line) {
    Object read;
    read.indicator.line = line;
    read.indicator.first_marking = static_cast<uint32_t>(out_.marking_refs.size());
    for (auto field : object) {
      std::string_view key;
      json::value value;
      if (const error_code error = read_field(field, key, value)) return error;
      const Member* const member = member_named(key);
      if (member == nullptr || value.raw_json_token().starts_with('n')) continue;  // null is as if it were not there
      const error_code error = (this->*member->read)(value, read);
      if (error == simdjson::INCORRECT_TYPE) {
        if (read.indicator.wrong.empty()) read.indicator.wrong = member->name;
      } else if (error != SUCCESS) {
        return error;
      }
      if (!read.type.empty() && !is_of_use(read.type)) break;
    }
    keep(read);
    return SUCCESS;
  }
  static const Member* member_named(std::string_view name);

  void keep(Object& read) {
    StixIndicator& indicator = read.indicator;
    if (read.type == "indicator") {
      indicator.version = stix_version(read.modified, read.created);
      out_.indicators.push_back(indicator);
      return;
    }
    out_.marking_refs.resize(indicator.first_marking);
    if (read.type != "marking-definition") return;
    auto tlp = tlp_in_text(read.definition);
    if (!tlp) tlp = tlp_in_text(indicator.name);
    if (tlp) out_.markings.insert_or_assign(indicator.id, *tlp);
  }

  // --- members: INCORRECT_TYPE is the object's fault, any other error the text's
  template <auto member>
  error_code text(json::value& value, Object& object) {
    return read_text(value, object.*member);
  }
  template <auto member>
  error_code indicator_text(json::value& value, Object& object) {
    return read_text(value, object.indicator.*member);
  }
  error_code confidence(json::value& value, Object& object) {
    json::json_type type;
    if (const error_code error = value.type().get(type)) return error;
    if (type != json::json_type::number) return simdjson::INCORRECT_TYPE;
    object.indicator.confidence = trimmed(value.raw_json_token().substr(0, value.raw_json_token().find('\n')));
    return SUCCESS;
  }
  error_code revoked(json::value& value, Object& object) { return value.get_bool().get(object.indicator.revoked); }

  // `labels` of STIX 2.0 are what 2.1 calls indicator_types.
  error_code labels(json::value& value, Object& object) {
    StixIndicator& indicator = object.indicator;
    return each_text(value, [&](std::string_view label) {
      if (label == "benign") indicator.benign = true;
      const size_t end = std::min(label.find(':'), label.size());
      const std::string_view name = label.substr(0, end), rest = label.substr(std::min(end + 1, label.size()));
      if (name == "severity") indicator.severity = rest;
      else if (name == "action") indicator.action = rest;
      else if (name == "route") indicator.route = rest;
      else if (name == "phase") indicator.phase = rest;
    });
  }
  error_code marking_refs(json::value& value, Object& object) {
    return each_text(value, [&](std::string_view ref) {
      out_.marking_refs.push_back(ref);
      ++object.indicator.marking_count;
    });
  }
  error_code kill_chain_phases(json::value& value, Object& object) {
    return each_item(value, [&](json::value& each) {
      std::string_view chain, phase;
      const error_code error = each_member(each, [&](std::string_view key, json::value& member) {
        if (key == "kill_chain_name") return read_text(member, chain);
        return key == "phase_name" ? read_text(member, phase) : SUCCESS;
      });
      for (const ChainPhase& row : chain_phases)
        if (row.chain == chain && row.phase == phase && object.indicator.phase.empty()) object.indicator.phase = row.sub_phase;
      return error;
    });
  }
  // {"tlp": "amber"}
  error_code definition(json::value& value, Object& object) {
    return each_member(value, [&](std::string_view key, json::value& member) {
      return key == "tlp" ? read_text(member, object.definition) : SUCCESS;
    });
  }
  // {"extension-definition--...": {"tlp_2_0": "amber"}}
  error_code extensions(json::value& value, Object& object) {
    return each_member(value, [&](std::string_view, json::value& extension) {
      const error_code error = each_member(extension, [&](std::string_view key, json::value& member) {
        return key == "tlp_2_0" ? read_text(member, object.definition) : SUCCESS;
      });
      return error == simdjson::INCORRECT_TYPE ? SUCCESS : error;
    });
  }

  void keep_latest();

  StixBundle& out_;
  bool has_objects_ = false;
  bool is_bundle_ = false;
};

const Reader::Member Reader::members[] = {{"type", &Reader::text<&Object::type>},
                                          {"id", &Reader::indicator_text<&StixIndicator::id>},
                                          {"created", &Reader::text<&Object::created>},
                                          {"modified", &Reader::text<&Object::modified>},
                                          {"name", &Reader::indicator_text<&StixIndicator::name>},
                                          {"description", &Reader::indicator_text<&StixIndicator::description>},
                                          {"pattern", &Reader::indicator_text<&StixIndicator::pattern>},
                                          {"pattern_type", &Reader::indicator_text<&StixIndicator::pattern_type>},
                                          {"valid_from", &Reader::indicator_text<&StixIndicator::valid_from>},
                                          {"valid_until", &Reader::indicator_text<&StixIndicator::valid_until>},
                                          {"confidence", &Reader::confidence},
                                          {"revoked", &Reader::revoked},
                                          {"labels", &Reader::labels},
                                          {"indicator_types", &Reader::labels},
                                          {"kill_chain_phases", &Reader::kill_chain_phases},
                                          {"object_marking_refs", &Reader::marking_refs},
                                          {"definition", &Reader::definition},
                                          {"extensions", &Reader::extensions}};

const Reader::Member* Reader::member_named(std::string_view name) {
  const auto* const at = std::find_if(std::begin(members), std::end(members), [&](const Member& member) { return member.name == name; });
  return at == std::end(members) ? nullptr : at;
}

// Most bundles have each id once, which a set of hashes tells.
void Reader::keep_latest() {
  KeySet ids;
  ids.expect(out_.indicators.size());
  const auto seen = [&](const StixIndicator& each) { return !each.id.empty() && !ids.insert(each.id); };
  if (std::none_of(out_.indicators.begin(), out_.indicators.end(), seen)) return;
  std::unordered_map<std::string_view, const StixIndicator*> latest;
  for (const StixIndicator& each : out_.indicators) {
    const auto [at, fresh] = latest.try_emplace(each.id, &each);
    if (!fresh && each.version >= at->second->version) at->second = &each;
  }
  std::vector<StixIndicator> kept;
  for (const StixIndicator& each : out_.indicators)
    if (each.id.empty() || latest[each.id] == &each) kept.push_back(each);
  out_.older = out_.indicators.size() - kept.size();
  out_.indicators = std::move(kept);
}

}  // namespace

std::string_view StixBundle::tlp_of(const StixIndicator& indicator) const {
  std::optional<Tlp> strictest;
  for (const std::string_view ref : std::span(marking_refs).subspan(indicator.first_marking, indicator.marking_count)) {
    std::optional<Tlp> tlp;
    if (const auto at = markings.find(ref); at != markings.end()) tlp = at->second;
    for (const Marking& fixed : fixed_markings)
      if (fixed.id == ref) tlp = fixed.tlp;
    strictest = std::max(strictest, tlp);
  }
  return strictest ? tlp_name(*strictest) : std::string_view();
}

Result<void> read_stix_bundle(std::string_view text, size_t padding_bytes, const std::function<void(const StixBundle&)>& use) {
  return with_padding(text, padding_bytes, [&use](simdjson::padded_string_view padded) -> Result<void> {
    StixBundle bundle;
    if (auto read = Reader(padded, bundle).read(); !read) return read;
    use(bundle);
    return {};
  });
}

}  // namespace sekisho
