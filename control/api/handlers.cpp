// SPDX-License-Identifier: Apache-2.0
#include "control/api/handlers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "control/api/limits.h"
#include "control/api/request.h"
#include "control/feeds/sniff.h"
#include "control/api/verbs.h"

namespace sekisho {

namespace {

using nlohmann::json;

const Handler* handler_of(std::string_view verb) {
  for (const std::span<const Handler> part : {status_handlers(), indicator_handlers(), feed_handlers(), alert_handlers()})
    for (const Handler& handler : part)
      if (handler.verb == verb) return &handler;
  return nullptr;
}

// Unknown names and wrong types are refused here, once for all verbs. "after" is the follower's own.
Result<void> check_arguments(const VerbSpec& verb, const json& arguments) {
  for (const auto& [name, value] : arguments.items()) {
    const auto spec = std::find_if(verb.arguments.begin(), verb.arguments.end(), [&, n = name](const ArgumentSpec& a) { return a.name == n; });
    const bool known = spec != verb.arguments.end() || (verb.name == "alert tail" && name == "after");
    if (!known) return fail("\"" + std::string(verb.name) + "\" has no argument " + shown(name));
    const bool flag = spec != verb.arguments.end() && spec->form == ArgumentSpec::Form::flag;
    if (flag ? !value.is_boolean() : !value.is_string()) return fail("argument " + shown(name) + " is of the wrong type");
    if (value.is_string() && value.get_ref<const std::string&>().size() > api_argument_bytes_max)
      return fail("argument " + shown(name) + " is longer than " + std::to_string(api_argument_bytes_max) + " bytes");
  }
  for (const ArgumentSpec& spec : verb.arguments)
    if (spec.form == ArgumentSpec::Form::positional && !arguments.contains(spec.name))
      return fail("argument \"" + std::string(spec.name) + "\" is missing");
  return {};
}

Answer dispatch(ControlState& state, const Message& message) {
  const json request = json::parse(message.text, nullptr, false);
  if (!request.is_object() || !request.contains("verb") || !request["verb"].is_string()) return fail("not a request");
  const std::string name = request["verb"];
  const VerbSpec* verb = verb_named(name);
  const Handler* handler = handler_of(name);
  if (verb == nullptr || handler == nullptr) return fail(shown(name) + " is not a verb of sekisho-control");
  const json arguments = request.value("arguments", json::object());
  if (!arguments.is_object()) return fail("arguments are not an object");
  if (auto checked = check_arguments(*verb, arguments); !checked) return tl::unexpected(checked.error());
  return handler->function(state, {arguments, message.files});
}

}  // namespace

std::string answer_request(ControlState& state, const Message& request) {
  json out;
  try {
    Answer answer = dispatch(state, request);
    if (answer) out = {{"ok", true}, {"result", std::move(*answer)}};
    else out = {{"ok", false}, {"error", describe(answer.error())}};
  } catch (const json::exception& error) {
    out = {{"ok", false}, {"error", std::string("not a request: ") + error.what()}};
  }
  std::string text = out.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > message_bytes_max) text = R"({"ok":false,"error":"the answer is too long: ask for less"})";
  return text;
}

bool has_handler(std::string_view verb) { return handler_of(verb) != nullptr; }

}  // namespace sekisho
