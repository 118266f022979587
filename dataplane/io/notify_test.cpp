// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/notify.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "dataplane/record/file_descriptor.h"

using namespace sekisho;

namespace {

// The service manager's end, under an abstract name of this process.
class Manager {
 public:
  Manager() : name_("@sekisho-notify-test-" + std::to_string(getpid())), socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name_.copy(address.sun_path, name_.size());
    address.sun_path[0] = 0;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    BOOST_REQUIRE(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  }
  ~Manager() { unsetenv("NOTIFY_SOCKET"); }
  std::string hears() {
    char text[256];
    const ssize_t got = recv(socket_.get(), text, sizeof text, MSG_DONTWAIT);
    return got < 0 ? "nothing" : std::string(text, static_cast<size_t>(got));
  }

 private:
  std::string name_;
  FileDescriptor socket_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_service_manager_hears_each_state_as_one_datagram) {
  Manager manager;
  Notifier notifier;
  unsetenv("NOTIFY_SOCKET");  // connected already
  notifier.send("READY=1\nSTATUS=2 ports");
  notifier.send("WATCHDOG=1");
  BOOST_TEST(manager.hears() == "READY=1\nSTATUS=2 ports");
  BOOST_TEST(manager.hears() == "WATCHDOG=1");
  BOOST_TEST(manager.hears() == "nothing");
}

BOOST_AUTO_TEST_CASE(without_a_service_manager_nothing_is_sent_and_nothing_fails) {
  unsetenv("NOTIFY_SOCKET");
  Notifier none;
  none.send("READY=1");
  setenv("NOTIFY_SOCKET", "/nobody/listens/here", 1);
  Notifier nobody;
  nobody.send("READY=1");
  const std::string too_long(200, 'x');
  setenv("NOTIFY_SOCKET", too_long.c_str(), 1);
  Notifier unnamed;
  unnamed.send("READY=1");
  unsetenv("NOTIFY_SOCKET");
  Manager manager;
  BOOST_TEST(manager.hears() == "nothing");
}
