// SPDX-License-Identifier: Apache-2.0
// JsonReader: what readers of JSON formats share: texts without copies, lines of places, and all or nothing. simdjson does the reading.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

#include "control/feeds/line_counter.h"
#include "matchers/base/result.h"

namespace sekisho {

namespace json = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

class JsonReader {
 public:
  // `texts` keeps those that were written with escapes; the others are views of the text.
  JsonReader(simdjson::padded_string_view text, std::deque<std::string>& texts) : text_(text), padded_(text), lines_(text_), texts_(texts) {}

 protected:
  // Calls read(document); an error where that says one, or where the text is cut or something stands behind the document.
  template <typename Read>
  Result<void> read_whole(Read&& read) {
    json::parser parser;
    json::document document;
    if (const error_code error = parser.iterate(padded_).get(document)) return not_json(error, text_.data());
    const error_code error = read(document);
    const char* at = text_.data() + text_.size();
    const bool at_end = document.current_location().get(at) == simdjson::OUT_OF_BOUNDS;
    if (error != SUCCESS) return not_json(error, at);
    if (!at_end) return fail("something stands behind the JSON document");
    return {};
  }

  Result<void> not_json(error_code error, const char* at) {
    return fail(std::string("is not JSON, or not all of it: ") + simdjson::error_message(error), {}, line_at(std::max(at, text_.data())));
  }

  // The name as it is written: one with escapes is none of ours.
  error_code read_field(simdjson::simdjson_result<json::field>& result, std::string_view& key, json::value& value) const {
    json::field field;
    if (const error_code error = std::move(result).get(field)) return error;
    const char* const raw = field.key().raw();
    const void* const end = std::memchr(raw, '"', static_cast<size_t>(text_.data() + text_.size() - raw));
    key = {raw, end == nullptr ? 0 : static_cast<size_t>(static_cast<const char*>(end) - raw)};
    value = std::move(field).value();
    return SUCCESS;
  }

  uint32_t line_at(const char* at) { return lines_.line_at(static_cast<size_t>(at - text_.data())); }

  // Nearly all texts have no escapes: these are views of what is written.
  error_code read_text(json::value& value, std::string_view& out) {
    std::string_view token = value.raw_json_token();
    if (token.find('\\') == std::string_view::npos) {
      while (!token.empty() && token.back() != '"') token.remove_suffix(1);  // blanks behind it
      if (token.size() < 2 || token.front() != '"') return simdjson::INCORRECT_TYPE;
      out = token.substr(1, token.size() - 2);
      return SUCCESS;
    }
    const error_code error = value.get_string().get(out);
    if (error == SUCCESS) out = texts_.emplace_back(out);
    return error;
  }
  // Of a value or the document: calls use(item), use(name, member) until one returns an error.
  template <typename Value, typename Use>
  error_code each_item(Value& value, const Use& use) {
    json::array list;
    if (const error_code error = value.get_array().get(list)) return error;
    for (auto item : list) {
      json::value each;
      if (const error_code error = item.get(each)) return error;
      if (const error_code error = use(each)) return error;
    }
    return SUCCESS;
  }
  template <typename Value, typename Use>
  error_code each_member(Value& value, const Use& use) {
    json::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    for (auto field : object) {
      std::string_view key;
      json::value member;
      if (const error_code error = read_field(field, key, member)) return error;
      if (const error_code error = use(key, member)) return error;
    }
    return SUCCESS;
  }
  template <typename Use>
  error_code each_text(json::value& value, const Use& use) {
    return each_item(value, [&](json::value& each) {
      std::string_view text;
      const error_code error = read_text(each, text);
      if (error == SUCCESS) use(text);
      return error;
    });
  }

 private:
  std::string_view text_;
  simdjson::padded_string_view padded_;
  LineCounter lines_;
  std::deque<std::string>& texts_;
};

// Calls use(text) with the text padded as simdjson needs it: as it is, where that many bytes behind it may be read, else as a copy.
template <typename Use>
auto with_padding(std::string_view text, size_t padding_bytes, Use&& use) {
  if (padding_bytes >= simdjson::SIMDJSON_PADDING) return use(simdjson::padded_string_view(text, text.size() + simdjson::SIMDJSON_PADDING));
  const simdjson::padded_string copy(text);
  return use(simdjson::padded_string_view(copy));
}

}  // namespace sekisho
