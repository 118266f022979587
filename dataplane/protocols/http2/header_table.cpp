// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http2/header_table.h"

#include <algorithm>

namespace sekisho::http2 {

namespace {

struct StaticField {
  std::string_view name, value;
};
// RFC 7541 appendix A.
constexpr StaticField static_fields[] = {
    {":authority", ""}, {":method", "GET"}, {":method", "POST"}, {":path", "/"}, {":path", "/index.html"}, {":scheme", "http"},
    {":scheme", "https"}, {":status", "200"}, {":status", "204"}, {":status", "206"}, {":status", "304"}, {":status", "400"},
    {":status", "404"}, {":status", "500"}, {"accept-charset", ""}, {"accept-encoding", "gzip, deflate"}, {"accept-language", ""},
    {"accept-ranges", ""}, {"accept", ""}, {"access-control-allow-origin", ""}, {"age", ""}, {"allow", ""}, {"authorization", ""},
    {"cache-control", ""}, {"content-disposition", ""}, {"content-encoding", ""}, {"content-language", ""}, {"content-length", ""},
    {"content-location", ""}, {"content-range", ""}, {"content-type", ""}, {"cookie", ""}, {"date", ""}, {"etag", ""}, {"expect", ""},
    {"expires", ""}, {"from", ""}, {"host", ""}, {"if-match", ""}, {"if-modified-since", ""}, {"if-none-match", ""}, {"if-range", ""},
    {"if-unmodified-since", ""}, {"last-modified", ""}, {"link", ""}, {"location", ""}, {"max-forwards", ""},
    {"proxy-authenticate", ""}, {"proxy-authorization", ""}, {"range", ""}, {"referer", ""}, {"refresh", ""}, {"retry-after", ""},
    {"server", ""}, {"set-cookie", ""}, {"strict-transport-security", ""}, {"transfer-encoding", ""}, {"user-agent", ""}, {"vary", ""},
    {"via", ""}, {"www-authenticate", ""}};
constexpr size_t static_count = std::size(static_fields);
static_assert(static_count == 61);

std::string_view put(std::string_view text, std::span<char> out) {
  const size_t size = std::min(text.size(), out.size());
  std::copy_n(text.data(), size, out.data());
  return {out.data(), size};
}

}  // namespace

HeaderTable::Found HeaderTable::find(uint32_t index, std::span<char> out, TableField& field) const {
  if (index == 0) return Found::no;
  if (index <= static_count) {
    const StaticField& entry = static_fields[index - 1];
    field.name = put(entry.name, out);
    field.value = put(entry.value, out.subspan(field.name.size()));
    return Found::yes;
  }
  const uint32_t age = index - static_count - 1;  // 0: the newest
  if (age >= count_) {
    field = {{}, {}, false, false};
    return lost_ ? Found::unknown : Found::no;
  }
  const Entry& entry = entries_[(first_ + count_ - 1U - age) % header_table_entries_max];
  const std::span<char> name = out.first(std::min<size_t>(entry.name_bytes, out.size()));
  const std::span<char> value = out.subspan(name.size(), std::min<size_t>(entry.value_bytes, out.size() - name.size()));
  load(entry.begin, name);
  load(entry.begin + size_t{entry.name_bytes}, value);
  field = {{name.data(), name.size()}, {value.data(), value.size()}, entry.name_known, entry.value_known};
  return Found::yes;
}

void HeaderTable::add(const TableField& field, size_t bytes) {
  const size_t size = bytes + entry_overhead;
  if (size > bytes_max_) {  // RFC 7541 4.4: it empties the table and is not added
    evict_to(0);
    return;
  }
  TableField kept = field;
  if (size > header_table_bytes_max) kept = {{}, {}, false, false};
  const size_t kept_bytes = kept.name.size() + kept.value.size() + entry_overhead;
  const size_t room = std::min(bytes_max_, header_table_bytes_max);
  if (size_ + kept_bytes > room) {
    if (bytes_max_ > header_table_bytes_max) lost_ = overflow_ = true;  // the sender keeps what we let go
    evict_to(room - kept_bytes);
  }
  Entry& entry = entries_[(first_ + count_) % header_table_entries_max];
  entry = {end_, static_cast<uint16_t>(kept.name.size()), static_cast<uint16_t>(kept.value.size()), kept.name_known, kept.value_known};
  store(kept.name);
  store(kept.value);
  ++count_;
  size_ += static_cast<uint32_t>(kept_bytes);
}

void HeaderTable::set_bytes_max(size_t bytes) {
  bytes_max_ = bytes;
  evict_to(std::min(bytes, header_table_bytes_max));
  if (bytes == 0) lost_ = false;  // the sender's table is empty as well
}

void HeaderTable::lose() {
  evict_to(0);
  lost_ = true;
}

void HeaderTable::evict_to(size_t bytes_max) {
  while (size_ > bytes_max) {
    size_ -= static_cast<uint32_t>(size_of(entries_[first_]));
    first_ = static_cast<uint16_t>((first_ + 1U) % header_table_entries_max);
    --count_;
  }
}

void HeaderTable::store(std::string_view text) {
  const size_t first = std::min(text.size(), bytes_.size() - end_);
  std::copy_n(text.data(), first, bytes_.data() + end_);
  std::copy_n(text.data() + first, text.size() - first, bytes_.data());
  end_ = static_cast<uint16_t>((end_ + text.size()) % bytes_.size());
}

void HeaderTable::load(size_t begin, std::span<char> out) const {
  begin %= bytes_.size();
  const size_t first = std::min(out.size(), bytes_.size() - begin);
  std::copy_n(bytes_.data() + begin, first, out.data());
  std::copy_n(bytes_.data(), out.size() - first, out.data() + first);
}

}  // namespace sekisho::http2
