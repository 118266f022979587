// SPDX-License-Identifier: Apache-2.0
// For tests: a data plane's command socket that answers as it is told.
#pragma once

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <mutex>
#include <thread>

#include "dataplane/record/message_socket.h"
#include "dataplane/record/unix_socket.h"

namespace sekisho {

class FakeDataplane {
 public:
  struct Answer {
    std::string text;
    std::vector<int> files = {};
  };
  using Handler = std::function<Answer(const Message& request)>;

  FakeDataplane(const std::string& path, Handler handler) : handler_(std::move(handler)) {
    auto listener = listen_unix(path, 0600);
    BOOST_REQUIRE(listener.has_value());
    listener_ = std::move(*listener);
    thread_ = std::thread([this] { run(); });
  }
  ~FakeDataplane() {
    stopping_ = true;
    thread_.join();
  }

 private:
  void run() {
    FileDescriptor peer;
    MessageReader reader;
    while (!stopping_) {
      if (auto accepted = accept_unix(listener_.get()); accepted && *accepted) {
        peer = std::move(*accepted);
        reader = {};
      }
      if (peer) {
        const auto progress = reader.read_some(peer.get());
        if (!progress || *progress == MessageReader::Progress::closed) peer.reset();
        else if (*progress == MessageReader::Progress::message) answer(peer.get(), reader.take());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  void answer(int socket, const Message& request) {
    const Answer answer = handler_(request);
    if (!answer.text.empty()) (void)send_message(socket, answer.text, answer.files, std::chrono::seconds(1));
  }

  Handler handler_;
  FileDescriptor listener_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace sekisho
