// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/fingerprint.h"

#include <algorithm>
#include <cstring>

#include "dataplane/protocols/tls/sort_numbers.h"

namespace sekisho::tls {

namespace {

// Two characters as they stand in memory, the first one in the low byte.
using Pair = uint16_t;
constexpr Pair pair_of(char first, char second) {
  return static_cast<Pair>(static_cast<uint8_t>(first) | static_cast<uint8_t>(second) << 8);
}
constexpr auto decimal_pairs = [] {
  std::array<Pair, 100> out{};
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = pair_of(static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10));
  return out;
}();
constexpr auto hex_pairs = [] {
  constexpr char digits[] = "0123456789abcdef";
  std::array<Pair, 256> out{};
  for (size_t i = 0; i < out.size(); ++i) out[i] = pair_of(digits[i >> 4], digits[i & 15]);
  return out;
}();

// Both write word_bytes, put together in a register: what is stored in pieces and loaded as a whole waits for
// the store.
constexpr size_t word_bytes = sizeof(uint64_t);
// Numbers below a thousand without leading zeros: up to three digits, their count in the highest byte.
constexpr auto short_numbers = [] {
  std::array<uint32_t, 1000> out{};
  for (uint32_t i = 0; i < out.size(); ++i) {
    uint32_t text = 0, count = 0;
    for (uint32_t rest = i; count == 0 || rest != 0; rest /= 10, ++count)
      text = text << 8 | ('0' + rest % 10);
    out[i] = text | count << 24;
  }
  return out;
}();
// A number without leading zeros and a hyphen; returns how many characters that are.
inline size_t put_decimal(uint16_t value, char* out) {
  const bool is_long = value >= short_numbers.size();
  const uint32_t front = short_numbers[is_long ? value / 100U : value];
  size_t count = front >> 24;
  uint64_t word = front & 0xFFFFFF;
  if (is_long) {
    word |= uint64_t{decimal_pairs[value % 100U]} << 8 * count;
    count += 2;
  }
  word |= uint64_t{'-'} << 8 * count;
  std::memcpy(out, &word, word_bytes);
  return count + 1;
}
// Four digits and a comma.
void put_hex(uint16_t value, char* out) {
  const uint64_t word =
      hex_pairs[value >> 8U] | uint64_t{hex_pairs[value & 0xFFU]} << 16 | uint64_t{','} << 32;
  std::memcpy(out, &word, word_bytes);
}

// Feeds text to the digest in pieces and keeps its beginning.
class Ja3Text {
 public:
  explicit Ja3Text(std::span<char> kept) : kept_(kept) {}

  void number(uint16_t value) {
    size_ += put_decimal(value, piece_ + size_);  // with a hyphen behind it
    after_number_ = true;
    if (size_ > fill_max) flush();
  }
  void next_list() {
    drop_hyphen();
    piece_[size_++] = ',';
  }
  // All that count of `each`, which calls what it is given for each of its numbers. The position is a local:
  // as a member it would be stored and loaded again for each number, for the text may be anywhere.
  template <typename Each>
  void all(Each each) {
    size_t size = size_;
    each([&](uint16_t value) {
      if (is_grease(value)) return;
      size += put_decimal(value, piece_ + size);
      after_number_ = true;
      if (size <= fill_max) return;
      size_ = size;
      flush();
      size = size_;
    });
    size_ = size;
  }
  void numbers(const NumberList& list) {
    all([&](auto use) {
      for (size_t i = 0; i < list.count(); ++i) use(list[i]);
    });
  }
  void extension_types(const ClientHello& hello) {
    all([&](auto use) { hello.for_each_extension_type(use); });
  }
  void extension_types(const ServerHello& hello) {
    all([&](auto use) {
      ExtensionReader extensions(hello.extensions);
      while (extensions.next()) use(extensions.type());
    });
  }
  Md5 finish() {
    drop_hyphen();
    flush();
    return md5_.finish();
  }
  size_t kept_size() const { return kept_.size(); }

 private:
  void drop_hyphen() {
    if (after_number_) --size_;
    after_number_ = false;
  }
  // All but a hyphen that may yet be dropped.
  void flush() {
    const std::string_view piece(piece_, size_ - (after_number_ ? 1 : 0));
    md5_.update(as_bytes(piece));
    kept_.text(piece);
    size_ = after_number_ ? 1 : 0;
    piece_[0] = '-';
  }

  static constexpr size_t piece_bytes = 256,
                          fill_max = piece_bytes - word_bytes -
                                     sizeof ",,,,";  // all lists behind a number may be empty

  Md5Stream md5_;
  TextWriter kept_;
  char piece_[piece_bytes];
  size_t size_ = 0;
  bool after_number_ = false;
};

void write_hex(Bytes bytes, std::span<char> out) {
  for (size_t i = 0; i < bytes.size(); ++i) std::memcpy(&out[2 * i], &hex_pairs[bytes[i]], 2);
}

// Numbers as four hex digits between commas, then all digested: the first twelve digits of that SHA-256.
class Ja4List {
 public:
  // Those of `count` numbers from `values` on that `counts` says yes to.
  template <typename Counts>
  void add(const auto& values, size_t count, Counts counts) {
    size_t size = size_;  // a local, as in Ja3Text
    for (size_t i = 0; i < count; ++i) {
      const uint16_t value = values[i];
      if (!counts(value)) continue;
      put_hex(value, text_ + size);
      size += digits_and_comma;
    }
    ends_with_number_ |= size != size_;
    size_ = size;
  }
  void separator() {
    drop_comma();
    text_[size_++] = '_';
  }
  void write_digest(TextWriter& out) {
    drop_comma();
    if (size_ == 0) return out.text("000000000000");
    const Sha256 digest = sha256(as_bytes({text_, size_}));
    for (size_t i = 0; i < 6; ++i) out.hex(digest[i]);
  }

 private:
  static constexpr size_t digits_and_comma = 5;
  void drop_comma() {
    if (ends_with_number_) --size_;
    ends_with_number_ = false;
  }

  char text_[2 * ja4_items_max * digits_and_comma + word_bytes];
  size_t size_ = 0;
  bool ends_with_number_ = false;
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
  void sort() { sort_numbers({values, count}); }
};

bool take_ciphers(const ClientHello& hello, SortedItems& items) {
  for (size_t i = 0; i < hello.ciphers.count(); ++i)
    if (!items.add(hello.ciphers[i])) return false;
  items.sort();
  return true;
}

bool take_extensions(const ClientHello& hello, SortedItems& items) {
  bool fit = true;
  hello.for_each_extension_type([&](uint16_t type) { fit = items.add(type) && fit; });
  if (fit) items.sort();
  return fit;
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

// First and last character of the first protocol offered; of its hex spelling where one is no letter or
// digit.
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
  text.extension_types(hello);
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
  text.extension_types(hello);
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
  text.character(hello.server_name_extensions != 0 ? 'd' : 'i');
  write_count(ciphers.count, text);
  write_count(extensions.count, text);
  write_alpn(hello, text);
  text.character('_');

  Ja4List list;
  list.add(ciphers.values, ciphers.count, [](uint16_t) { return true; });
  list.write_digest(text);
  text.character('_');

  Ja4List second;
  second.add(extensions.values, extensions.count,
             [](uint16_t type) { return type != extension::server_name && type != extension::alpn; });
  const NumberList& algorithms = hello.signature_algorithms;
  if (algorithms.count() > 0) second.separator();
  second.add(algorithms, algorithms.count(), [](uint16_t algorithm) { return !is_grease(algorithm); });
  second.write_digest(text);
  return true;
}

}  // namespace sekisho::tls
