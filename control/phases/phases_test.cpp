// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "control/phases/engine.h"
#include "control/phases/limits.h"
#include "control/drain/sample_records.h"

using namespace sekisho;

namespace {

constexpr uint64_t second_ns = 1'000'000'000;
constexpr std::string_view victim = "10.0.0.5", twin = "10.0.0.6", resolver = "172.16.0.53", proxy = "172.16.0.80",
                           relay = "172.16.0.25", web = "172.16.0.10", mail_store = "10.0.0.25", outside = "203.0.113.66";

Site site() {
  Site site;
  site.internal = {*parse_network("10.0.0.0/8")};
  site.dmz = {*parse_network("172.16.0.0/24")};
  site.trusted_domains = {"cloud.test"};
  site.resolvers = {*parse_network_address(resolver)};
  site.proxies = {*parse_network_address(proxy)};
  site.mail_relays = {*parse_network_address(relay)};
  return site;
}

PhaseRules rules() {
  const auto rules = load_phase_rules(SEKISHO_PHASE_RULES);
  BOOST_REQUIRE_MESSAGE(rules.has_value(), describe(rules ? Error{} : rules.error()));
  return *rules;
}

struct Step {
  RecordType type = RecordType::sighting;
  std::string_view from, to;
  uint64_t at_s = 0;
  Kind kind = Kind::domain;
  Field field = Field::http_host;
  std::function<void(RecordWriter&)> fill = [](RecordWriter&) {};
  uint16_t port = 80;
};

// An engine and the records that pass it, numbered as one ring's.
struct Story {
  PhaseEngine engine{rules(), site()};
  uint64_t sequence = 0;

  std::optional<Finding> play(const Step& step) {
    const SampleRecord record(step.type, [&](RecordWriter& w) {
      w.header().sequence = ++sequence;
      w.header().flow_id = sequence;
      w.header().wall_ns = sample_wall_ns + step.at_s * second_ns;
      w.header().ring = RingKind::sightings;
      set_address(w.endpoints().client_address, step.from);
      set_address(w.endpoints().server_address, step.to);
      w.endpoints().server_port = step.port;
      if (step.type == RecordType::sighting) {
        w.number(Field::sighting_kind, static_cast<uint64_t>(step.kind));
        w.number(Field::sighting_matched_field, static_cast<uint64_t>(step.field));
        w.number(Field::sighting_confidence, 100);
      }
      step.fill(w);
    });
    return play(record);
  }
  std::optional<Finding> play(const SampleRecord& record) {
    FieldIndex fields;
    fields.read(record.view());
    return engine.consider(fields);
  }
  std::string sub_phase(const Step& step) {
    const auto finding = play(step);
    return finding ? std::string(sub_phases[static_cast<size_t>(finding->sub_phase)].name) : "no finding";
  }
  uint8_t phase_of(std::string_view host) {
    const auto summary = engine.host(*parse_network_address(host));
    return summary ? summary->phase : 0;
  }
};

auto host_field(std::string_view name) {
  return [name](RecordWriter& w) { w.text(Field::http_host, name); };
}
auto question(std::string_view name) {
  return [name](RecordWriter& w) {
    w.text(Field::dns_query_name, name);
    w.number(Field::dns_query_type, 1);
  };
}
void program(RecordWriter& w) {
  w.text(Field::http_host, "evil.test");
  w.text(Field::file_name, "setup.exe");
  w.number(Field::file_size, 4096);
  w.number(Field::file_direction, 1);
  w.number(Field::sighting_direction, 1);
}
void mail_in(RecordWriter& w) {
  w.text(Field::email_message_id, "<1@evil.test>");
  w.text(Field::smtp_rcpt_to, "bob@example.test");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_host_goes_from_intrusion_to_objective_and_its_twin_stays_clean) {
  Story story;
  // The twin does the same ordinary things, without indicators: only transactions and flows.
  const auto twin_step = [&](uint64_t at_s) {
    story.play({.type = RecordType::transaction, .from = twin, .to = proxy, .at_s = at_s, .fill = host_field("news.test")});
    story.play({.type = RecordType::flow, .from = twin, .to = outside, .at_s = at_s, .fill = [](RecordWriter& w) {
                  w.number(Field::flow_bytes_toserver, 50'000'000);
                }});
  };
  twin_step(0);
  BOOST_TEST(story.sub_phase({.from = relay, .to = mail_store, .at_s = 1, .field = Field::email_url, .fill = mail_in, .port = 25}) ==
             "2.targeted-mail");
  BOOST_TEST(story.sub_phase({.from = victim, .to = proxy, .at_s = 10, .kind = Kind::sha256, .field = Field::file_sha256, .fill = program}) ==
             "2.drive-by-untrusted");
  BOOST_TEST(story.phase_of(victim) == 2);
  BOOST_TEST(story.sub_phase({.from = victim, .to = proxy, .at_s = 20, .kind = Kind::sha256, .field = Field::file_sha256, .fill = program}) ==
             "3.initial-activity");
  twin_step(30);
  BOOST_TEST(story.sub_phase({.from = victim, .to = resolver, .at_s = 40, .field = Field::dns_query_name, .fill = question("c2.test"), .port = 53}) ==
             "3.backdoor-untrusted");
  BOOST_TEST(story.sub_phase({.from = victim, .to = "10.0.0.9", .at_s = 45, .kind = Kind::address, .field = Field::flow_dst_address, .port = 445}) ==
             "4.lateral-movement");
  BOOST_TEST(story.phase_of(victim) == 4);
  for (const uint64_t at_s : {50, 60}) story.play({.from = victim, .to = proxy, .at_s = at_s, .fill = host_field("c2.test")});
  const auto beacon = story.play({.from = victim, .to = proxy, .at_s = 70, .fill = host_field("c2.test")});
  BOOST_TEST(sub_phases[static_cast<size_t>(beacon->sub_phase)].name == "5.c2-untrusted");
  BOOST_TEST(beacon->severity == 9);
  const auto leak = story.play({.from = victim, .to = proxy, .at_s = 80, .kind = Kind::keyword, .field = Field::http_body, .fill = host_field("drop.test")});
  BOOST_TEST(sub_phases[static_cast<size_t>(leak->sub_phase)].name == "6.exfiltration-untrusted");
  BOOST_TEST(leak->severity == 10);
  BOOST_TEST(leak->route == 1);
  twin_step(90);

  const auto matrix = story.engine.matrix();
  BOOST_REQUIRE(matrix.size() == 2U);  // the victim, and the mail store that took the mail in
  BOOST_TEST(address_text(matrix[0].host) == victim);
  BOOST_TEST(matrix[0].phase == 6);
  BOOST_TEST(address_text(matrix[1].host) == mail_store);
  BOOST_TEST(story.phase_of(twin) == 0);
  for (const std::string_view server : {resolver, proxy, relay}) BOOST_TEST(story.phase_of(server) == 0);
}

BOOST_AUTO_TEST_CASE(a_relays_outside_leg_belongs_to_the_host_that_asked) {
  Story story;
  story.play({.type = RecordType::transaction, .from = victim, .to = resolver, .fill = question("c2.test"), .port = 53});
  const auto dns = story.play({.from = resolver, .to = outside, .at_s = 1, .field = Field::dns_query_name, .fill = question("C2.test."), .port = 53});
  BOOST_TEST((dns->attribution == Attribution::joined));
  BOOST_TEST(address_text(dns->host) == victim);

  story.play({.type = RecordType::transaction, .from = victim, .to = relay, .fill = mail_in, .port = 25});
  const auto mail = story.play({.from = relay, .to = outside, .at_s = 600, .field = Field::smtp_rcpt_to, .fill = mail_in, .port = 25});
  BOOST_TEST((mail->attribution == Attribution::joined));

  const auto forwarded = story.play({.from = proxy, .to = outside, .fill = [](RecordWriter& w) {
                                       w.text(Field::http_host, "c2.test");
                                       w.text(Field::http_xff, "198.51.100.1, 10.0.0.5");
                                     }});
  BOOST_TEST((forwarded->attribution == Attribution::joined));
  BOOST_TEST(address_text(forwarded->host) == victim);
  BOOST_TEST(story.engine.counters().joined == 3U);
  BOOST_TEST(story.engine.matrix().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_nobody_explains_is_unattributed_and_never_the_relays_phase) {
  Story story;
  const auto other_type = [](RecordWriter& w) {
    w.text(Field::dns_query_name, "c2.test");
    w.number(Field::dns_query_type, 28);
  };
  story.play({.type = RecordType::transaction, .from = victim, .to = resolver, .fill = other_type, .port = 53});
  story.play({.type = RecordType::transaction, .from = twin, .to = resolver, .fill = question("c2.test"), .port = 53});
  const Step late{.from = resolver, .to = outside, .at_s = 61, .field = Field::dns_query_name, .fill = question("c2.test"), .port = 53};
  BOOST_TEST((story.play(late)->attribution == Attribution::unattributed));
  BOOST_TEST(story.engine.counters().unattributed == 1U);
  BOOST_TEST(story.engine.matrix().empty());
}

BOOST_AUTO_TEST_CASE(an_inside_leg_whose_record_comes_late_still_claims_its_sighting) {
  Story story;
  const auto first = story.play({.from = proxy, .to = outside, .at_s = 5, .fill = host_field("c2.test")});
  BOOST_TEST((first->attribution == Attribution::unattributed));
  story.play({.type = RecordType::transaction, .from = victim, .to = proxy, .at_s = 9, .fill = host_field("c2.test")});
  BOOST_TEST(story.phase_of(victim) == 3);
  BOOST_TEST(story.engine.counters().joined_late == 1U);
  BOOST_TEST(story.engine.host(*parse_network_address(victim))->first_ns == sample_wall_ns + 5 * second_ns);
}

BOOST_AUTO_TEST_CASE(each_rule_of_the_table_has_its_case) {
  Story story;
  BOOST_TEST(story.sub_phase({.from = outside, .to = web, .kind = Kind::keyword, .field = Field::http_url}) == "2.exposed-service");
  BOOST_TEST(story.sub_phase({.from = outside, .to = relay, .field = Field::smtp_mail_from, .fill = mail_in, .port = 25}) == "2.targeted-mail");
  BOOST_TEST(story.sub_phase({.from = outside, .to = web, .kind = Kind::address, .field = Field::flow_src_address}) == "2.exposed-service");
  BOOST_TEST(story.sub_phase({.from = victim, .to = outside, .fill = host_field("x.cloud.test")}) == "3.backdoor-trusted");
  BOOST_TEST(story.sub_phase({.from = victim, .to = outside, .fill = host_field("xcloud.test")}) == "3.backdoor-untrusted");
  const auto post = [](RecordWriter& w) {
    w.text(Field::http_host, "fresh.test");
    w.text(Field::http_method, "POST");
  };
  BOOST_TEST(story.sub_phase({.from = twin, .to = outside, .fill = post}) == "3.backdoor-untrusted");  // no phase 2 before
  BOOST_TEST(story.sub_phase({.from = victim, .to = outside, .at_s = 9, .fill = post}) == "3.initial-activity");
  BOOST_TEST(story.sub_phase({.from = victim, .to = "10.0.0.9", .port = 8080}) == "4.internal-recon");
  BOOST_TEST(story.sub_phase({.from = victim, .to = outside, .at_s = 20, .fill = [](RecordWriter& w) {
                                w.text(Field::http_host, "fresh.test");
                                w.number(Field::http_request_body_bytes, 10'000'000);
                              }}) == "6.exfiltration-untrusted");
  BOOST_TEST(story.sub_phase({.from = outside, .to = "198.51.100.1"}) == "");
  BOOST_TEST(story.sub_phase({.type = RecordType::transaction, .from = victim, .to = outside}) == "no finding");
}

BOOST_AUTO_TEST_CASE(three_contacts_over_ten_minutes_are_command_and_control) {
  Story story;
  const auto contact = [&](uint64_t at_s) {
    return story.sub_phase({.from = victim, .to = outside, .at_s = at_s, .fill = host_field("c2.test")});
  };
  BOOST_TEST(contact(0) == "3.backdoor-untrusted");
  BOOST_TEST(contact(1) == "3.backdoor-untrusted");  // the same contact
  BOOST_TEST(contact(400) == "3.backdoor-untrusted");
  BOOST_TEST(contact(599) == "3.backdoor-untrusted");  // three, but not over ten minutes
  BOOST_TEST(contact(601) == "5.c2-untrusted");
}

BOOST_AUTO_TEST_CASE(a_hint_comes_before_the_table_and_is_marked_outside_the_matrix) {
  Story story;
  const auto hinted = [](SubPhase sub_phase) {
    return [sub_phase](RecordWriter& w) { w.number(Field::sighting_phase_hint, static_cast<uint64_t>(sub_phase)); };
  };
  const auto outside_it = story.play({.from = victim, .to = outside, .fill = hinted(SubPhase::p3_persistence)});
  BOOST_TEST((outside_it->sub_phase == SubPhase::p3_persistence));
  BOOST_TEST((outside_it->matrix_place == MatrixPlace::outside));
  const auto inside_it = story.play({.from = victim, .to = outside, .fill = hinted(SubPhase::p5_c2_untrusted)});
  BOOST_TEST((inside_it->matrix_place == MatrixPlace::inside));
  const auto impossible = story.play({.from = twin, .to = outside, .fill = [](RecordWriter& w) { w.number(Field::sighting_phase_hint, 200); }});
  BOOST_TEST((impossible->sub_phase == SubPhase::p3_backdoor_untrusted));
}

BOOST_AUTO_TEST_CASE(a_large_flow_to_a_listed_destination_is_evidence_when_it_ends) {
  Story story;
  story.play({.from = victim, .to = outside, .fill = host_field("c2.test")});
  const auto large = [](RecordWriter& w) {
    w.number(Field::flow_bytes_toserver, 10'000'000);
    w.number(Field::flow_sightings, 1);
  };
  story.play({.type = RecordType::flow, .from = victim, .to = outside, .at_s = 5, .fill = large});
  story.play({.type = RecordType::flow, .from = twin, .to = outside, .at_s = 5, .fill = large});
  BOOST_TEST(story.phase_of(victim) == 6);
  BOOST_TEST(story.phase_of(twin) == 0);
}

BOOST_AUTO_TEST_CASE(times_and_evidence_do_not_depend_on_the_order_of_arrival) {
  std::vector<uint64_t> times = {0, 100, 250, 300, 777};
  std::optional<HostSummary> expected;
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    Story story;
    for (const uint64_t at_s : times)
      story.play({.from = victim, .to = outside, .at_s = at_s, .kind = Kind::keyword, .field = Field::http_body, .fill = host_field("drop.test")});
    const auto summary = story.engine.host(*parse_network_address(victim));
    if (!expected) expected = summary;
    BOOST_TEST(summary->first_ns == expected->first_ns);
    BOOST_TEST(summary->last_ns == expected->last_ns);
    BOOST_TEST(summary->confidence == expected->confidence);
    std::shuffle(times.begin(), times.end(), random);
  }
}

BOOST_AUTO_TEST_CASE(what_happened_later_does_not_count_for_what_happened_before_however_records_arrive) {
  const auto program_at = [](Story& story, uint64_t at_s) {
    return story.sub_phase({.from = victim,
                            .to = outside,
                            .at_s = at_s,
                            .kind = Kind::sha256,
                            .field = Field::file_sha256,
                            .fill = program});
  };
  const auto contact_at = [](Story& story, uint64_t at_s) {
    return story.play({.from = victim, .to = outside, .at_s = at_s, .fill = host_field("c2.test")})
        ->confidence;
  };
  // In order: a contact without history, the drive-by, a second program, a contact with history.
  Story story;
  BOOST_TEST(contact_at(story, 5) == 30);
  BOOST_TEST(program_at(story, 10) == "2.drive-by-untrusted");
  BOOST_TEST(program_at(story, 30) == "3.initial-activity");
  BOOST_TEST(contact_at(story, 40) == 70);
  // The other lcore's ring was read late: nothing of it leans on what came after it.
  Story late;
  BOOST_TEST(program_at(late, 10) == "2.drive-by-untrusted");
  BOOST_TEST(contact_at(late, 40) == 70);
  BOOST_TEST(program_at(late, 30) == "3.initial-activity");
  BOOST_TEST(contact_at(late, 5) == 30);
  BOOST_TEST(program_at(late, 8) == "2.drive-by-untrusted");
}

BOOST_AUTO_TEST_CASE(later_contacts_do_not_make_an_earlier_one_regular) {
  Story story;
  const auto contact = [&](uint64_t at_s) {
    return story.sub_phase({.from = victim, .to = outside, .at_s = at_s, .fill = host_field("c2.test")});
  };
  contact(0);
  for (const uint64_t at_s : {400, 800, 1200}) contact(at_s);
  BOOST_TEST(story.phase_of(victim) == 5);
  BOOST_TEST(contact(100) == "3.backdoor-untrusted");  // the second of its time
}

BOOST_AUTO_TEST_CASE(a_sighting_claimed_late_is_judged_by_what_its_host_had_done) {
  Story story;
  story.play(
      {.from = victim, .to = outside, .kind = Kind::sha256, .field = Field::file_sha256, .fill = program});
  story.play({.from = proxy, .to = outside, .at_s = 5, .fill = host_field("c2.test")});
  story.play({.type = RecordType::transaction,
              .from = victim,
              .to = proxy,
              .at_s = 9,
              .fill = host_field("c2.test")});
  const auto summary = story.engine.host(*parse_network_address(victim));
  BOOST_TEST(summary->evidence[static_cast<size_t>(SubPhase::p3_backdoor_untrusted)].confidence() == 70);
}

BOOST_AUTO_TEST_CASE(state_survives_a_restart_and_records_read_again_do_not_count_twice) {
  const auto path = std::filesystem::temp_directory_path() / ("sekisho_phases_" + std::to_string(::getpid()) + ".json");
  Story story;
  const SampleRecord last(RecordType::sighting, [](RecordWriter& w) {
    w.header().sequence = 77;
    set_address(w.endpoints().client_address, victim);
    w.number(Field::sighting_confidence, 50);
    w.text(Field::http_host, "c2\xff.test");
  });
  story.play(last);
  BOOST_REQUIRE(story.engine.save(path.string()).has_value());
  Story next;
  BOOST_REQUIRE(next.engine.load(path.string()).has_value());
  const auto before = next.engine.host(*parse_network_address(victim));
  BOOST_REQUIRE(before.has_value());
  BOOST_TEST(next.play(last).has_value());  // judged again, for its row
  const auto after = next.engine.host(*parse_network_address(victim));
  BOOST_TEST(after->evidence[static_cast<size_t>(SubPhase::p3_backdoor_untrusted)].count == 1U);
  BOOST_TEST(next.engine.counters().repeated == 1U);
  std::ofstream(path) << "{\"version\":2,\"sequences\":{},\"hosts\":{\"10.0.0.1\":{}}}";
  BOOST_TEST(!next.engine.load(path.string()).has_value());
  BOOST_TEST(next.phase_of(victim) == 3);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(contacts_of_a_host_are_bounded_at_the_limit) {
  HostState state;
  const PhaseRules defaults;
  for (size_t i = 0; i < contacts_per_host_max + 1; ++i)
    add_contact(state, "d" + std::to_string(i), (i + 1) * 10 * second_ns, defaults);
  BOOST_TEST(state.contacts.size() == contacts_per_host_max);
  BOOST_TEST(!state.contacts.contains("d0"));
  for (uint64_t i = 0; i < 50; ++i) add_contact(state, "d5", i * 10 * second_ns, defaults);
  BOOST_TEST(state.contacts["d5"].times_ns.size() == contact_times_max);
  BOOST_TEST(is_regular(state.contacts["d5"], defaults));
}

BOOST_AUTO_TEST_CASE(requests_to_relays_are_bounded_at_the_limit) {
  RelayJoins joins;
  const Address host = *parse_network_address(victim), via = *parse_network_address(proxy);
  for (size_t i = 0; i <= relay_requests_max; ++i) joins.remember("web " + std::to_string(i), via, host, 1, [](const auto&) {});
  BOOST_TEST(joins.forgotten() == 1U);
  BOOST_TEST(!joins.find("web 0", via, 1).has_value());
  BOOST_TEST(joins.find("web 1", via, 1).has_value());
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_rules_are_named_with_their_place) {
  const auto error = [](const std::string& yaml) {
    const auto rules = parse_phase_rules(yaml, "r.yaml");
    return rules ? std::string("no error") : describe(rules.error());
  };
  const std::string good = "rules:\n- {name: a, sub_phase: 3.backdoor-*}\n";
  BOOST_TEST(error(good) == "no error");
  BOOST_TEST(error("rules:\n- {name: a, colour: 1, sub_phase: 3.backdoor-*}\n") == "r.yaml:2: column 13: there is no key \"colour\"");
  BOOST_TEST(error("rules:\n- {name: a, name: b, sub_phase: 3.backdoor-*}\n") == "r.yaml:2: column 13: the key \"name\" is given twice");
  BOOST_TEST(error("rules:\n- {name: a, sub_phase: 3.front-door}\n") == "r.yaml:2: column 24: \"3.front-door\" is not a sub-phase of the catalogue");
  BOOST_TEST(error("rules:\n- {name: a, kind: [domein], sub_phase: 3.backdoor-*}\n") == "r.yaml:2: column 20: \"domein\" is not an indicator kind");
  BOOST_TEST(error("rules:\n- {name: a, field: [htp], sub_phase: 3.backdoor-*}\n") == "r.yaml:2: column 21: no field begins with \"htp.\"");
  BOOST_TEST(error("rules:\n- {name: a, confidence: 101, sub_phase: 3.backdoor-*}\n") == "r.yaml:2: column 25: 101 is above 100");
  BOOST_TEST(error("rules:\n- {name: a}\n") == "r.yaml:2: column 3: the rule \"a\" has no sub_phase");
  BOOST_TEST(error("rules: []\n") == "r.yaml: there is no rule");
  BOOST_TEST(error("rules: [\n").starts_with("r.yaml:2: column "));
}

BOOST_AUTO_TEST_CASE(addresses_and_prefixes_are_read_and_held_against_each_other) {
  const auto v4 = *parse_network("192.0.2.128/25");
  BOOST_TEST(contains(v4, *parse_network_address("192.0.2.200")));
  BOOST_TEST(!contains(v4, *parse_network_address("192.0.2.127")));
  BOOST_TEST(!contains(v4, *parse_network_address("2001:db8::1")));
  BOOST_TEST(contains(*parse_network("2001:db8::/33"), *parse_network_address("2001:db8:7fff::1")));
  BOOST_TEST(!contains(*parse_network("2001:db8::/33"), *parse_network_address("2001:db8:8000::1")));
  BOOST_TEST(contains(*parse_network("0.0.0.0/0"), *parse_network_address("8.8.8.8")));
  for (const char* bad : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/8x", "300.0.0.1", "", "/8"}) BOOST_TEST(!parse_network(bad).has_value());
  Site overlapping;
  overlapping.internal = {*parse_network("10.0.0.0/8")};
  overlapping.dmz = {*parse_network("10.9.0.0/16")};
  BOOST_TEST((overlapping.zone_of(*parse_network_address("10.9.1.1")) == Zone::dmz));
  BOOST_TEST((overlapping.zone_of(*parse_network_address("10.8.1.1")) == Zone::internal));
}
