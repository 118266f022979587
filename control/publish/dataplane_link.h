// SPDX-License-Identifier: Apache-2.0
// Control's end of the data plane's command socket (dataplane/record/README.md has the commands). One request at a time; safe for many
// threads. After an error the connection is gone until connect() makes a new one.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "dataplane/record/message_socket.h"
#include "dataplane/record/ring.h"

namespace sekisho {

struct AttachedRing {
  uint32_t lcore;
  RingKind kind;
  uint64_t bytes;        // as the data plane says; the mapping's own size counts
  FileDescriptor file;
};
struct AttachedPair {
  std::string name;
  std::string mode;
};
// What a data plane process says of itself.
struct Attachment {
  uint32_t boot_id = 0;
  std::vector<std::string> protocols;  // index = RecordEndpoints::app_protocol - 1
  std::vector<std::string> ports;      // index = RecordEndpoints::client_side_port
  std::vector<AttachedPair> pairs;     // index = RecordEndpoints::pair
  std::vector<AttachedRing> rings;
  FileDescriptor heartbeat;            // a word for each lcore, written in every turn of its loop
};

// Sealed files of a set; -1 = not sent. Without a base the delta lies over the one that the data plane has.
struct ImageParts {
  int base = -1;
  int delta = -1;
};

class DataplaneLink {
 public:
  explicit DataplaneLink(std::string socket_path) : path_(std::move(socket_path)) {}

  // Connects and attaches. The files of the rings are handed to the caller.
  Result<Attachment> connect();
  bool connected() const;
  // True where the peer has closed; drops the connection then.
  bool lost();

  Result<void> load_image(uint32_t generation, const ImageParts& parts);
  // The answer's JSON text, whole ("ok" was true).
  Result<std::string> counters();
  Result<std::string> status();
  // One page of the flow tables. `arguments` are those of the command "flows" (network, port, app, limit,
  // after), as a JSON object's text.
  Result<std::string> flows(const std::string& arguments);

 private:
  Result<Message> exchange(const std::string& text, std::span<const int> files, std::chrono::milliseconds timeout);
  Result<std::string> ask(const std::string& text);

  const std::string path_;
  mutable std::mutex mutex_;
  FileDescriptor socket_;
};

}  // namespace sekisho
