// SPDX-License-Identifier: Apache-2.0
#include "control/api/request.h"

#include <charconv>
#include <chrono>

#include "control/feeds/sniff.h"

namespace sekisho {

Result<uint64_t> Request::number(const char* name, uint64_t fallback, uint64_t most) const {
  const std::string digits = text(name);
  if (digits.empty()) return fallback;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 1 || value > most)
    return fail(shown(digits) + " is not a number from 1 to " + std::to_string(most));
  return value;
}

Result<std::optional<Kind>> Request::kind() const {
  const std::string name = text("kind");
  if (name.empty()) return std::optional<Kind>();
  Kind kind;
  if (!kind_from_name(name, kind)) return fail(shown(name) + " is not an indicator kind");
  return std::optional<Kind>(kind);
}

int64_t wall_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace sekisho
