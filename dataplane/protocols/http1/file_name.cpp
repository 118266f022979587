// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/file_name.h"

#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/start_line.h"

namespace sekisho::http1 {

namespace {

// Appends to a bounded span; what does not fit is cut.
class Writer {
 public:
  explicit Writer(std::span<uint8_t> out) : out_(out) {}
  void put(uint8_t byte) {
    if (size_ < out_.size()) out_[size_++] = byte;
  }
  void put_latin1(uint8_t byte) {
    if (byte < 0x80) return put(byte);
    if (size_ + 2 > out_.size()) return;
    put(static_cast<uint8_t>(0xc0 | byte >> 6));
    put(static_cast<uint8_t>(0x80 | (byte & 0x3f)));
  }
  size_t size() const { return size_; }
  // Folders before the name are not part of it (RFC 6266 4.3).
  size_t drop_folders() {
    size_t start = size_;
    while (start > 0 && out_[start - 1] != '/' && out_[start - 1] != '\\') --start;
    std::copy(out_.begin() + static_cast<std::ptrdiff_t>(start), out_.begin() + static_cast<std::ptrdiff_t>(size_),
              out_.begin());
    return size_ -= start;
  }

 private:
  std::span<uint8_t> out_;
  size_t size_ = 0;
};

enum class Charset : uint8_t { as_sent, latin1 };
void put_percent_decoded(std::string_view text, Charset charset, Writer& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    uint8_t byte = static_cast<uint8_t>(text[i]);
    if (const int escaped = percent_byte(text.substr(i)); escaped >= 0) {
      byte = static_cast<uint8_t>(escaped);
      i += 2;
    }
    charset == Charset::latin1 ? out.put_latin1(byte) : out.put(byte);
  }
}

struct Parameter {
  std::string_view name;
  std::string_view value;  // without the quotes, escapes still in it
  bool quoted = false;
};

// The next parameter; moves `text` past it. A name without `=` is returned with an empty value.
Parameter next_parameter(std::string_view& text) {
  Parameter out;
  const size_t name_end = std::min(text.find_first_of("=;"), text.size());
  out.name = trim_loosely(text.substr(0, name_end));
  text.remove_prefix(name_end);
  if (!text.starts_with('=')) {
    text.remove_prefix(text.empty() ? 0 : 1);
    return out;
  }
  text.remove_prefix(1);
  while (!text.empty() && is_blank(static_cast<uint8_t>(text[0]))) text.remove_prefix(1);
  if (!text.starts_with('"')) {
    const size_t end = std::min(text.find(';'), text.size());
    out.value = trim_loosely(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return out;
  }
  size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  out.quoted = true;
  out.value = text.substr(1, end - 1);
  text.remove_prefix(end);
  text.remove_prefix(std::min(text.find(';') == std::string_view::npos ? text.size() : text.find(';') + 1, text.size()));
  return out;
}

// RFC 8187 3.2.1: charset'language'percent-encoded
void put_extended(std::string_view value, Writer& out) {
  const size_t first = value.find('\'');
  const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return put_percent_decoded(value, Charset::as_sent, out);
  const bool latin1 = equals_ignore_case(value.substr(0, first), "iso-8859-1");
  put_percent_decoded(value.substr(second + 1), latin1 ? Charset::latin1 : Charset::as_sent, out);
}
// A backslash stands for itself before anything but a quote or a backslash: senders write Windows paths unescaped.
void put_unquoted(const Parameter& parameter, Writer& out) {
  const std::string_view text = parameter.value;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = parameter.quoted && text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (escape) ++i;
    out.put(static_cast<uint8_t>(text[i]));
  }
}

}  // namespace

size_t disposition_file_name(std::string_view value, std::span<uint8_t> out) {
  Parameter plain, extended;
  Writer parts(out);
  bool in_parts = false;
  while (!value.empty()) {
    const Parameter parameter = next_parameter(value);
    if (equals_ignore_case(parameter.name, "filename") && plain.name.empty()) plain = parameter;
    if (equals_ignore_case(parameter.name, "filename*") && extended.name.empty()) extended = parameter;
    if (starts_with_ignore_case(parameter.name, "filename*") && parameter.name.size() > 9) {  // RFC 2231 3, in order
      const bool encoded = parameter.name.ends_with('*');
      if (encoded && !in_parts) put_extended(parameter.value, parts);
      if (encoded && in_parts) put_percent_decoded(parameter.value, Charset::as_sent, parts);
      if (!encoded) put_unquoted(parameter, parts);
      in_parts = true;
    }
  }
  Writer writer(out);
  if (!extended.name.empty()) {
    put_extended(extended.value, writer);
  } else if (in_parts) {
    return parts.drop_folders();
  } else if (!plain.name.empty()) {
    put_unquoted(plain, writer);
  }
  return writer.drop_folders();
}

size_t target_file_name(std::string_view target, std::span<uint8_t> out) {
  Writer writer(out);
  put_percent_decoded(last_path_segment(target), Charset::as_sent, writer);
  return writer.size();
}

}  // namespace sekisho::http1
