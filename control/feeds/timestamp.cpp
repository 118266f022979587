// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/timestamp.h"

#include <charconv>
#include <chrono>

namespace sekisho {

namespace {

constexpr int64_t time_s_max = 253'402'300'799;  // the end of the year 9999

// Reads along a text; after a mismatch nothing matches any more.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  int digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (text_.empty() || text_[0] < '0' || text_[0] > '9') good_ = false;
      if (!good_) return 0;
      value = value * 10 + (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void need(char c) { good_ &= take(c); }
  void skip_digits() {
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9') text_.remove_prefix(1);
  }
  void fail() { good_ = false; }
  bool at_end() const { return text_.empty(); }
  bool good() const { return good_; }

 private:
  std::string_view text_;
  bool good_ = true;
};

// "Z", "+09:00", "-0500", or nothing (UTC).
int64_t read_offset_s(TextReader& in) {
  if (in.at_end() || in.take('Z') || in.take('z')) return 0;
  const bool east = in.take('+');
  if (!east) in.need('-');
  const int hours = in.digits(2);
  in.take(':');
  const int minutes = in.digits(2);
  if (hours > 23 || minutes > 59) in.fail();
  return (east ? 1 : -1) * (hours * 3600 + minutes * 60);
}

int64_t read_clock_s(TextReader& in) {
  const int hour = in.digits(2);
  in.need(':');
  const int minute = in.digits(2);
  int second = 0;
  if (in.take(':')) second = in.digits(2);
  if (in.take('.')) in.skip_digits();
  if (hour > 23 || minute > 59 || second > 60) in.fail();
  return hour * 3600 + minute * 60 + second;
}

std::optional<int64_t> parse_date_time(std::string_view text) {
  TextReader in(text);
  const int year = in.digits(4);
  in.need('-');
  const int month = in.digits(2);
  in.need('-');
  const int day = in.digits(2);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!in.good() || !date.ok()) return std::nullopt;
  int64_t time_s = std::chrono::sys_days(date).time_since_epoch() / std::chrono::seconds(1);
  if (in.take('T') || in.take('t') || in.take(' ')) {
    time_s += read_clock_s(in);
    time_s -= read_offset_s(in);
  }
  if (!in.good() || !in.at_end()) return std::nullopt;
  return time_s;
}

}  // namespace

std::optional<int64_t> parse_time_s(std::string_view text) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool number = error == std::errc() && end == text.data() + text.size();
  const std::optional<int64_t> time_s = number ? seconds : parse_date_time(text);
  if (!time_s || *time_s < 0 || *time_s > time_s_max) return std::nullopt;
  return time_s;
}

}  // namespace sekisho
