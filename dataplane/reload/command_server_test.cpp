// SPDX-License-Identifier: Apache-2.0
#include "dataplane/reload/command_server.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "dataplane/record/unix_socket.h"
#include "dataplane/reload/limits.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

// A server that answers each command with its own text, turned by a thread as main does.
class Served {
 public:
  Served()
      : path_(std::filesystem::temp_directory_path() / ("sekisho-commands-" + std::to_string(getpid()))) {
    auto server =
        CommandServer::listen(path_, counters, [](const std::string& text, std::vector<FileDescriptor>&) {
          return CommandAnswer{"you said " + text, {}};
        });
    BOOST_REQUIRE(server);
    thread_ = std::thread([this, server = std::move(*server)]() mutable {
      while (!stop_) server.serve(5ms);
    });
  }
  ~Served() {
    stop();
    std::filesystem::remove(path_);
  }
  // Counters may be read from here on.
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  FileDescriptor connect() const {
    auto socket = connect_unix(path_, 1s);
    BOOST_REQUIRE(socket);
    return std::move(*socket);
  }

  CommandCounters counters;

 private:
  std::string path_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Empty where the connection is over.
std::string ask(const FileDescriptor& client, const std::string& text) {
  if (!send_message(client.get(), text, {}, 1s)) return {};
  const auto answer = receive_message(client.get(), 1s);
  return answer ? answer->text : std::string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_server)

BOOST_AUTO_TEST_CASE(who_looks_beside_control_displaces_nobody) {
  Served served;
  const auto control = served.connect();
  BOOST_TEST(ask(control, "attach") == "you said attach");
  for (int i = 0; i < 10; ++i) {
    const auto visitor = served.connect();
    BOOST_TEST(ask(control, "counters") == "you said counters");
    BOOST_TEST(ask(visitor, "status") == "you said status");
  }
  served.stop();
  BOOST_TEST(served.counters.clients_displaced == 0u);
}

BOOST_AUTO_TEST_CASE(at_the_limit_all_are_served_and_one_more_displaces_the_longest_silent) {
  Served served;
  std::vector<FileDescriptor> clients;
  for (size_t i = 0; i < command_clients_max; ++i) {
    clients.push_back(served.connect());
    BOOST_TEST(ask(clients[i], "first") == "you said first");
  }
  BOOST_TEST(ask(clients[0], "again") == "you said again");  // so the second is now the longest silent
  const auto one_more = served.connect();
  BOOST_TEST(ask(one_more, "new") == "you said new");
  BOOST_TEST(ask(clients[1], "gone") == "");
  for (const size_t i : {size_t{0}, size_t{2}, command_clients_max - 1})
    BOOST_TEST(ask(clients[i], "here") == "you said here");
  served.stop();
  BOOST_TEST(served.counters.clients_displaced == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_inside_a_message_costs_the_others_nothing) {
  Served served;
  const auto control = served.connect();
  {
    const auto visitor = served.connect();
    const char half[] = {0, 0, 0, 9, 'h', 'a'};
    BOOST_REQUIRE(::send(visitor.get(), half, sizeof half, 0) == sizeof half);
  }
  BOOST_TEST(ask(control, "counters") == "you said counters");
}

BOOST_AUTO_TEST_CASE(an_answer_that_nobody_takes_is_counted) {
  CommandCounters counters;
  const auto path =
      std::filesystem::temp_directory_path() / ("sekisho-commands-lost-" + std::to_string(getpid()));
  auto server = CommandServer::listen(path, counters, [](const std::string&, std::vector<FileDescriptor>&) {
    return CommandAnswer{std::string(900'000, 'x'), {}};
  });
  BOOST_REQUIRE(server);
  auto client = connect_unix(path, 1s);
  BOOST_REQUIRE(client);
  BOOST_REQUIRE(send_message(client->get(), "counters", {}, 1s));
  for (int i = 0; i < 3; ++i) server->serve(5ms);
  BOOST_TEST(counters.answers_lost == 1u);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(two_servers_do_not_share_a_socket) {
  Served served;
  CommandCounters counters;
  const auto path = std::filesystem::temp_directory_path() / ("sekisho-commands-" + std::to_string(getpid()));
  BOOST_TEST(!CommandServer::listen(path, counters, nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
