// SPDX-License-Identifier: Apache-2.0
#include "control/publish/stored_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "control/feeds/timestamp.h"
#include "dataplane/record/file_descriptor.h"

namespace sekisho {

namespace {

constexpr std::string_view section_names[] = {"entries",   "ids",          "profiles",  "feeds",      "text",      "tables",         "lines",       "interval_sets",
                                              "intervals", "pattern_sets", "databases", "tombstones", "compounds", "compound_terms", "anchor_links"};
static_assert(std::size(section_names) == section_count);

bool read_all(int file, uint8_t* to, size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::read(file, to, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

void put_quoted(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos && (text.empty() || (text.front() != ' ' && text.back() != ' '))) {
    out.append(text);
    return;
  }
  out += '"';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

std::string line_of(const Image& image, const IndicatorEntry& entry) {
  std::string out;
  const auto put = [&out](std::string_view cell) {
    out += ',';
    put_quoted(cell, out);
  };
  put_quoted(image.text(entry.original_offset, entry.original_length), out);
  put(kind_name(entry.kind));
  put(mode_name(entry.mode));
  put(entry.severity == 0 ? std::string() : std::to_string(entry.severity));
  put(std::to_string(entry.confidence));
  put(tlp_name(entry.tlp));
  put(time_cell(entry.valid_from_s));
  put(time_cell(entry.valid_until_s));
  put(action_name(entry.action));
  put(image.feed(entry.feed));
  return out;
}

}  // namespace

Result<StoredImage> read_stored_image(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0) return fail(std::string("cannot be opened: ") + std::strerror(errno), path);
  if (!S_ISREG(about.st_mode)) return fail("is not a regular file", path);
  StoredImage out;
  out.bytes = static_cast<size_t>(about.st_size);
  const size_t rounded = std::max<size_t>((out.bytes + section_alignment - 1) / section_alignment, 1) * section_alignment;
  out.memory.reset(static_cast<uint8_t*>(std::aligned_alloc(section_alignment, rounded)));
  if (out.memory == nullptr) return fail("is too large for this machine's memory: " + std::to_string(out.bytes) + " bytes", path);
  if (!read_all(file.get(), out.memory.get(), out.bytes)) return fail("cannot be read whole", path);
  return out;
}

Result<void> open_image(StoredImage& stored, const std::string& path) {
  auto image = Image::open({stored.memory.get(), stored.bytes});
  if (!image) return fail(image.error().text, path);
  stored.image = std::move(*image);
  return {};
}

Result<StoredImage> open_stored_image(const std::string& path) {
  auto out = read_stored_image(path);
  if (!out) return out;
  if (const auto opened = open_image(*out, path); !opened) return tl::unexpected(opened.error());
  return out;
}

std::vector<SectionSize> sections_of(const StoredImage& stored) {
  ImageHeader header;
  std::memcpy(&header, stored.memory.get(), sizeof header);
  std::vector<SectionSize> out;
  for (size_t i = 0; i < section_count; ++i) out.push_back({section_names[i], header.sections[i].bytes});
  return out;
}

std::string_view image_lines_header() { return "value,kind,mode,severity,confidence,tlp,valid_from,valid_until,action,feed"; }

std::vector<std::string> image_lines(const Image& image) {
  std::vector<std::string> out;
  out.reserve(image.indicator_count());
  for (const IndicatorEntry& entry : image.indicators()) out.push_back(line_of(image, entry));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace sekisho
