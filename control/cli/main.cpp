// SPDX-License-Identifier: Apache-2.0
// sekishoctl: the operator's command line.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "control/cli/documents.h"
#include "control/cli/local_verbs.h"
#include "control/cli/show.h"

namespace {

using namespace sekisho;
using nlohmann::json;

// A followed tail asks for what came after the last alert that it has.
ExitCode follow_alerts(const Invocation& invocation, Client& client) {
  json arguments = arguments_of(invocation);
  arguments.erase("follow");
  for (;;) {
    const auto answer = client.ask("alert tail", arguments);
    if (!answer) return print_refusal(answer.error());
    const json alerts = answer->value("alerts", json::array());
    if (!alerts.empty()) {
      if (invocation.json) for (const json& alert : alerts) std::printf("%s\n", alert.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
      else print_answer(invocation, *answer);
      std::fflush(stdout);
      arguments["after"] = std::to_string(alerts.back().value("number", uint64_t{0}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

// The daemon writes into memory of ours; what the format cannot say goes to standard error.
ExitCode export_indicators(const Invocation& invocation, Client& client) {
  const FileDescriptor file(::memfd_create("sekisho-export", MFD_CLOEXEC));
  if (!file) return print_refusal({ExitCode::failed, "no memory for the export"});
  const auto answer = client.ask("indicator export", arguments_of(invocation), file.get());
  if (!answer) return print_refusal(answer.error());
  std::vector<char> buffer(1 << 16);
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(file.get(), buffer.data(), buffer.size(), at);
    if (got < 0) return print_refusal({ExitCode::failed, "the export cannot be read"});
    if (got == 0) break;
    if (std::fwrite(buffer.data(), 1, static_cast<size_t>(got), stdout) != static_cast<size_t>(got)) return ExitCode::failed;
    at += got;
  }
  const std::string report = invocation.json ? answer->dump() + "\n" : show_answer("indicator export", *answer, 0);
  std::fputs(report.c_str(), stderr);
  return ExitCode::ok;
}

ExitCode run_remote(const Invocation& invocation) {
  Client client(invocation);
  if (invocation.verb->name == "indicator export") return export_indicators(invocation, client);
  if (invocation.verb->name == "alert tail" && invocation.flags.contains("follow")) return follow_alerts(invocation, client);
  FileDescriptor file;
  if (invocation.verb->name == "indicator import") {
    file = FileDescriptor(::open(invocation.value("file").c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return print_refusal({ExitCode::failed, invocation.value("file") + ": cannot be opened"});
  }
  const auto answer = client.ask(invocation.verb->name, arguments_of(invocation), file.get());
  if (!answer) return print_refusal(answer.error());
  print_answer(invocation, *answer);
  const bool degraded = invocation.verb->name == "status" && answer->value("state", "") != "ok";
  return degraded ? ExitCode::degraded : ExitCode::ok;
}

ExitCode run(std::span<const std::string> words) {
  const auto invocation = read_arguments(words);
  if (!invocation) {
    std::fprintf(stderr, "sekishoctl: %s\nTry: sekishoctl --help\n", invocation.error().text.c_str());
    return ExitCode::usage;
  }
  if (invocation->help) {
    std::fputs((invocation->verb == nullptr ? help_overview() : help_of(*invocation->verb)).c_str(), stdout);
    return ExitCode::ok;
  }
  try {
    return invocation->verb->place == Place::local ? run_local(*invocation) : run_remote(*invocation);
  } catch (const json::exception& error) {
    return print_refusal({ExitCode::failed, std::string("sekisho-control's answer is not of the form expected: ") + error.what()});
  }
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_DFL);
  const std::vector<std::string> arguments(words + 1, words + count);
  const ExitCode code = run(arguments);
  if (std::fflush(stdout) != 0) return static_cast<int>(ExitCode::failed);
  return static_cast<int>(code);
}
