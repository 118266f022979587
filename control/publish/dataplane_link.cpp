// SPDX-License-Identifier: Apache-2.0
#include "control/publish/dataplane_link.h"

#include <poll.h>

#include <nlohmann/json.hpp>

#include "control/publish/limits.h"
#include "dataplane/record/unix_socket.h"

namespace sekisho {

namespace {

using nlohmann::json;

// The answer as an object whose "ok" is true; else the error it names.
Result<json> checked_answer(const std::string& text) {
  json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return fail("the data plane's answer is not a JSON object");
  if (answer.value("ok", json()) == true) return answer;
  const json error = answer.value("error", json());
  return fail("the data plane refuses: " + (error.is_string() ? error.get<std::string>() : "without a reason"));
}

uint64_t number_in(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_number_unsigned() ? at->get<uint64_t>() : 0;
}
std::string text_in(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}
const json& list_in(const json& object, const char* name) {
  static const json none = json::array();
  const auto at = object.find(name);
  return at != object.end() && at->is_array() ? *at : none;
}

std::vector<std::string> texts_in(const json& object, const char* name) {
  std::vector<std::string> out;
  for (const json& item : list_in(object, name)) out.push_back(item.is_string() ? item.get<std::string>() : text_in(item, "name"));
  return out;
}

// {"kind":"sightings"} or the enumerator's number.
Result<RingKind> ring_kind(const json& ring) {
  const std::string name = text_in(ring, "kind");
  if (name == "sightings") return RingKind::sightings;
  if (name == "transactions") return RingKind::transactions;
  if (name == "files") return RingKind::files;
  const uint64_t number = number_in(ring, "kind");
  if (name.empty() && number <= static_cast<uint64_t>(RingKind::files)) return static_cast<RingKind>(number);
  return fail("the data plane names a ring of an unknown kind");
}

Result<Attachment> read_attachment(const json& answer, std::vector<FileDescriptor> files) {
  Attachment out;
  out.boot_id = static_cast<uint32_t>(number_in(answer, "boot_id"));
  out.protocols = texts_in(answer, "protocols");
  out.ports = texts_in(answer, "ports");
  for (const json& pair : list_in(answer, "pairs"))
    if (pair.is_object()) out.pairs.push_back({text_in(pair, "name"), text_in(pair, "mode")});
  const json& rings = list_in(answer, "rings");
  // Behind the rings comes the memory of the lcores' heartbeats, where the data plane has it.
  if (answer.contains("heartbeat") && files.size() == rings.size() + 1) {
    out.heartbeat = std::move(files.back());
    files.pop_back();
  }
  if (rings.size() != files.size())
    return fail("the data plane names " + std::to_string(rings.size()) + " rings and sends " + std::to_string(files.size()) + " files");
  for (size_t i = 0; i < files.size(); ++i) {
    if (!rings[i].is_object()) return fail("the data plane's answer names a ring that is not an object");
    const auto kind = ring_kind(rings[i]);
    if (!kind) return tl::unexpected(kind.error());
    out.rings.push_back({static_cast<uint32_t>(number_in(rings[i], "lcore")), *kind, number_in(rings[i], "bytes"), std::move(files[i])});
  }
  return out;
}

}  // namespace

Result<Attachment> DataplaneLink::connect() {
  auto socket = connect_unix(path_, dataplane_answer_timeout);
  if (!socket) return tl::unexpected(socket.error());
  {
    const std::lock_guard lock(mutex_);
    socket_ = std::move(*socket);
  }
  auto message = exchange(R"({"command":"attach"})", {}, dataplane_answer_timeout);
  if (!message) return tl::unexpected(message.error());
  const auto answer = checked_answer(message->text);
  auto attachment = answer ? read_attachment(*answer, std::move(message->files)) : tl::unexpected(answer.error());
  if (!attachment) {
    const std::lock_guard lock(mutex_);
    socket_.reset();
  }
  return attachment;
}

bool DataplaneLink::connected() const {
  const std::lock_guard lock(mutex_);
  return static_cast<bool>(socket_);
}

bool DataplaneLink::lost() {
  const std::lock_guard lock(mutex_);
  if (!socket_) return true;
  pollfd entry{socket_.get(), POLLRDHUP, 0};
  if (::poll(&entry, 1, 0) > 0) socket_.reset();
  return !socket_;
}

Result<Message> DataplaneLink::exchange(const std::string& text, std::span<const int> files, std::chrono::milliseconds timeout) {
  const std::lock_guard lock(mutex_);
  if (!socket_) return fail("the data plane is not connected");
  auto sent = send_message(socket_.get(), text, files, dataplane_answer_timeout);
  auto answer = sent ? receive_message(socket_.get(), timeout) : tl::unexpected(sent.error());
  if (answer) return answer;
  socket_.reset();  // an answer that comes late must not be taken for the next one
  return fail("data plane: " + answer.error().text, path_);
}

Result<std::string> DataplaneLink::ask(const std::string& text) {
  auto message = exchange(text, {}, dataplane_answer_timeout);
  if (!message) return tl::unexpected(message.error());
  if (const auto answer = checked_answer(message->text); !answer) return tl::unexpected(answer.error());
  return std::move(message->text);
}

Result<void> DataplaneLink::load_image(uint32_t generation, const ImageParts& parts) {
  std::vector<int> files;
  json request{{"command", "load_image"}, {"generation", generation}, {"parts", json::array()}};
  const auto add = [&](const char* name, int file) {
    if (file < 0) return;
    files.push_back(file);
    request["parts"].push_back(name);
  };
  add("base", parts.base);
  add("delta", parts.delta);
  const auto message = exchange(request.dump(), files, dataplane_load_timeout);
  if (!message) return tl::unexpected(message.error());
  const auto answer = checked_answer(message->text);
  if (!answer) return tl::unexpected(answer.error());
  if (number_in(*answer, "generation") != generation)
    return fail("the data plane answers with generation " + std::to_string(number_in(*answer, "generation")) + " to " +
                std::to_string(generation));
  return {};
}

Result<std::string> DataplaneLink::counters() { return ask(R"({"command":"counters"})"); }
Result<std::string> DataplaneLink::status() { return ask(R"({"command":"status"})"); }
Result<std::string> DataplaneLink::flows(const std::string& arguments) {
  json command = json::parse(arguments, nullptr, false);
  if (!command.is_object()) return fail("the arguments of \"flows\" are no object");
  command["command"] = "flows";
  return ask(command.dump());
}

}  // namespace sekisho
