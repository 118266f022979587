// SPDX-License-Identifier: Apache-2.0
// What was found: alerts, phases, why an alert is one, and files that were kept.
#include <charconv>

#include "control/api/limits.h"
#include "control/api/request.h"
#include "control/config/prefix.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

using nlohmann::json;

tl::unexpected<Error> not_bound() { return fail("this sekisho-control runs without that part"); }

Answer alert_tail(ControlState& state, const Request& request) {
  if (state.providers.alerts == nullptr) return not_bound();
  const auto limit = request.number("limit", 20, api_rows_max);
  if (!limit) return tl::unexpected(limit.error());
  uint64_t after = 0;
  const std::string text = request.text("after");
  std::from_chars(text.data(), text.data() + text.size(), after);
  return json{{"alerts", state.providers.alerts->alerts(after, *limit)}};
}
Answer phase_matrix_of(ControlState& state, const Request&) {
  if (state.providers.phases == nullptr) return not_bound();
  return state.providers.phases->matrix();
}
Answer phase_host(ControlState& state, const Request& request) {
  if (state.providers.phases == nullptr) return not_bound();
  const std::string address = request.text("address");
  Prefix host;
  if (!parse_prefix(address, host) || host.length != 128) return fail(shown(address) + " is not an address");
  auto out = state.providers.phases->host(address);
  if (!out) return fail("nothing is known of " + address);
  return std::move(*out);
}
Answer why(ControlState& state, const Request& request) {
  if (state.providers.alerts == nullptr) return not_bound();
  auto out = state.providers.alerts->why(request.text("alert"));
  if (!out) return fail(shown(request.text("alert")) + " is not an alert that is still kept");
  return std::move(*out);
}

Answer files_list(ControlState& state, const Request& request) {
  if (state.providers.files == nullptr) return not_bound();
  const auto limit = request.number("limit", 20, api_rows_max);
  if (!limit) return tl::unexpected(limit.error());
  return state.providers.files->files(*limit);
}
Answer files_show(ControlState& state, const Request& request) {
  if (state.providers.files == nullptr) return not_bound();
  auto out = state.providers.files->file(request.text("sha256"));
  if (!out) return fail("no file " + shown(request.text("sha256")) + " is stored");
  return std::move(*out);
}

constexpr Handler handlers[] = {
    {"alert tail", alert_tail},
    {"phase matrix", phase_matrix_of},
    {"phase host", phase_host},
    {"why", why},
    {"files list", files_list},
    {"files show", files_show},
};

}  // namespace

std::span<const Handler> alert_handlers() { return handlers; }

}  // namespace sekisho
