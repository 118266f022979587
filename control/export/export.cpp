// SPDX-License-Identifier: Apache-2.0
#include "control/export/export.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sekisho {

namespace {

constexpr size_t piece_bytes = size_t{1} << 20;

// THE LIST: a format is a file and a place here.
constexpr const ExportFormat* formats[] = {&csv_export, &stix_export, &zeek_export, &suricata_export};

class PieceWriter {
 public:
  PieceWriter(int file, uint64_t bytes_max) : file_(file), bytes_max_(bytes_max) {}

  Result<void> write(ExportText& text) {
    if (written_ + text.size() > bytes_max_) return fail("the export has more than " + std::to_string(bytes_max_) + " bytes");
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t put = ::pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(written_));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return fail(std::string("the export cannot be written: ") + std::strerror(errno));
      written_ += static_cast<uint64_t>(put);
      rest.remove_prefix(static_cast<size_t>(put));
    }
    text.clear();
    return {};
  }

 private:
  int file_;
  uint64_t bytes_max_;
  uint64_t written_ = 0;
};

}  // namespace

const ExportFormat* export_format_named(std::string_view name) {
  for (const ExportFormat* format : formats)
    if (format->name == name) return format;
  return nullptr;
}

std::string export_format_names() {
  std::string out;
  for (const ExportFormat* format : formats) out.append(out.empty() ? "" : ", ").append(format->name);
  return out;
}

Result<ExportReport> export_indicators(const ExportFormat& format, const ExportSet& set, int file) {
  ExportReport report;
  PieceWriter writer(file, set.bytes_max);
  ExportText text;
  format.begin(set, text);
  Indicator indicator;
  for (uint64_t number = 0; number < set.indicators.size(); ++number) {
    const ListedIndicator& listed = set.indicators[number];
    indicator = *listed.indicator;
    indicator.action = listed.action;
    indicator.shadowed = listed.shadowed;
    if (indicator.valid_until_s != 0 && indicator.valid_until_s <= set.now_s) {
      ++report.expired;
      continue;
    }
    report.exported += format.write(set, indicator, number, text, report) ? 1 : 0;
    if (text.size() < piece_bytes) continue;
    if (auto written = writer.write(text); !written) return tl::unexpected(written.error());
  }
  format.end(set, text);
  if (auto written = writer.write(text); !written) return tl::unexpected(written.error());
  return report;
}

}  // namespace sekisho
