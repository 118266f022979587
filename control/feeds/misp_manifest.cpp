// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/misp_manifest.h"

#include "control/feeds/json_reader.h"

namespace sekisho {

namespace {

class ManifestReader : JsonReader {
 public:
  ManifestReader(simdjson::padded_string_view text, std::deque<std::string>& texts) : JsonReader(text, texts) {}

  Result<std::vector<MispManifestEntry>> read() {
    if (auto read = read_whole([this](json::document& document) { return read_document(document); }); !read) return tl::unexpected(read.error());
    if (out_.empty()) return fail("is no manifest of a MISP feed");
    return std::move(out_);
  }

 private:
  error_code read_document(json::document& document) {
    return each_member(document, [&](std::string_view key, json::value& value) {
      if (!is_misp_uuid(key)) return SUCCESS;
      MispManifestEntry& entry = out_.emplace_back();
      entry.uuid = key;
      return each_member(value, [&](std::string_view name, json::value& member) {
        if (name == "timestamp") entry.timestamp = digits_of(member.raw_json_token());
        return SUCCESS;
      });
    });
  }
  // A number, in quotes or not.
  static std::string digits_of(std::string_view token) {
    if (token.starts_with('"')) token.remove_prefix(1);
    return std::string(token.substr(0, token.find_first_not_of("0123456789")));
  }

  std::vector<MispManifestEntry> out_;
};

}  // namespace

bool is_misp_uuid(std::string_view name) {
  return name.size() == 36 && name.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

Result<std::vector<MispManifestEntry>> read_misp_manifest(std::string_view text) {
  return with_padding(text, 0, [](simdjson::padded_string_view padded) {
    std::deque<std::string> texts;
    return ManifestReader(padded, texts).read();
  });
}

}  // namespace sekisho
