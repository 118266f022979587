// SPDX-License-Identifier: Apache-2.0
// What systemd wants to hear (sd_notify(3)), without its library: one datagram to $NOTIFY_SOCKET.
#pragma once

#include <chrono>
#include <string_view>

#include "dataplane/record/file_descriptor.h"

namespace sekisho {

class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET and WATCHDOG_USEC. Without them every call does nothing.
  ServiceManager();

  void ready() const { notify("READY=1"); }
  void reloading() const;
  void stopping() const { notify("STOPPING=1"); }
  void status(std::string_view text) const;
  void alive() const { notify("WATCHDOG=1"); }
  // How often alive() must be called; zero = never.
  std::chrono::microseconds watchdog_interval() const { return watchdog_interval_; }

 private:
  void notify(std::string_view text) const;

  FileDescriptor socket_;
  std::chrono::microseconds watchdog_interval_{0};
};

}  // namespace sekisho
