// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "control/catalogue/catalogue.h"
#include "control/cli/arguments.h"
#include "control/cli/documents.h"
#include "control/cli/limit_table.h"
#include "control/cli/local_verbs.h"
#include "control/cli/phase_table.h"
#include "control/cli/show.h"
#include "control/cli/table.h"

using namespace sekisho;
using nlohmann::json;

namespace {

Result<Invocation> read(std::initializer_list<std::string> words) {
  const std::vector<std::string> copy(words);
  return read_arguments(copy);
}
std::string usage_error(std::initializer_list<std::string> words) {
  const auto invocation = read(words);
  BOOST_REQUIRE(!invocation.has_value());
  return invocation.error().text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_local_verb_has_its_function) {
  for (const VerbSpec& verb : verbs()) BOOST_TEST(has_local(verb.name) == (verb.place == Place::local), verb.name);
}

BOOST_AUTO_TEST_CASE(no_name_is_a_flag_of_one_verb_and_an_option_of_another) {
  for (const VerbSpec& a : verbs())
    for (const ArgumentSpec& flag : a.arguments)
      for (const VerbSpec& b : verbs())
        for (const ArgumentSpec& option : b.arguments)
          BOOST_TEST(!(flag.form == ArgumentSpec::Form::flag && option.form == ArgumentSpec::Form::option && flag.name == option.name));
}

BOOST_AUTO_TEST_CASE(words_and_options_are_read_wherever_they_stand) {
  const auto invocation = read({"--json", "indicator", "--severity", "high", "add", "evil.test", "--note=a=b", "--no-wait", "--socket", "/s", "--timeout=3"});
  BOOST_REQUIRE(invocation.has_value());
  BOOST_TEST(invocation->verb->name == "indicator add");
  BOOST_TEST(invocation->json);
  BOOST_TEST(invocation->value("value") == "evil.test");
  BOOST_TEST(invocation->value("severity") == "high");
  BOOST_TEST(invocation->value("note") == "a=b");
  BOOST_TEST(invocation->flags.contains("no-wait"));
  BOOST_TEST(invocation->socket == "/s");
  BOOST_TEST((invocation->timeout == std::chrono::seconds(3)));
  BOOST_TEST(read({"indicator", "add", "--", "-x"})->value("value") == "-x");
}

BOOST_AUTO_TEST_CASE(a_wrong_command_line_says_what_was_meant) {
  BOOST_TEST(usage_error({}) == "no verb");
  BOOST_TEST(usage_error({"statsu"}) == "unknown verb \"statsu\"; did you mean \"status\"?");
  BOOST_TEST(usage_error({"show"}) == "\"show\" needs one of ports, lcores, flows, drops, memory, limits");
  BOOST_TEST(usage_error({"show", "prots"}) == "unknown verb \"show prots\"; did you mean \"ports\"?");
  BOOST_TEST(usage_error({"phase", "host"}) == "\"phase host\" needs ADDR");
  BOOST_TEST(usage_error({"status", "now"}) == "\"status\" does not take \"now\"");
  BOOST_TEST(usage_error({"indicator", "add", "x", "--serverity", "1"}).starts_with("\"indicator add\" has no option \"--serverity\"; did you mean \"severity\"?"));
  BOOST_TEST(usage_error({"indicator", "add", "x", "--severity"}) == "option \"--severity\" needs a value");
  BOOST_TEST(usage_error({"indicator", "reload", "--no-wait=yes"}) == "option \"--no-wait\" takes no value");
  BOOST_TEST(usage_error({"status", "--timeout", "0"}) == "\"0\" is not a time-out: 1 to 86400 seconds");
  BOOST_TEST(usage_error({"status", "-x"}) == "unknown option \"-x\"");
  BOOST_TEST(usage_error({"status", "--socket"}) == "option \"--socket\" needs a value");
}

BOOST_AUTO_TEST_CASE(every_verb_is_in_help_completion_and_man_page) {
  const std::string help = help_overview(), completion = bash_completion(), man = man_sekishoctl();
  for (const VerbSpec& verb : verbs()) {
    BOOST_TEST((help.find(verb.name) != std::string::npos), verb.name);
    BOOST_TEST((completion.find("'" + std::string(verb.name) + "'") != std::string::npos), verb.name);
    BOOST_TEST((man.find(".SS " + std::string(verb.name)) != std::string::npos), verb.name);
    const std::string own = help_of(verb);
    for (const ArgumentSpec& argument : verb.arguments) BOOST_TEST((own.find(argument.sentence) != std::string::npos), argument.name);
  }
  BOOST_TEST((man_sekisho_yaml().find("dataplane.pairs[].mode") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(every_kind_and_form_is_in_its_man_page) {
  const std::string man = man_sekisho_indicators();
  for (unsigned i = 0; i < kind_count; ++i) {
    std::string name(kind_name(static_cast<Kind>(i)));
    BOOST_TEST((man.find(".B " + name + "\nForm: ") != std::string::npos), name);
  }
  BOOST_TEST((man.find(".B ja3\nForm: text. Modes: exact, literal, regex, glob. Met in: tls.ja3, quic.ja3.") != std::string::npos), man.substr(man.find(".B ja3"), 200));
}

BOOST_AUTO_TEST_CASE(tables_are_aligned_and_cut_to_the_terminal) {
  TextTable table({"name", "count"});
  table.add({"a", "7"});
  table.add({"longer name", "1234"});
  BOOST_TEST(table.text(0) == "name         count\na                7\nlonger name   1234\n");
  BOOST_TEST(table.text(8) == "name   …\na      …\nlonger …\n");
}

BOOST_AUTO_TEST_CASE(widths_count_columns_and_cuts_keep_characters_whole) {
  BOOST_TEST(display_width("関所") == 4U);
  BOOST_TEST(display_width("é") == 1U);
  BOOST_TEST(cut_to_width("関所関所", 5) == "関所…");
  BOOST_TEST(cut_to_width("関所関所", 4) == "関…");
  BOOST_TEST(cut_to_width("ab", 2) == "ab");
  BOOST_TEST(cut_to_width("\x1b[31mred\x07", 80) == " [31mred ");
  BOOST_TEST(cut_to_width("\xff\xe9x", 80) == "??x");
  BOOST_TEST(cut_to_width("a\xe2\x80\xae" "b", 80) == "a b");  // right-to-left override
}

BOOST_AUTO_TEST_CASE(answers_of_any_shape_are_shown_without_a_crash) {
  for (const json& odd : {json(), json(5), json::array(), json::object(), json{{"counters", 5}}, json{{"hosts", {1, "x"}}, {"columns", {1}}},
                          json{{"alerts", {{{"number", "x"}}}}}, json{{"reasons", {{{"a", 1}}}}}})
    for (const VerbSpec& verb : verbs()) {
      if (!odd.is_object()) continue;
      try {
        show_answer(verb.name, odd, 40);
      } catch (const json::exception&) {
        BOOST_ERROR(verb.name);
      }
    }
}

BOOST_AUTO_TEST_CASE(every_sub_phase_has_a_short_mark_of_its_own) {
  std::set<std::string_view> seen;
  for (size_t i = 1; i < sub_phase_count; ++i) {
    const std::string_view mark = sub_phase_mark(sub_phases[i].name);
    BOOST_TEST(mark.size() <= 6U, sub_phases[i].name);
    BOOST_TEST(mark != sub_phases[i].name);
    BOOST_TEST(seen.insert(mark).second, mark);
  }
}

BOOST_AUTO_TEST_CASE(the_matrix_fits_a_hundred_columns_with_every_sub_phase_reached) {
  json phases = json::object();
  for (size_t i = 1; i < sub_phase_count; ++i) phases[std::string(sub_phases[i].name)] = {{"count", 123456}};
  const json hosts = {{{"host", "255.255.255.255"}, {"severity", 10}, {"phases", phases}},
                      {{"host", "2001:db8:1111:2222:3333:4444:5555:6666"},
                       {"severity", 2},
                       {"phases", {{"2.usb", {{"count", 1}}}}}}};
  std::string text = show_answer("phase matrix", {{"hosts", hosts}}, 0);
  BOOST_TEST((text.find("2001:db8:1111:2222:3333:4444:5555:6666\n") != std::string::npos), text);
  for (size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1))
    BOOST_TEST(display_width(text.substr(0, end)) <= 100U, text.substr(0, end));
}

BOOST_AUTO_TEST_CASE(the_matrix_shows_hosts_by_phases) {
  const json matrix{{"columns", {"2.usb", "3.persistence"}},
                    {"hosts", {{{"host", "10.0.0.7"}, {"severity", 8}, {"phases", {{"3.persistence", {{"count", 4}}}}}}}}};
  BOOST_TEST(show_answer("phase matrix --wide", matrix, 0) ==
             "host      severity  2.usb  3.persistence\n10.0.0.7         8                     4\n");
  BOOST_TEST(show_answer("phase matrix", matrix, 0)
                 .starts_with("host      sev  1  2 intrusion  3 foothold  4 lateral  5 control  6 objective\n"
                              "10.0.0.7    8                  stays 4\n"));
}

BOOST_AUTO_TEST_CASE(flows_and_hosts_are_shown_whole) {
  const json host{
      {"host", "10.0.0.7"},
      {"phase", 5},
      {"severity", 9},
      {"confidence", 80},
      {"route", "mail"},
      {"first", "a"},
      {"last", "b"},
      {"phases", {{"5.c2-untrusted", {{"count", 4}, {"confidence", 80}, {"first", "x"}, {"last", "y"}}}}}};
  const std::string host_text = show_answer("phase host", host, 0);
  BOOST_TEST((host_text.find("10.0.0.7: phase 5, incident severity 9 of 10") == 0), host_text);
  BOOST_TEST((host_text.find("5.c2-untrusted          4          80  x      y\n") != std::string::npos),
             host_text);
  const json flow{{"client", "2001:db8::1"},
                  {"client_port", 49152},
                  {"server", "192.0.2.7"},
                  {"server_port", 53},
                  {"ip_protocol", 17},
                  {"app", "dns"},
                  {"state", "established"},
                  {"verdict", "sinkhole"},
                  {"bytes_to_server", 80},
                  {"bytes_to_client", 120},
                  {"packets_to_server", 1},
                  {"packets_to_client", 2},
                  {"age_s", 3},
                  {"idle_s", 1},
                  {"pair", "p"},
                  {"flags", json::array({"sinkholed"})}};
  const std::string text = show_answer("show flows", {{"flows", json::array({flow})}, {"next", "0:51"}}, 0);
  for (const char* part : {"[2001:db8::1]:49152", "192.0.2.7:53", "udp", "dns", "established", "sinkhole",
                           "1/2", "sinkholed", "more: --after 0:51\n"})
    BOOST_TEST((text.find(part) != std::string::npos), text);
}

BOOST_AUTO_TEST_CASE(every_limit_has_a_sentence) {
  size_t of_feeds = 0;
  for (const LimitRow& row : limit_table) {
    BOOST_TEST(row.sentence.size() > 10U, row.name);
    of_feeds += row.folder == "control/feeds" ? 1 : 0;
  }
  BOOST_TEST(of_feeds >= 7U);
}

BOOST_AUTO_TEST_CASE(devices_are_a_table_with_what_was_forgotten_above_it) {
  const json answer = {{"known", 2},
                       {"forgotten", 3},
                       {"introduced", 5},
                       {"devices",
                        {{{"mac", "02:00:5e:10:20:30"}, {"address", "192.0.2.23"}, {"host", "desk-7\x1b[2J"}, {"vendor", "MSFT 5.0"},
                          {"leased", true}, {"first", "2026-11-22T01:00:00Z"}, {"last", "2026-11-22T02:00:00Z"}}}}};
  const std::string text = show_answer("device list", answer, 0);
  BOOST_TEST(text.find("2 devices known, 3 forgotten for devices.devices_max\n") == 0U);
  BOOST_TEST(text.find("02:00:5e:10:20:30") != std::string::npos);
  BOOST_TEST(text.find("192.0.2.23") != std::string::npos);
  BOOST_TEST(text.find('\x1b') == std::string::npos);
  BOOST_TEST(show_answer("device list", {{"known", 0}, {"forgotten", 0}, {"devices", json::array()}}, 0) == "0 devices known\n");
}
