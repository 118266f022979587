// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/charset.h"

#include "dataplane/content/mime/charset_tables.h"

namespace sekisho::mime {

namespace {

constexpr uint32_t unreadable = 0xfffd;

// Collects UTF-8; refuses a code point that does not fit whole.
class Utf8Writer {
 public:
  explicit Utf8Writer(std::span<uint8_t> out) : out_(out) {}

  void put(uint32_t point) {
    uint8_t bytes[4];
    const size_t length = encode(point, bytes);
    if (full_ || length > out_.size() - written_) {
      full_ = true;
      return;
    }
    for (size_t i = 0; i < length; ++i) out_[written_++] = bytes[i];
  }
  size_t written() const { return written_; }
  bool full() const { return full_; }

 private:
  static size_t encode(uint32_t point, uint8_t* out) {
    const auto tail = [&](unsigned shift) { return static_cast<uint8_t>(0x80 | (point >> shift & 0x3f)); };
    if (point < 0x80) {
      out[0] = static_cast<uint8_t>(point);
      return 1;
    }
    if (point < 0x800) {
      out[0] = static_cast<uint8_t>(0xc0 | point >> 6), out[1] = tail(0);
      return 2;
    }
    if (point < 0x10000) {
      out[0] = static_cast<uint8_t>(0xe0 | point >> 12), out[1] = tail(6), out[2] = tail(0);
      return 3;
    }
    out[0] = static_cast<uint8_t>(0xf0 | point >> 18), out[1] = tail(12), out[2] = tail(6), out[3] = tail(0);
    return 4;
  }

  std::span<uint8_t> out_;
  size_t written_ = 0;
  bool full_ = false;
};

constexpr bool is_surrogate(uint32_t point) { return point >= 0xd800 && point < 0xe000; }

// RFC 3629 4. Returns the bytes taken: of a well-formed sequence, or of the longest part of one (Unicode 3.9, U+FFFD substitution).
size_t take_utf8(Bytes in, uint32_t& point) {
  const uint8_t lead = in[0];
  point = lead;
  if (lead < 0x80) return 1;
  const unsigned tails = lead >= 0xc2 && lead < 0xe0   ? 1
                         : lead >= 0xe0 && lead < 0xf0 ? 2
                         : lead >= 0xf0 && lead < 0xf5 ? 3
                                                       : 0;
  const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  uint32_t sum = lead & (0x3fU >> tails);
  point = unreadable;
  if (tails == 0) return 1;
  for (unsigned i = 1; i <= tails; ++i) {
    if (i >= in.size() || in[i] < (i == 1 ? low : 0x80) || in[i] > (i == 1 ? high : 0xbf)) return i;
    sum = sum << 6 | (in[i] & 0x3f);
  }
  point = sum;
  return 1 + tails;
}

void read_utf8(Bytes in, const uint16_t*, Utf8Writer& out) {
  while (!in.empty() && !out.full()) {
    uint32_t point;
    in = in.subspan(take_utf8(in, point));
    out.put(point);
  }
}

void read_single(Bytes in, const uint16_t* table, Utf8Writer& out) {
  for (const uint8_t byte : in) {
    if (out.full()) return;
    const uint32_t point = byte < 0x80 ? byte : table[byte - 0x80];
    out.put(point == 0 && byte != 0 ? unreadable : point);
  }
}

// 0 where the pair stands for nothing.
uint32_t double_byte(const uint16_t* table, uint8_t lead, uint8_t trail) {
  if (lead < 0x81 || lead > 0xfe || trail < 0x40 || trail > 0xfe) return 0;
  return table[(lead - 0x81) * 191 + (trail - 0x40)];
}

// A pair of bytes at the start of `in`; a broken pair does not eat an ASCII byte.
size_t take_double(Bytes in, const uint16_t* table, Utf8Writer& out) {
  if (in.size() < 2) {
    out.put(unreadable);
    return 1;
  }
  const uint32_t point = double_byte(table, in[0], in[1]);
  out.put(point != 0 ? point : unreadable);
  return point == 0 && in[1] < 0x80 ? 1 : 2;
}

void read_double(Bytes in, const uint16_t* table, Utf8Writer& out) {
  while (!in.empty() && !out.full()) {
    size_t taken = 1;
    if (in[0] < 0x80) {
      out.put(in[0]);
    } else {
      taken = take_double(in, table, out);
    }
    in = in.subspan(taken);
  }
}

constexpr uint32_t half_width_katakana(uint8_t byte) { return 0xff61U + (byte - 0xa1U); }
constexpr bool is_half_width(uint8_t byte) { return byte >= 0xa1 && byte <= 0xdf; }

void read_shift_jis(Bytes in, const uint16_t* table, Utf8Writer& out) {
  while (!in.empty() && !out.full()) {
    size_t taken = 1;
    if (in[0] < 0x80) {
      out.put(in[0]);
    } else if (is_half_width(in[0])) {
      out.put(half_width_katakana(in[0]));
    } else {
      taken = take_double(in, table, out);
    }
    in = in.subspan(taken);
  }
}

// JIS X 0208 row and cell (each 0x21 to 0x7e) by way of Shift_JIS, which is the same table folded.
uint32_t jis_point(const uint16_t* shift_jis, uint8_t row, uint8_t cell) {
  if (row < 0x21 || row > 0x7e || cell < 0x21 || cell > 0x7e) return 0;
  const auto half = static_cast<unsigned>((row - 0x21) / 2);
  const auto lead = static_cast<uint8_t>(half + (half < 31 ? 0x81U : 0xc1U));
  const bool odd = (row & 1) != 0;
  const auto trail = static_cast<uint8_t>(odd ? cell + (cell < 0x60 ? 0x1f : 0x20) : cell + 0x7e);
  return double_byte(shift_jis, lead, trail);
}

void read_euc_jp(Bytes in, const uint16_t* shift_jis, Utf8Writer& out) {
  while (!in.empty() && !out.full()) {
    size_t taken = 1;
    if (in[0] < 0x80) {
      out.put(in[0]);
    } else if (in.size() < 2 || in[1] < 0x80) {
      out.put(unreadable);
    } else if (in[0] == 0x8e) {
      out.put(is_half_width(in[1]) ? half_width_katakana(in[1]) : unreadable);
      taken = 2;
    } else if (in[0] == 0x8f) {  // JIS X 0212
      out.put(unreadable);
      taken = in.size() < 3 ? in.size() : 3;
    } else {
      const uint32_t point = jis_point(shift_jis, in[0] & 0x7f, in[1] & 0x7f);
      out.put(point != 0 ? point : unreadable);
      taken = 2;
    }
    in = in.subspan(taken);
  }
}

// RFC 1468, with the half-width katakana that mailers add.
void read_iso_2022_jp(Bytes in, const uint16_t* shift_jis, Utf8Writer& out) {
  enum class Set : uint8_t { ascii, kanji, katakana, unknown };
  struct Escape {
    std::string_view bytes;
    Set set;
  };
  static constexpr Escape escapes[] = {
      {"\x1b(B", Set::ascii},    {"\x1b(J", Set::ascii},    {"\x1b$@", Set::kanji},  {"\x1b$B", Set::kanji},
      {"\x1b(I", Set::katakana}, {"\x1b$(D", Set::unknown}, {"\x1b$(B", Set::kanji}, {"\x1b$(@", Set::kanji}};
  Set set = Set::ascii;
  while (!in.empty() && !out.full()) {
    const Escape* found = nullptr;
    if (in[0] == 0x1b)
      for (const Escape& escape : escapes)
        if (as_text(in).starts_with(escape.bytes)) found = &escape;
    size_t taken = 1;
    if (found != nullptr) {
      set = found->set;
      taken = found->bytes.size();
    } else if (set == Set::ascii || in[0] < 0x21) {
      out.put(in[0] < 0x80 ? in[0] : unreadable);
    } else if (set == Set::katakana) {
      const auto byte = static_cast<uint8_t>(in[0] | 0x80);
      out.put(is_half_width(byte) ? half_width_katakana(byte) : unreadable);
    } else {
      const uint32_t point = set == Set::kanji && in.size() > 1 ? jis_point(shift_jis, in[0], in[1]) : 0;
      out.put(point != 0 ? point : unreadable);
      taken = in.size() > 1 && in[1] >= 0x21 ? 2 : 1;
    }
    in = in.subspan(taken);
  }
}

// RFC 2781; big-endian unless a byte order mark says otherwise.
void read_utf16(Bytes in, bool little, Utf8Writer& out) {
  const auto unit = [&](size_t at) { return little ? in[at] | in[at + 1] << 8U : in[at] << 8U | in[at + 1]; };
  size_t at = 0;
  if (in.size() >= 2 && (load_be16(in.data()) == 0xfeff || load_be16(in.data()) == 0xfffe)) {
    little = in[0] == 0xff;
    at = 2;
  }
  for (; at + 1 < in.size() && !out.full(); at += 2) {
    uint32_t point = static_cast<uint32_t>(unit(at));
    const uint32_t next = at + 3 < in.size() ? static_cast<uint32_t>(unit(at + 2)) : 0;
    if (point >= 0xd800 && point < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      point = 0x10000 + ((point - 0xd800) << 10) + (next - 0xdc00);
      at += 2;
    }
    out.put(is_surrogate(point) ? unreadable : point);
  }
  if (at < in.size()) out.put(unreadable);
}
void read_utf16_be(Bytes in, const uint16_t*, Utf8Writer& out) { read_utf16(in, false, out); }
void read_utf16_le(Bytes in, const uint16_t*, Utf8Writer& out) { read_utf16(in, true, out); }

}  // namespace

struct Charset {
  std::string_view names[6];  // lower case, letters and digits only
  void (*read)(Bytes in, const uint16_t* table, Utf8Writer& out);
  const uint16_t* table;
};

namespace {

namespace tables = charset_tables;

// What calls itself US-ASCII and has high bytes is UTF-8 more often than anything else; ISO 8859-1 is read as its superset
// windows-1252, GB2312 as GBK, KS C 5601 as its code page, as mail readers do (WHATWG Encoding 4.2).
constexpr Charset charsets[] = {
    {{"utf8", "usascii", "ascii", "ansix341968", "unknown8bit"}, read_utf8, nullptr},
    {{"iso2022jp", "csiso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jpms", "cp50220"},
     read_iso_2022_jp,
     tables::cp932},
    {{"shiftjis", "sjis", "xsjis", "windows31j", "cp932", "mskanji"}, read_shift_jis, tables::cp932},
    {{"eucjp", "xeucjp", "xeuc", "ujis", "cp51932", "eucjpms"}, read_euc_jp, tables::cp932},
    {{"iso88591", "latin1", "windows1252", "cp1252", "l1", "iso885911987"}, read_single, tables::cp1252},
    {{"gb2312", "gbk", "cp936", "gb18030", "eucchinese", "xgbk"}, read_double, tables::gbk},
    {{"big5", "cp950", "big5hkscs", "xxbig5", "csbig5", "big5eten"}, read_double, tables::cp950},
    {{"euckr", "ksc56011987", "cp949", "uhc", "ksc5601", "windows949"}, read_double, tables::cp949},
    {{"iso885915", "latin9", "l9"}, read_single, tables::iso8859_15},
    {{"iso88592", "latin2", "l2"}, read_single, tables::iso8859_2},
    {{"iso88593", "latin3"}, read_single, tables::iso8859_3},
    {{"iso88594", "latin4"}, read_single, tables::iso8859_4},
    {{"iso88595", "cyrillic"}, read_single, tables::iso8859_5},
    {{"iso88596", "arabic", "iso88596e", "iso88596i"}, read_single, tables::iso8859_6},
    {{"iso88597", "greek"}, read_single, tables::iso8859_7},
    {{"iso88598", "hebrew", "iso88598i", "iso88598e"}, read_single, tables::iso8859_8},
    {{"iso88599", "latin5"}, read_single, tables::iso8859_9},
    {{"iso885910", "latin6"}, read_single, tables::iso8859_10},
    {{"iso885913", "latin7"}, read_single, tables::iso8859_13},
    {{"iso885914", "latin8"}, read_single, tables::iso8859_14},
    {{"iso885916", "latin10"}, read_single, tables::iso8859_16},
    {{"windows1250", "cp1250"}, read_single, tables::cp1250},
    {{"windows1251", "cp1251"}, read_single, tables::cp1251},
    {{"windows1253", "cp1253"}, read_single, tables::cp1253},
    {{"windows1254", "cp1254"}, read_single, tables::cp1254},
    {{"windows1255", "cp1255"}, read_single, tables::cp1255},
    {{"windows1256", "cp1256"}, read_single, tables::cp1256},
    {{"windows1257", "cp1257"}, read_single, tables::cp1257},
    {{"windows1258", "cp1258"}, read_single, tables::cp1258},
    {{"koi8r", "koi8", "cskoi8r"}, read_single, tables::koi8_r},
    {{"koi8u", "koi8ru"}, read_single, tables::koi8_u},
    {{"tis620", "windows874", "cp874", "iso885911"}, read_single, tables::cp874},
    {{"cp437", "ibm437"}, read_single, tables::cp437},
    {{"cp850", "ibm850"}, read_single, tables::cp850},
    {{"cp866", "ibm866"}, read_single, tables::cp866},
    {{"macintosh", "macroman", "xmacroman"}, read_single, tables::mac_roman},
    {{"utf16", "utf16be", "ucs2"}, read_utf16_be, nullptr},
    {{"utf16le"}, read_utf16_le, nullptr},
};

constexpr bool is_name_character(uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

}  // namespace

const Charset& utf8() { return charsets[0]; }
const Charset& iso_2022_jp() { return charsets[1]; }

const Charset& find_charset(Bytes name) {
  char plain[24];
  size_t length = 0;
  for (const uint8_t c : name) {
    const uint8_t lower = ascii_lower(c);
    if (!is_name_character(lower)) continue;
    if (length == sizeof plain) return utf8();
    plain[length++] = static_cast<char>(lower);
  }
  if (length == 0) return utf8();
  for (const Charset& charset : charsets)
    for (const std::string_view known : charset.names)
      if (known == std::string_view(plain, length)) return charset;
  return utf8();
}

size_t to_utf8(const Charset& charset, Bytes in, std::span<uint8_t> out) {
  Utf8Writer writer(out);
  charset.read(in, charset.table, writer);
  return writer.written();
}

}  // namespace sekisho::mime
