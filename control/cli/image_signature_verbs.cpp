// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "control/cli/image_verbs.h"
#include "control/feeds/file_text.h"
#include "control/publish/atomic_file.h"
#include "control/signatures/minisign.h"
#include "control/publish/stored_image.h"

namespace sekisho {

namespace {

// A key, a signature, a serial: a line or four.
Result<std::string> small_file(const std::string& path) {
  constexpr uint64_t bytes_max = 64 * 1024;
  auto file = read_file_text(path, bytes_max);
  return file ? Result<std::string>(std::move(file->text)) : tl::unexpected(file.error());
}

ExitCode refuse(const Error& error) { return print_refusal({ExitCode::failed, describe(error)}); }

// A whole text that is a number, line ends aside.
std::optional<uint64_t> whole_number(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

uint64_t wall_s() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}

// Refuses an older image; remembers a newer one. `file`: empty = nobody remembers.
Result<void> keep_serial(const std::string& file, std::optional<uint64_t> serial) {
  if (file.empty()) return {};
  if (!serial) return fail("the signature's trusted comment holds no serial");
  std::optional<uint64_t> last;
  if (::access(file.c_str(), F_OK) == 0) {
    const auto text = small_file(file);
    if (!text) return tl::unexpected(text.error());
    last = whole_number(*text);
    if (!last) return fail("holds no serial: remove it only if any image may be the next", file);
  }
  if (last && *serial < *last) return fail("serial " + std::to_string(*serial) + " is older than " + std::to_string(*last) + ", the last accepted");
  if (last == serial) return {};
  return write_file_atomically(file, std::to_string(*serial) + "\n");
}

}  // namespace

ExitCode image_sign(const Invocation& invocation) {
  const std::string file = invocation.value("file"), given = invocation.value("serial");
  const auto serial = given.empty() ? std::optional(wall_s()) : whole_number(given);
  if (!serial) return print_refusal({ExitCode::usage, "\"" + given + "\" is not a serial: a number without sign"});
  const auto stored = open_stored_image(file);
  if (!stored) return refuse(stored.error());
  const auto key = small_file(invocation.value("key"));
  if (!key) return refuse(key.error());
  const std::string name = file.substr(file.find_last_of('/') + 1);
  const std::string comment = "serial:" + std::to_string(*serial) + "\tgeneration:" + std::to_string(stored->image->generation()) + "\tfile:" + name;
  const auto signature = sign_bytes({stored->memory.get(), stored->bytes}, *key, comment);
  if (!signature) return refuse({signature.error().text, invocation.value("key")});
  const auto written = write_file_atomically(file + ".minisig", *signature);
  if (!written) return refuse(written.error());
  print_answer(invocation, {{"file", file}, {"signature", file + ".minisig"}, {"serial", *serial}});
  return ExitCode::ok;
}

ExitCode image_verify(const Invocation& invocation) {
  const std::string file = invocation.value("file");
  auto stored = read_stored_image(file);
  if (!stored) return refuse(stored.error());
  const auto signature = small_file(file + ".minisig");
  if (!signature) return refuse(signature.error());
  const auto key = small_file(invocation.value("key"));
  if (!key) return refuse(key.error());
  const auto comment = verify_bytes({stored->memory.get(), stored->bytes}, *signature, *key);
  if (!comment) return refuse({comment.error().text, file});
  if (const auto opened = open_image(*stored, file); !opened) return refuse(opened.error());
  const auto serial = serial_of(*comment);
  if (const auto kept = keep_serial(invocation.value("last-serial"), serial); !kept)
    return refuse({kept.error().text, kept.error().file.empty() ? file : kept.error().file});
  nlohmann::json out{{"file", file}, {"trusted_comment", *comment}, {"generation", stored->image->generation()}, {"indicators", stored->image->indicator_count()}};
  if (serial) out["serial"] = *serial;
  print_answer(invocation, out);
  return ExitCode::ok;
}

}  // namespace sekisho
