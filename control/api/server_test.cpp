// SPDX-License-Identifier: Apache-2.0
#include "control/api/server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>

#include "control/publish/temporary_folder.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  TemporaryFolder folder;
  std::string socket = folder.file("control.sock");

  std::unique_ptr<Server> start(size_t connections_max = 4, std::chrono::milliseconds timeout = 300ms) {
    auto server = Server::start({socket, "no-such-group", connections_max, timeout},
                                [](const Message& request) { return "answer to " + request.text; });
    BOOST_REQUIRE(server.has_value());
    return std::move(*server);
  }
  FileDescriptor connect() {
    auto client = connect_unix(socket, 1s);
    BOOST_REQUIRE(client.has_value());
    return std::move(*client);
  }
};

std::string ask(int socket, std::string_view text) {
  if (auto sent = send_message(socket, text, {}, 2s); !sent) return "not sent";
  auto answer = receive_message(socket, 2s);
  return answer ? answer->text : answer.error().text;
}

template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(many_requests_of_many_clients_are_answered, Fixture) {
  const auto server = start();
  const FileDescriptor a = connect(), b = connect();
  for (int i = 0; i < 50; ++i) {
    BOOST_TEST(ask(a.get(), "a") == "answer to a");
    BOOST_TEST(ask(b.get(), "b") == "answer to b");
  }
  BOOST_TEST(server->counters().requests == 100U);
}

BOOST_FIXTURE_TEST_CASE(one_client_more_than_the_bound_is_refused_and_a_place_becomes_free_again, Fixture) {
  const auto server = start(2);
  {
    const FileDescriptor a = connect(), b = connect();
    BOOST_TEST(ask(a.get(), "a") == "answer to a");
    BOOST_TEST(ask(b.get(), "b") == "answer to b");
    const FileDescriptor c = connect();
    const auto refused = receive_message(c.get(), 2s);
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST(refused->text == R"({"ok":false,"error":"too many connections"})");
    BOOST_TEST(server->counters().refused_busy == 1U);
  }
  BOOST_TEST(eventually([&] {
    const FileDescriptor d = connect();
    return ask(d.get(), "d") == "answer to d";
  }));
}

BOOST_FIXTURE_TEST_CASE(a_client_that_stops_inside_a_request_is_let_go_and_others_are_served, Fixture) {
  const auto server = start();
  const FileDescriptor slow = connect(), other = connect();
  BOOST_REQUIRE(::send(slow.get(), "\0\0", 2, 0) == 2);
  BOOST_TEST(ask(other.get(), "x") == "answer to x");
  BOOST_TEST(eventually([&] { return server->counters().broken == 1; }));
  BOOST_TEST(receive_message(slow.get(), 2s).error().text == "the peer closed the connection");
  BOOST_TEST(ask(other.get(), "y") == "answer to y");
}

BOOST_FIXTURE_TEST_CASE(a_client_that_takes_no_answers_is_let_go, Fixture) {
  const auto server = start();
  const FileDescriptor deaf = connect();
  const std::string big(message_bytes_max / 2, 'x');
  bool cut = false;
  for (int i = 0; i < 20 && !cut; ++i) cut = !send_message(deaf.get(), big, {}, 2s).has_value();
  BOOST_TEST(cut);
  BOOST_TEST(server->counters().broken == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_frame_that_is_too_long_ends_the_connection, Fixture) {
  const auto server = start();
  const FileDescriptor bad = connect();
  BOOST_REQUIRE(::send(bad.get(), "\xff\xff\xff\xff", 4, 0) == 4);
  BOOST_TEST(!receive_message(bad.get(), 2s).has_value());
  BOOST_TEST(eventually([&] { return server->counters().broken == 1; }));
}

BOOST_FIXTURE_TEST_CASE(stopping_does_not_wait_for_clients_and_removes_the_socket, Fixture) {
  auto server = start();
  const FileDescriptor idle = connect();
  BOOST_TEST(ask(idle.get(), "x") == "answer to x");
  const auto begin = std::chrono::steady_clock::now();
  server.reset();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
  BOOST_TEST(!std::filesystem::exists(socket));
}

BOOST_FIXTURE_TEST_CASE(a_stranger_is_refused_even_where_the_file_lets_it_in, Fixture) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("not root: cannot become somebody else");
    return;
  }
  const auto server = start();
  BOOST_REQUIRE(::chmod(folder.file("").c_str(), 0755) == 0);
  BOOST_REQUIRE(::chmod(socket.c_str(), 0666) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    auto client = connect_unix(socket, 1s);
    const auto answer = client ? receive_message(client->get(), 2s) : Result<Message>(fail("not connected"));
    ::_exit(answer && answer->text.find("permission denied") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  BOOST_TEST(server->counters().refused_peer == 1U);
}
