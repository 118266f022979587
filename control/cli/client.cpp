// SPDX-License-Identifier: Apache-2.0
#include "control/cli/client.h"

#include <nlohmann/json.hpp>

#include "dataplane/record/message_socket.h"
#include "dataplane/record/unix_socket.h"

namespace sekisho {

using nlohmann::json;

Reply<json> Client::ask(std::string_view verb, const json& arguments, int file) {
  const auto refuse = [](ExitCode code, std::string text) { return tl::unexpected(Refusal{code, std::move(text)}); };
  if (!socket_) {
    auto socket = connect_unix(socket_path_, timeout_);
    if (!socket) return refuse(ExitCode::unreachable, "sekisho-control does not answer: " + describe(socket.error()));
    socket_ = std::move(*socket);
  }
  const std::string request = json{{"verb", verb}, {"arguments", arguments}}.dump(-1, ' ', false, json::error_handler_t::replace);
  const std::span<const int> files(&file, file < 0 ? 0 : 1);
  // A server that refuses us answers and closes before it reads: so its answer is read even where sending failed.
  const auto sent = send_message(socket_.get(), request, files, timeout_);
  const auto message = receive_message(socket_.get(), timeout_);
  if (!message)
    return refuse(ExitCode::unreachable, "sekisho-control: " + (sent ? message.error().text : sent.error().text));
  json answer = json::parse(message->text, nullptr, false);
  if (!answer.is_object()) return refuse(ExitCode::failed, "sekisho-control's answer is not a JSON object");
  if (answer.value("ok", json()) == true) return std::move(answer["result"]);
  const json error = answer.value("error", json());
  return refuse(ExitCode::failed, error.is_string() ? error.get<std::string>() : "refused without a reason");
}

json arguments_of(const Invocation& invocation) {
  json out = json::object();
  for (const auto& [name, value] : invocation.values) out[name] = value;
  for (const std::string& flag : invocation.flags) out[flag] = true;
  return out;
}

}  // namespace sekisho
