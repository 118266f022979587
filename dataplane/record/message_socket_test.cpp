// SPDX-License-Identifier: Apache-2.0
#include "dataplane/record/message_socket.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "dataplane/record/unix_socket.h"
#include "matchers/base/bytes.h"

using namespace sekisho;
using namespace std::chrono_literals;

namespace {

struct Pair {
  Pair() {
    int fds[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
    a = FileDescriptor(fds[0]);
    b = FileDescriptor(fds[1]);
  }
  FileDescriptor a, b;
};

void write_raw(int socket, std::string_view bytes) {
  BOOST_REQUIRE(::send(socket, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
}

std::string frame(std::string_view text) {
  std::string out(4, '\0');
  store_be32(reinterpret_cast<uint8_t*>(out.data()), static_cast<uint32_t>(text.size()));
  return out.append(text);
}

FileDescriptor file_with(std::string_view content) {
  FileDescriptor file(::memfd_create("test", MFD_CLOEXEC));
  BOOST_REQUIRE(::write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  return file;
}

std::string content_of(const FileDescriptor& file) {
  char buffer[64];
  const ssize_t got = ::pread(file.get(), buffer, sizeof buffer, 0);
  return {buffer, got > 0 ? static_cast<size_t>(got) : 0};
}

size_t open_files() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_message_arrives_as_it_was_sent) {
  Pair pair;
  BOOST_REQUIRE(send_message(pair.a.get(), R"({"command":"status"})", {}, 1s).has_value());
  const auto message = receive_message(pair.b.get(), 1s);
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST(message->text == R"({"command":"status"})");
  BOOST_TEST(message->files.empty());
}

BOOST_AUTO_TEST_CASE(files_stay_with_the_message_that_carries_them) {
  Pair pair;
  const FileDescriptor one = file_with("one"), two = file_with("two"), three = file_with("three");
  const int first[] = {one.get(), two.get()};
  const int second[] = {three.get()};
  BOOST_REQUIRE(send_message(pair.a.get(), "{}", first, 1s).has_value());
  BOOST_REQUIRE(send_message(pair.a.get(), "[]", second, 1s).has_value());
  const auto a = receive_message(pair.b.get(), 1s);
  const auto b = receive_message(pair.b.get(), 1s);
  BOOST_REQUIRE(a.has_value());
  BOOST_REQUIRE(b.has_value());
  BOOST_REQUIRE(a->files.size() == 2);
  BOOST_TEST(content_of(a->files[0]) == "one");
  BOOST_TEST(content_of(a->files[1]) == "two");
  BOOST_REQUIRE(b->files.size() == 1);
  BOOST_TEST(content_of(b->files[0]) == "three");
  BOOST_TEST((::fcntl(b->files[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(a_message_sent_byte_by_byte_arrives_whole) {
  Pair pair;
  const std::string bytes = frame("{\"a\":1}");
  MessageReader reader;
  for (size_t i = 0; i < bytes.size(); ++i) {
    write_raw(pair.a.get(), std::string_view(bytes).substr(i, 1));
    const auto progress = reader.read_some(pair.b.get());
    BOOST_REQUIRE(progress.has_value());
    BOOST_TEST((*progress == MessageReader::Progress::message) == (i + 1 == bytes.size()));
    BOOST_TEST(reader.inside_message());
  }
  BOOST_TEST(reader.take().text == "{\"a\":1}");
  BOOST_TEST(!reader.inside_message());
}

BOOST_AUTO_TEST_CASE(two_messages_in_one_write_are_two) {
  Pair pair;
  write_raw(pair.a.get(), frame("first") + frame("second"));
  BOOST_TEST(receive_message(pair.b.get(), 1s)->text == "first");
  BOOST_TEST(receive_message(pair.b.get(), 1s)->text == "second");
}

BOOST_AUTO_TEST_CASE(the_longest_message_passes_and_one_byte_more_is_refused_on_both_sides) {
  Pair pair;
  const std::string longest(message_bytes_max, 'x');
  std::thread sender([&] { BOOST_TEST(send_message(pair.a.get(), longest, {}, 10s).has_value()); });
  const auto message = receive_message(pair.b.get(), 10s);
  sender.join();
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST((message->text == longest));
  BOOST_TEST(!send_message(pair.a.get(), longest + "x", {}, 1s).has_value());
  std::string header(4, '\0');
  store_be32(reinterpret_cast<uint8_t*>(header.data()), message_bytes_max + 1);
  write_raw(pair.a.get(), header);
  const auto refused = receive_message(pair.b.get(), 1s);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().text == "a message of 1048577 bytes: 1 to 1048576 are allowed");
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_refused_on_both_sides) {
  Pair pair;
  BOOST_TEST(!send_message(pair.a.get(), "", {}, 1s).has_value());
  write_raw(pair.a.get(), std::string_view("\0\0\0\0", 4));
  BOOST_TEST(!receive_message(pair.b.get(), 1s).has_value());
}

BOOST_AUTO_TEST_CASE(a_claimed_length_takes_no_memory_until_bytes_come) {
  Pair pair;
  std::string header(4, '\0');
  store_be32(reinterpret_cast<uint8_t*>(header.data()), message_bytes_max);
  write_raw(pair.a.get(), header);
  MessageReader reader;
  BOOST_TEST((reader.read_some(pair.b.get()).value() == MessageReader::Progress::need_more));
  BOOST_TEST(reader.take().text.size() <= 65536U);
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_between_messages_is_closed_and_inside_one_is_an_error) {
  const std::string bytes = frame("text");
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    Pair pair;
    if (cut != 0) write_raw(pair.a.get(), bytes.substr(0, cut));
    pair.a.reset();
    MessageReader reader;
    const auto progress = reader.read_some(pair.b.get());
    BOOST_TEST(progress.has_value() == (cut == 0));
    if (progress) BOOST_TEST((*progress == MessageReader::Progress::closed));
  }
}

BOOST_AUTO_TEST_CASE(a_silent_peer_costs_the_timeout_and_no_more) {
  Pair pair;
  write_raw(pair.a.get(), "\0\0");
  const auto begin = std::chrono::steady_clock::now();
  const auto message = receive_message(pair.b.get(), 50ms);
  const auto took = std::chrono::steady_clock::now() - begin;
  BOOST_REQUIRE(!message.has_value());
  BOOST_TEST(message.error().text == "the peer did not answer in time");
  BOOST_TEST((took >= 50ms && took < 5s));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_costs_the_timeout_and_no_more) {
  Pair pair;
  const std::string text(message_bytes_max, 'x');
  const auto sent = send_message(pair.a.get(), text, {}, 50ms);
  BOOST_REQUIRE(!sent.has_value());
  BOOST_TEST(sent.error().text == "the peer did not answer in time");
}

BOOST_AUTO_TEST_CASE(files_of_a_refused_message_are_closed) {
  Pair pair;
  const FileDescriptor file = file_with("x");
  const size_t before = open_files();
  {
    // The files ride on a header that claims too much.
    int fd = file.get();
    uint8_t header[4] = {0xff, 0xff, 0xff, 0xff};
    iovec part{header, sizeof header};
    alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof fd)] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    BOOST_REQUIRE(::sendmsg(pair.a.get(), &message, 0) == 4);
    BOOST_TEST(!receive_message(pair.b.get(), 1s).has_value());
  }
  BOOST_TEST(open_files() == before);
}

BOOST_AUTO_TEST_CASE(more_files_than_the_bound_are_refused_by_the_sender) {
  Pair pair;
  const std::vector<int> files(message_files_max + 1, pair.a.get());
  BOOST_TEST(!send_message(pair.a.get(), "{}", files, 1s).has_value());
  const std::vector<int> most(message_files_max, pair.a.get());
  BOOST_REQUIRE(send_message(pair.a.get(), "{}", most, 1s).has_value());
  BOOST_TEST(receive_message(pair.b.get(), 1s)->files.size() == message_files_max);
}

namespace {
struct SocketPath {
  SocketPath() {
    char name[] = "/tmp/sekisho-test-XXXXXX";
    folder = ::mkdtemp(name);
    path = folder + "/socket";
  }
  ~SocketPath() { std::filesystem::remove_all(folder); }
  std::string folder, path;
};
}  // namespace

BOOST_AUTO_TEST_CASE(a_client_reaches_a_listener_and_is_known_by_its_credentials) {
  const SocketPath at;
  const auto listener = listen_unix(at.path, 0660);
  BOOST_REQUIRE(listener.has_value());
  struct stat status;
  BOOST_REQUIRE(::stat(at.path.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0660U);
  BOOST_TEST(!*accept_unix(listener->get()));  // nobody yet
  const auto client = connect_unix(at.path, 1s);
  BOOST_REQUIRE(client.has_value());
  const auto server = accept_unix(listener->get());
  BOOST_REQUIRE(server.has_value());
  BOOST_REQUIRE(static_cast<bool>(*server));
  const auto peer = peer_credentials(server->get());
  BOOST_REQUIRE(peer.has_value());
  BOOST_TEST(peer->pid == ::getpid());
  BOOST_TEST(peer->uid == ::getuid());
  std::vector<gid_t> groups(static_cast<size_t>(::getgroups(0, nullptr)));
  BOOST_REQUIRE(::getgroups(static_cast<int>(groups.size()), groups.data()) == static_cast<int>(groups.size()));
  std::sort(groups.begin(), groups.end());
  auto told = peer->groups;
  std::sort(told.begin(), told.end());
  BOOST_TEST((told == groups));
}

BOOST_AUTO_TEST_CASE(a_live_socket_is_not_taken_over_and_a_stale_one_is) {
  const SocketPath at;
  {
    const auto first = listen_unix(at.path, 0600);
    BOOST_REQUIRE(first.has_value());
    const auto second = listen_unix(at.path, 0600);
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().text == "another process listens here");
  }
  BOOST_TEST(listen_unix(at.path, 0600).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_a_socket_is_not_removed) {
  const SocketPath at;
  ::close(::open(at.path.c_str(), O_CREAT | O_WRONLY, 0600));
  BOOST_TEST(!listen_unix(at.path, 0600).has_value());
  BOOST_TEST(std::filesystem::exists(at.path));
}

BOOST_AUTO_TEST_CASE(a_path_longer_than_the_kernel_takes_is_refused) {
  BOOST_TEST(!listen_unix(std::string(108, 'x'), 0600).has_value());
  BOOST_TEST(!connect_unix(std::string(108, 'x'), 1s).has_value());
}
