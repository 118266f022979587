// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/fingerprint.h"

#include <algorithm>
#include <charconv>

namespace sekisho::tls {

namespace {

// Feeds text to the digest in pieces and keeps its beginning.
class Ja3Text {
 public:
  explicit Ja3Text(std::span<char> kept) : kept_(kept) {}

  void number(uint16_t value) {
    if (after_number_) piece_[size_++] = '-';
    size_ = static_cast<size_t>(std::to_chars(piece_ + size_, piece_ + sizeof piece_, value).ptr - piece_);
    after_number_ = true;
    constexpr size_t most_at_once = sizeof "-65535,,,,";  // all lists behind it may be empty
    if (sizeof piece_ - size_ < most_at_once) flush();
  }
  void next_list() {
    piece_[size_++] = ',';
    after_number_ = false;
  }
  void numbers(const NumberList& list) {
    for (size_t i = 0; i < list.count(); ++i)
      if (!is_grease(list[i])) number(list[i]);
  }
  void extension_types(Bytes block) {
    ExtensionReader extensions(block);
    while (extensions.next())
      if (!is_grease(extensions.type())) number(extensions.type());
  }
  Md5 finish() {
    flush();
    return md5_.finish();
  }
  size_t kept_size() const { return kept_.size(); }

 private:
  void flush() {
    const std::string_view piece(piece_, size_);
    md5_.update(as_bytes(piece));
    kept_.text(piece);
    size_ = 0;
  }

  Md5Stream md5_;
  TextWriter kept_;
  char piece_[256];
  size_t size_ = 0;
  bool after_number_ = false;
};

void write_hex(Bytes bytes, std::span<char> out) {
  TextWriter writer(out);
  for (const uint8_t byte : bytes) writer.hex(byte);
}

// Numbers as four hex digits between commas, then all digested: the first twelve digits of that SHA-256.
class Ja4List {
 public:
  void add(uint16_t value) {
    if (size_ > 0 && text_[size_ - 1] != '_') text_[size_++] = ',';
    static constexpr char digits[] = "0123456789abcdef";
    for (int shift = 12; shift >= 0; shift -= 4) text_[size_++] = digits[value >> shift & 15];
  }
  void separator() { text_[size_++] = '_'; }
  void write_digest(TextWriter& out) const {
    if (size_ == 0) return out.text("000000000000");
    const Sha256 digest = sha256(as_bytes({text_, size_}));
    for (size_t i = 0; i < 6; ++i) out.hex(digest[i]);
  }

 private:
  char text_[2 * ja4_items_max * 5 + 1];
  size_t size_ = 0;
};

// The numbers of a list that count, sorted in place.
struct SortedItems {
  uint16_t values[ja4_items_max];
  size_t count = 0;

  bool add(uint16_t value) {
    if (is_grease(value)) return true;
    if (count == ja4_items_max) return false;
    values[count++] = value;
    return true;
  }
  void sort() { std::sort(values, values + count); }
};

bool take_ciphers(const ClientHello& hello, SortedItems& items) {
  for (size_t i = 0; i < hello.ciphers.count(); ++i)
    if (!items.add(hello.ciphers[i])) return false;
  items.sort();
  return true;
}

bool take_extensions(const ClientHello& hello, SortedItems& items) {
  ExtensionReader extensions(hello.extensions);
  while (extensions.next())
    if (!items.add(extensions.type())) return false;
  items.sort();
  return true;
}

std::string_view ja4_version(uint16_t version) {
  static constexpr struct {
    uint16_t number;
    std::string_view name;
  } names[] = {{0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"}, {0x0301, "10"}, {0x0300, "s3"},
               {0x0002, "s2"}, {0xFEFF, "d1"}, {0xFEFD, "d2"}, {0xFEFC, "d3"}};
  for (const auto& entry : names)
    if (entry.number == version) return entry.name;
  return "00";
}

constexpr bool is_alphanumeric(uint8_t c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

// First and last character of the first protocol offered; of its hex spelling where one is no letter or digit.
void write_alpn(const ClientHello& hello, TextWriter& out) {
  AlpnReader names(hello.alpn);
  if (!names.next() || names.name().empty()) return out.text("00");
  const uint8_t first = names.name().front(), last = names.name().back();
  if (is_alphanumeric(first) && is_alphanumeric(last)) {
    out.character(static_cast<char>(first));
    out.character(static_cast<char>(last));
  } else {
    static constexpr char digits[] = "0123456789abcdef";
    out.character(digits[first >> 4]);
    out.character(digits[last & 15]);
  }
}

void write_count(size_t count, TextWriter& out) {
  const size_t shown = std::min<size_t>(count, 99);
  out.character(static_cast<char>('0' + shown / 10));
  out.character(static_cast<char>('0' + shown % 10));
}

}  // namespace

Ja3::Ja3(const ClientHello& hello) {
  Ja3Text text({text_.data(), text_.size()});
  text.number(hello.legacy_version);
  text.next_list();
  text.numbers(hello.ciphers);
  text.next_list();
  text.extension_types(hello.extensions);
  text.next_list();
  text.numbers(hello.groups);
  text.next_list();
  for (const uint8_t format : hello.point_formats) text.number(format);
  write_hex(text.finish(), hex_);
  text_size_ = text.kept_size();
}

Ja3::Ja3(const ServerHello& hello) {
  Ja3Text text({text_.data(), text_.size()});
  text.number(hello.legacy_version);
  text.next_list();
  text.number(hello.cipher);
  text.next_list();
  text.extension_types(hello.extensions);
  write_hex(text.finish(), hex_);
  text_size_ = text.kept_size();
}

bool make_ja4(const ClientHello& hello, Ja4Transport transport, Ja4& out) {
  SortedItems ciphers, extensions;
  if (!take_ciphers(hello, ciphers) || !take_extensions(hello, extensions) ||
      hello.signature_algorithms.count() > ja4_items_max)
    return false;
  TextWriter text({out.data(), out.size()});
  text.character(static_cast<char>(transport));
  text.text(ja4_version(hello.highest_version()));
  text.character(hello.has_server_name ? 'd' : 'i');
  write_count(ciphers.count, text);
  write_count(extensions.count, text);
  write_alpn(hello, text);
  text.character('_');

  Ja4List list;
  for (size_t i = 0; i < ciphers.count; ++i) list.add(ciphers.values[i]);
  list.write_digest(text);
  text.character('_');

  Ja4List second;
  for (size_t i = 0; i < extensions.count; ++i)
    if (extensions.values[i] != extension::server_name && extensions.values[i] != extension::alpn)
      second.add(extensions.values[i]);
  const NumberList& algorithms = hello.signature_algorithms;
  if (algorithms.count() > 0) second.separator();
  for (size_t i = 0; i < algorithms.count(); ++i)
    if (!is_grease(algorithms[i])) second.add(algorithms[i]);
  second.write_digest(text);
  return true;
}

}  // namespace sekisho::tls
