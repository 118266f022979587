// SPDX-License-Identifier: Apache-2.0
// Zeek's intelligence files (frameworks/intel): a "#fields" line names the columns, tabs stand between cells, "-" is an empty one, bytes
// may be written \xHH. Zeek compares whole values, so names are met without their subdomains.
#include <array>
#include <vector>

#include "control/feeds/collector.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

constexpr std::string_view header_mark = "#fields\t";

// What this format has and the columns that only Zeek has a use for.
enum class Column : uint8_t { indicator, type, source, description, url, only_in, allowed, unknown };
struct ColumnName {
  std::string_view name;
  Column column;
};
constexpr ColumnName column_names[] = {
    {"indicator", Column::indicator}, {"indicator_type", Column::type}, {"meta.source", Column::source},
    {"meta.desc", Column::description}, {"meta.url", Column::url},      {"meta.if_in", Column::only_in},
    {"meta.whitelist", Column::allowed}};
constexpr size_t column_count = static_cast<size_t>(Column::unknown) + 1;

// The kinds of a type; digests go by their length.
struct TypeKind {
  std::string_view type;
  std::string_view kind;
  size_t digits = 0;  // 0 = any length
};
constexpr TypeKind type_kinds[] = {
    {"Intel::ADDR", "address"},           {"Intel::SUBNET", "address"},
    {"Intel::URL", "url"},                {"Intel::SOFTWARE", "user_agent"},
    {"Intel::EMAIL", "mail_address"},     {"Intel::DOMAIN", "domain"},
    {"Intel::USER_NAME", "account"},      {"Intel::FILE_NAME", "file_name"},
    {"Intel::FILE_HASH", "md5", 32},      {"Intel::FILE_HASH", "sha1", 40},
    {"Intel::FILE_HASH", "sha256", 64},   {"Intel::CERT_HASH", "certificate_sha1", 40},
    {"Intel::CERT_HASH", "certificate_sha256", 64}};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string unescaped(std::string_view cell) {
  std::string out;
  for (size_t i = 0; i < cell.size(); ++i) {
    const bool escape = cell.substr(i).starts_with("\\x") && i + 3 < cell.size() && hex_value(cell[i + 2]) >= 0 && hex_value(cell[i + 3]) >= 0;
    if (!escape) {
      out += cell[i];
      continue;
    }
    out += static_cast<char>(hex_value(cell[i + 2]) << 4 | hex_value(cell[i + 3]));
    i += 3;
  }
  return out;
}

class ZeekReader {
 public:
  explicit ZeekReader(Collector& collector) : collector_(collector) {}

  Result<void> read_header(std::string_view line, uint32_t number) {
    columns_.clear();
    for (std::string_view rest = line.substr(header_mark.size());;) {
      const size_t tab = std::min(rest.find('\t'), rest.size());
      columns_.push_back(column_named(rest.substr(0, tab), number));
      if (tab == rest.size()) break;
      rest.remove_prefix(tab + 1);
    }
    if (columns_.size() > feed_columns_max) return fail("more than " + std::to_string(feed_columns_max) + " columns", {}, number);
    for (const Column needed : {Column::indicator, Column::type})
      if (std::count(columns_.begin(), columns_.end(), needed) != 1)
        return fail("\"#fields\" does not name \"" + std::string(column_names[static_cast<size_t>(needed)].name) + "\" once", {}, number);
    return {};
  }
  bool has_header() const { return !columns_.empty(); }

  void read_row(std::string_view line, uint32_t number) {
    std::array<std::string, column_count> cells;
    size_t count = 0;
    for (std::string_view rest = line;; ++count) {
      const size_t tab = std::min(rest.find('\t'), rest.size());
      if (count < columns_.size() && rest.substr(0, tab) != "-") cells[static_cast<size_t>(columns_[count])] = unescaped(rest.substr(0, tab));
      if (tab == rest.size()) break;
      rest.remove_prefix(tab + 1);
    }
    if (count + 1 != columns_.size())
      return collector_.reject(number, std::to_string(count + 1) + " cells where \"#fields\" names " + std::to_string(columns_.size()));
    add(cells, number);
  }

 private:
  Column column_named(std::string_view name, uint32_t number) {
    for (const ColumnName& column : column_names)
      if (column.name == name) return column.column;
    if (name != "meta.do_notice") collector_.remark(number, "column " + shown(name) + " is ignored");
    return Column::unknown;
  }

  void add(const std::array<std::string, column_count>& cells, uint32_t number) {
    const auto cell = [&](Column column) -> const std::string& { return cells[static_cast<size_t>(column)]; };
    const std::string& value = cell(Column::indicator);
    if (!cell(Column::only_in).empty())
      return collector_.reject(number, shown(value) + " is meant in " + shown(cell(Column::only_in)) + " only: an indicator is met everywhere");
    if (cell(Column::allowed) == "T") return collector_.reject(number, shown(value) + " is on the whitelist (meta.whitelist)");
    const TypeKind* kind = nullptr;
    for (const TypeKind& row : type_kinds)
      if (row.type == cell(Column::type) && (row.digits == 0 || row.digits == value.size())) kind = &row;
    if (kind == nullptr) return collector_.reject(number, shown(value) + " of type " + shown(cell(Column::type)) + " has no indicator kind");
    const std::string note = note_of(cell(Column::source), cell(Column::description), cell(Column::url));
    const bool prefix = kind->type == "Intel::SUBNET";
    collector_.add(number, {.value = value, .kind = kind->kind, .mode = prefix ? "cidr" : "exact", .note = note});
  }

  static std::string note_of(const std::string& source, const std::string& description, const std::string& url) {
    std::string note = source;
    if (!description.empty()) note.append(note.empty() ? "" : ": ").append(description);
    if (!url.empty()) note.append(note.empty() ? "" : " ").append("(" + url + ")");
    return note;
  }

  Collector& collector_;
  std::vector<Column> columns_;
};

}  // namespace

bool looks_like_zeek(std::string_view text) {
  LineReader lines(text);
  while (lines.next()) {
    if (lines.line().starts_with(header_mark)) return lines.line().find("indicator_type") != std::string_view::npos;
    if (!lines.line().empty() && lines.line().front() != '#') return false;
  }
  return false;
}

Result<void> read_zeek_feed(std::string_view text, Collector& collector) {
  collector.expect_lines_of(text);
  ZeekReader reader(collector);
  LineReader lines(text);
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (line.starts_with(header_mark)) {
      if (auto header = reader.read_header(line, lines.number()); !header) return header;
    }
    if (line.empty() || line.front() == '#') continue;
    if (!reader.has_header()) return fail("a line stands before \"#fields\"", {}, lines.number());
    if (!collector.has_room(lines.number())) break;
    if (line.size() > feed_line_bytes_max) collector.reject(lines.number(), "a line that is too long");
    else reader.read_row(line, lines.number());
  }
  if (!reader.has_header()) return fail("no \"#fields\" line");
  return {};
}

}  // namespace sekisho
