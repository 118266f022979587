// SPDX-License-Identifier: Apache-2.0
// feed_bench [LINES [RUNS [FORMAT]]]: what a feed of that many indicators costs from file to rows, for formats of lines and of objects: 60 % names,
// 20 % addresses, 10 % URLs, 10 % digests. The best of some runs, as processor time and as time on the wall. Exit 1 where a line is not loaded.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

#include "control/feeds/feed.h"
#include "control/publish/temporary_folder.h"

using namespace sekisho;

namespace {

std::string digest_of(uint64_t i) {
  char text[65];
  std::snprintf(text, sizeof text, "%016llx%016llx%032llx", static_cast<unsigned long long>(i * 0x9e3779b97f4a7c15),
                static_cast<unsigned long long>(i * 0xd1b54a32d192ed03), static_cast<unsigned long long>(i));
  return text;
}

std::string value_of(uint64_t i) {
  const std::string n = std::to_string(i);
  switch (i % 10) {
    case 0:
    case 1: return "10." + std::to_string(i / 65536 % 256) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256);
    case 2: return "http://host" + n + ".evil.test/path/" + n + "?q=1";
    case 3: return digest_of(i);
    default: return "host" + n + ".bad-domain.test";
  }
}

std::string stix_pattern(const std::string& value, uint64_t i) {
  constexpr const char* paths[] = {"ipv4-addr:value", "ipv4-addr:value", "url:value", "file:hashes.'SHA-256'", "domain-name:value"};
  return "[" + std::string(paths[std::min<uint64_t>(i % 10, 4)]) + " = '" + value + "']";
}

// An object as common producers write it, on one line as the TAXII fetch leaves it.
std::string stix_object(const std::string& value, uint64_t i) {
  const std::string id = digest_of(i);
  return R"({"type":"indicator","spec_version":"2.1","id":"indicator--)" + id.substr(0, 8) + "-" + id.substr(8, 4) + "-4" + id.substr(12, 3) + "-8" + id.substr(15, 3) + "-" +
         id.substr(18, 12) + R"(","created_by_ref":"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff","created":"2026-01-02T03:04:05.000Z","modified":"2026-01-02T03:04:05.000Z",)"
         R"("name":"Campaign )" + std::to_string(i % 100) + R"(","description":"Seen in a campaign; see the report for how it was found.","indicator_types":["malicious-activity"],)"
         R"("pattern":")" + stix_pattern(value, i) + R"(","pattern_type":"stix","pattern_version":"2.1","valid_from":"2026-01-02T03:04:05Z","valid_until":"2030-01-01T00:00:00Z",)"
         R"("confidence":80,"object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]},)";
}

// An attribute as MISP's feeds have it.
std::string misp_attribute(const std::string& value, uint64_t i) {
  constexpr const char* types[] = {"ip-dst", "ip-dst", "url", "sha256", "domain"};
  const std::string id = digest_of(i);
  return R"({"type":")" + std::string(types[std::min<uint64_t>(i % 10, 4)]) + R"(","category":"Network activity","uuid":")" + id.substr(0, 8) + "-" + id.substr(8, 4) + "-4" +
         id.substr(12, 3) + "-8" + id.substr(15, 3) + "-" + id.substr(18, 12) + R"(","timestamp":"1767323045","first_seen":null,"last_seen":null,"to_ids":true,"distribution":"5",)"
         R"("sharing_group_id":"0","disable_correlation":false,"deleted":false,"comment":"Campaign )" + std::to_string(i % 100) + R"(","value":")" + value + R"("},)";
}

struct Shape {
  const char* name;
  std::string head;
  std::function<std::string(const std::string& value, uint64_t i)> line;
  std::string tail = {};
};
const Shape shapes[] = {
    {"list", "", [](const std::string& value, uint64_t) { return value; }},
    {"csv, one column", "value\n", [](const std::string& value, uint64_t) { return value; }},
    {"csv, eight columns", "value,severity,confidence,tlp,valid_from,valid_until,action,note\n",
     [](const std::string& value, uint64_t i) {
       return value + ",high,80,amber,2026-01-02T03:04:05Z,2030-01-01,drop,\"seen, campaign " + std::to_string(i % 100) + "\"";
     }},
    {"misp", R"({"Event":{"info":"Campaign","uuid":"1","threat_level_id":"2","Attribute":[)" "\n", misp_attribute, R"({"type":"comment","value":"end","to_ids":false}]}})" "\n"},
    {"stix", R"({"type":"bundle","id":"bundle--1","objects":[)" "\n", stix_object, R"({"type":"identity","id":"identity--1"}]})" "\n"},
};

struct Cost {
  double processor_ms = 1e9;
  double wall_ms = 1e9;
};

double processor_ms() {
  timespec time;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Cost best_of(uint64_t runs, const FeedConfig& feed, uint64_t lines) {
  Cost best;
  for (uint64_t run = 0; run < runs; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    const double processor_begin_ms = processor_ms();
    const auto content = read_feed(feed, 1'795'341'600);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (!content || content->report.loaded != lines) std::exit(1);
    best.processor_ms = std::min(best.processor_ms, processor_ms() - processor_begin_ms);
    best.wall_ms = std::min(best.wall_ms, took.count());
  }
  return best;
}

}  // namespace

int main(int count, char** words) {
  const uint64_t lines = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
  const uint64_t runs = count > 2 ? std::strtoull(words[2], nullptr, 10) : 5;
  const TemporaryFolder folder;
  FeedConfig feed{};
  feed.name = "bench";
  feed.path = folder.file("bench");
  feed.severity = Severity::medium;
  feed.lines_max = 50'000'000;
  const std::string only = count > 3 ? words[3] : "";
  for (const Shape& shape : shapes) {
    if (!only.empty() && only != shape.name) continue;
    std::string text = shape.head;
    for (uint64_t i = 0; i < lines; ++i) text += shape.line(value_of(i), i) + "\n";
    folder.write("bench", text + shape.tail);
    const Cost cost = best_of(runs, feed, lines);
    std::printf("%-20s %8.0f ms of processor  %8.0f ms  %6.1f MB/s\n", shape.name, cost.processor_ms, cost.wall_ms,
                static_cast<double>(text.size()) / 1000 / cost.processor_ms);
    std::fflush(stdout);
  }
  return 0;
}
