// SPDX-License-Identifier: Apache-2.0
// Suricata's datasets: one value a line, perhaps with a reputation behind a comma. Digests and addresses (types md5, sha256, ip, ipv4) stand
// as they are, strings in base64; the file does not say what its values are, the feed's `kind` does. A dataset holds whole values.
#include "control/feeds/base64.h"
#include "control/feeds/collector.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

Result<void> read_suricata_dataset_feed(std::string_view text, Collector& collector) {
  const auto kind = collector.feed().kind;
  if (!kind) return fail("a dataset does not tell the kind of its values: the feed needs its `kind`");
  const bool plain = form_of(*kind) == Form::digest || form_of(*kind) == Form::address;
  LineReader lines(text);
  while (lines.next()) {
    const std::string_view line = trimmed(lines.line());
    if (line.empty() || line.front() == '#') continue;
    if (!collector.has_room(lines.number())) break;
    if (line.size() > feed_line_bytes_max) {
      collector.reject(lines.number(), "a line that is too long");
      continue;
    }
    const size_t comma = std::min(line.find(','), line.size());
    const std::string_view written = trimmed(line.substr(0, comma));
    const auto value = plain ? std::string(written) : decode_base64(written);
    const std::string note = comma == line.size() ? "" : "reputation " + std::string(trimmed(line.substr(comma + 1)));
    if (!value) collector.reject(lines.number(), shown(written) + " is not base64");
    else collector.add(lines.number(), {.value = *value, .mode = "exact", .note = note});
  }
  return {};
}

}  // namespace sekisho
