// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "control/api/handlers.h"
#include "control/api/limits.h"
#include "control/api/lookup.h"
#include "control/api/verbs.h"
#include "control/config/load.h"
#include "control/publish/fake_dataplane.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;
using nlohmann::json;

namespace {

class FakePhases final : public PhaseProvider {
 public:
  json matrix() override { return {{"columns", {"3.backdoor-untrusted"}}, {"hosts", json::array()}}; }
  std::optional<json> host(std::string_view address) override {
    if (address != "10.0.0.7") return std::nullopt;
    return json{{"host", address}};
  }
};

class FakeDevices final : public DeviceProvider {
 public:
  json devices(size_t limit) override { return {{"known", 7}, {"limit", limit}, {"devices", json::array()}}; }
};

struct Fixture {
  TemporaryFolder folder;
  DataplaneLink link{folder.file("dataplane.sock")};
  std::unique_ptr<Publisher> publisher;
  FakePhases phases;
  FakeDevices devices;
  FeedStandings standings;
  std::unique_ptr<ControlState> state;
  std::string reload_error;

  Fixture() {
    folder.write("acme.csv", "value,severity,note\nevil.test,high,why not\nhttp://bad.test/x,low,\n192.0.2.0/24,low,\n???,low,\n");
    publisher = std::make_unique<Publisher>(link, *GenerationCounter::open(folder.file("generation")),
                                            *OperatorIndicators::open(folder.file("indicators.csv")), make_image, &standings);
    standings.open(folder.file("feeds.state"));
    const LoadedConfig loaded = load_config_text("feeds:\n- {name: acme, path: " + folder.file("acme.csv") +
                                                 "}\npolicy:\n- {severity_min: high, action: reset}\n");
    BOOST_REQUIRE(loaded.config.has_value());
    standings.configure(loaded.config->feeds);
    publisher->configure(std::make_shared<Config>(*loaded.config));
    state = std::make_unique<ControlState>(ControlState{*publisher, link, standings, {&phases, nullptr, nullptr, nullptr, &devices},
                                                        [this]() -> Result<void> {
                                                          if (!reload_error.empty()) return fail(reload_error);
                                                          return {};
                                                        }, 1});
  }
  json raw(const std::string& text) {
    Message message;
    message.text = text;
    return json::parse(answer_request(*state, message));
  }
  json ask(const std::string& verb, const json& arguments = json::object()) {
    return raw(json{{"verb", verb}, {"arguments", arguments}}.dump());
  }
  json result(const std::string& verb, const json& arguments = json::object()) {
    const json answer = ask(verb, arguments);
    BOOST_TEST_CONTEXT(answer.dump()) BOOST_REQUIRE(answer["ok"] == true);
    return answer["result"];
  }
  std::string error(const std::string& verb, const json& arguments = json::object()) {
    const json answer = ask(verb, arguments);
    BOOST_TEST_CONTEXT(answer.dump()) BOOST_REQUIRE(answer["ok"] == false);
    return answer["error"];
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_export_goes_into_memory_that_the_client_hands_over_and_nowhere_else, Fixture) {
  BOOST_TEST(error("indicator export") == "a request that hands over a memory file is needed");
  const auto ask_with = [&](int file, const std::string& format) {
    Message message;
    message.text = json{{"verb", "indicator export"}, {"arguments", {{"format", format}}}}.dump();
    message.files.emplace_back(file);
    return json::parse(answer_request(*state, message));
  };
  folder.write("plain", "");
  BOOST_TEST(ask_with(::open(folder.file("plain").c_str(), O_RDWR), "csv")["error"] == "a request that hands over a memory file is needed");
  BOOST_TEST(ask_with(::memfd_create("x", 0), "csv")["error"] == "no indicator set yet");
  BOOST_REQUIRE(publisher->wait(publisher->request(), std::chrono::seconds(30)).has_value());
  BOOST_TEST(ask_with(::memfd_create("x", 0), "xml")["error"] == "\"xml\" is not one of csv, stix, zeek, suricata");
  const json answer = ask_with(::memfd_create("x", 0), "zeek");
  BOOST_TEST(answer["result"]["exported"] == 3);
  BOOST_TEST((answer.dump().find("domain: the subdomains are not met, only the name") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(every_verb_that_control_answers_has_its_handler) {
  for (const VerbSpec& verb : verbs()) BOOST_TEST(has_handler(verb.name) == (verb.place == Place::control), verb.name);
}

BOOST_FIXTURE_TEST_CASE(hostile_requests_are_refused_one_by_one, Fixture) {
  for (const char* bad : {"", "{", "[]", "null", "{}", R"({"verb":1})", R"({"verb":"status","arguments":[]})", R"({"verb":"rm -rf"})",
                          R"({"verb":"show limits"})", R"({"verb":"status","arguments":{"x":"y"}})", R"({"verb":"indicator add"})",
                          R"({"verb":"indicator add","arguments":{"value":5}})", R"({"verb":"indicator add","arguments":{"value":"a.test","no-wait":"yes"}})",
                          R"({"verb":"phase host","arguments":{"address":"10.0.0.0/8"}})", "{\"verb\":\"\xff\xfe\"}", R"({"verb":"status","arguments":null})"}) {
    const json answer = raw(bad);
    BOOST_TEST((answer["ok"] == false), bad);
    BOOST_TEST(answer["error"].is_string(), bad);
  }
  BOOST_TEST((error("indicator lookup", {{"value", std::string(api_argument_bytes_max + 1, 'a')}}).find("is longer than") != std::string::npos));
  std::string nested;
  for (int i = 0; i < 100000; ++i) nested += "[";
  BOOST_TEST((raw(nested)["ok"] == false));
}

BOOST_FIXTURE_TEST_CASE(the_status_names_what_is_degraded, Fixture) {
  json status = result("status");
  BOOST_TEST(status["state"] == "degraded");
  BOOST_TEST(status["reasons"][0] == "the data plane is not attached");
  BOOST_TEST(status["reasons"][1] == "no indicator set yet");
  std::atomic<unsigned> heartbeat_age_ms = 5;
  std::string flows_asked;
  const FakeDataplane dataplane(folder.file("dataplane.sock"), [&](const Message& request) {
    if (request.text.find("attach") != std::string::npos) return FakeDataplane::Answer{R"({"ok":true,"boot_id":1,"rings":[]})"};
    if (request.text.find("load_image") != std::string::npos) return FakeDataplane::Answer{R"({"ok":true,"generation":1})"};
    if (request.text.find("flows") != std::string::npos) {
      flows_asked = request.text;
      return FakeDataplane::Answer{R"({"ok":true,"flows":[],"next":"0:9"})"};
    }
    return FakeDataplane::Answer{R"({"ok":true,"rx":5,"counters":{"stream.refused":2,"stream.segments":9,"pool.free":1},)"
                                 R"("lcores":[{"lcore":1,"heartbeat_age_ms":)" + std::to_string(heartbeat_age_ms) +
                                 R"(}],"flows":[],"pairs":[{"name":"p","rx":7,"dropped":{"policy":3}}],"ports":[{"name":"a"}]})"};
  });
  BOOST_REQUIRE(link.connect().has_value());
  result("indicator reload");
  status = result("status");
  BOOST_TEST_CONTEXT(status.dump()) BOOST_TEST(status["state"] == "ok");
  BOOST_TEST(status["indicators"]["loaded_generation"] == 1);
  BOOST_TEST(result("show ports")["pairs"][0]["rx"] == 7);
  BOOST_TEST(result("show ports")["ports"].size() == 1U);
  BOOST_TEST((result("show drops")["counters"] == json{{"pair.p.policy", 3}, {"stream.refused", 2}}));
  BOOST_TEST(result("show memory")["counters"].contains("image_bytes"));
  BOOST_TEST(result("show memory")["counters"]["pool.free"] == 1);
  heartbeat_age_ms = 5000;
  BOOST_TEST(result("status")["reasons"][0] == "lcore 1 has not moved for 5000 ms");
  BOOST_TEST(result("show lcores")["lcores"].size() == 1U);
  BOOST_TEST((error("show flows", {{"limit", "0"}}).find("is not a number") != std::string::npos));
  BOOST_TEST((error("show flows", {{"port", "65536"}}).find("is not a number") != std::string::npos));
  BOOST_TEST((error("show flows", {{"address", "10.0.0.0/33"}}).find("is neither an address nor a network") !=
              std::string::npos));
  const json flows =
      result("show flows",
             {{"limit", "5"}, {"address", "10.0.0.0/8"}, {"port", "53"}, {"app", "dns"}, {"after", "0:7"}});
  BOOST_TEST(flows["flows"].empty());
  BOOST_TEST(flows["next"] == "0:9");
  BOOST_TEST((json::parse(flows_asked) == json{{"command", "flows"},
                                               {"limit", 5},
                                               {"network", "10.0.0.0/8"},
                                               {"port", 53},
                                               {"app", "dns"},
                                               {"after", "0:7"}}),
             flows_asked);
}

BOOST_FIXTURE_TEST_CASE(a_feeds_indicator_is_not_the_operators_to_remove_and_the_answer_names_its_line,
                        Fixture) {
  result("indicator reload");
  const std::string text = error("indicator del", {{"value", "www.evil.test"}});
  BOOST_TEST(
      (text.find("was not added by the operator; feed acme lists evil.test in line 2") != std::string::npos),
      text);
  BOOST_TEST((error("indicator del", {{"value", "nobody.test"}}).find(';') == std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(a_configuration_that_is_not_in_force_degrades_the_status, Fixture) {
  reload_error = "the configuration file is not in force";
  state->config_error = [this] { return reload_error; };
  BOOST_TEST((error("config reload").find("not in force") != std::string::npos));
  BOOST_TEST((result("status")["reasons"].dump().find("not in force") != std::string::npos));
  reload_error.clear();
  result("config reload");
  BOOST_TEST((result("status")["reasons"].dump().find("not in force") == std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(an_indicator_past_its_time_meets_nothing, Fixture) {
  BOOST_TEST((error("indicator add", {{"value", "old.test"}, {"valid-until", "2001-01-01"}}).find("would already be expired") !=
              std::string::npos));
  result("indicator add", {{"value", "young.test"}, {"valid-from", "2100-01-01"}});
  result("indicator add", {{"value", "now.test"}, {"valid-until", "2100-01-01"}});
  BOOST_TEST(result("indicator lookup", {{"value", "young.test"}})["indicators"].empty());
  BOOST_TEST(result("indicator lookup", {{"value", "now.test"}})["indicators"].size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_added_indicator_is_found_and_a_removed_one_is_not, Fixture) {
  const json added = result("indicator add", {{"value", "mallory[at]evil[.]test"}, {"note", "seen"}});
  BOOST_TEST(added["set"]["generation"] == 1);
  BOOST_TEST((error("indicator add", {{"value", "mallory@evil.test"}}).find("is already there") != std::string::npos));
  const json found = result("indicator lookup", {{"value", "mallory@evil.test"}})["indicators"];
  BOOST_REQUIRE(found.size() == 2);  // the address itself, and the domain by acme
  BOOST_TEST(found[0]["feed"] == "operator");
  BOOST_TEST(found[0]["note"] == "seen");
  BOOST_TEST(found[1]["feed"] == "acme");
  BOOST_TEST(found[1]["line"] == 2);
  BOOST_TEST(found[1]["action"] == "reset");
  BOOST_TEST(found[1]["policy_row"] == 0);
  BOOST_TEST(result("indicator del", {{"value", "mallory@evil.test"}})["removed"] == 1);
  BOOST_TEST(result("indicator lookup", {{"value", "mallory@evil.test"}})["indicators"].size() == 1U);
  BOOST_TEST((error("indicator del", {{"value", "mallory@evil.test"}}).find("was not added") != std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(a_lookup_tries_what_the_data_plane_would_try, Fixture) {
  BOOST_TEST(error("indicator lookup", {{"value", "a.test"}}) == "no indicator set yet");
  result("indicator reload");
  const auto met = [&](const std::string& value) { return result("indicator lookup", {{"value", value}})["indicators"].size(); };
  BOOST_TEST(met("deep.sub.evil.test") == 1U);
  BOOST_TEST(met("notevil.test") == 0U);
  BOOST_TEST(met("http://www.evil.test:8080/any") == 1U);
  BOOST_TEST(met("hxxp://bad[.]test/x") == 1U);
  BOOST_TEST(met("192.0.2.77") == 1U);
  BOOST_TEST(met("192.0.3.1") == 0U);
  BOOST_TEST((error("indicator lookup", {{"value", "???"}}).find("of no kind") != std::string::npos));
  BOOST_TEST((error("indicator lookup", {{"value", "x"}, {"kind", "domian"}}).find("is not an indicator kind") != std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(the_stats_show_feeds_counts_and_bad_lines, Fixture) {
  result("indicator reload");
  const json stats = result("indicator stats");
  BOOST_TEST(stats["feeds"][0]["loaded"] == 3);
  BOOST_TEST(stats["feeds"][0]["rejected"] == 1);
  BOOST_TEST(stats["problems"][0]["line"] == 5);
  BOOST_TEST(stats["kinds"]["domain"] == 1);
}

BOOST_FIXTURE_TEST_CASE(a_reload_of_a_bad_configuration_is_refused, Fixture) {
  reload_error = "sekisho.yaml:3: dataplane.mtu: wrong";
  BOOST_TEST(error("indicator reload") == reload_error);
}

BOOST_FIXTURE_TEST_CASE(an_import_reads_the_file_that_is_handed_over, Fixture) {
  folder.write("more.txt", "one.test\ntwo.test\n256.1.1.1\n");
  Message request;
  request.text = R"({"verb":"indicator import","arguments":{"file":"more.txt"}})";
  request.files.emplace_back(::open(folder.file("more.txt").c_str(), O_RDONLY | O_CLOEXEC));
  const json answer = json::parse(answer_request(*state, request));
  BOOST_TEST_CONTEXT(answer.dump()) BOOST_REQUIRE(answer["ok"] == true);
  BOOST_TEST(answer["result"]["loaded"] == 2);
  BOOST_TEST(answer["result"]["problems"][0]["file"] == "more.txt");
  BOOST_TEST(answer["result"]["problems"][0]["line"] == 3);
  BOOST_TEST((error("indicator import", {{"file", "x"}}).find("hands over one regular file") != std::string::npos));
  request.files.clear();
  request.files.emplace_back(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  BOOST_TEST((json::parse(answer_request(*state, request))["ok"] == false));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_bound_says_so_and_what_is_answers, Fixture) {
  BOOST_TEST(error("why", {{"alert", "1"}}) == "this sekisho-control runs without that part");
  BOOST_TEST(error("alert tail") == "this sekisho-control runs without that part");
  BOOST_TEST(result("phase matrix").contains("columns"));
  BOOST_TEST(result("phase host", {{"address", "10.0.0.7"}})["host"] == "10.0.0.7");
  BOOST_TEST(error("phase host", {{"address", "10.0.0.8"}}) == "nothing is known of 10.0.0.8");
}

BOOST_AUTO_TEST_CASE(devices_are_listed_as_many_as_asked_for) {
  Fixture f;
  BOOST_TEST(f.result("device list")["limit"] == 50);
  BOOST_TEST(f.result("device list", {{"limit", "3"}})["limit"] == 3);
  BOOST_TEST(f.ask("device list", {{"limit", "none"}})["ok"] == false);
}

BOOST_FIXTURE_TEST_CASE(a_feed_is_demoted_and_promoted_and_its_indicators_follow, Fixture) {
  result("indicator reload");
  const auto action = [this] { return result("indicator lookup", {{"value", "evil.test"}})["indicators"][0]["action"].get<std::string>(); };
  BOOST_TEST(action() == "reset");
  BOOST_TEST(result("feed demote", {{"name", "acme"}})["mode"] == "shadow");
  BOOST_TEST(action() == "alert");
  BOOST_TEST(result("feed stats")["feeds"][0]["mode"] == "shadow");
  BOOST_TEST(result("feed promote", {{"name", "acme"}})["mode"] == "enforce");
  BOOST_TEST(action() == "reset");
  BOOST_TEST(error("feed promote", {{"name", "none"}}) == "there is no feed named \"none\"");
  const json stats = result("feed stats", {{"overlap", true}});
  BOOST_TEST(stats["feeds"][0]["loaded"] == 3);
  BOOST_TEST(stats["overlap"][0]["alone"] == 3);
}
