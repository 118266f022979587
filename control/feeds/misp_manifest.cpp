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
    json::object root;
    if (const error_code error = document.get_object().get(root)) return error;
    for (auto field : root) {
      std::string_view key;
      json::value value;
      if (const error_code error = read_field(field, key, value)) return error;
      if (!is_misp_uuid(key)) continue;
      MispManifestEntry entry{std::string(key), {}};
      const error_code error = each_member(value, [&](std::string_view name, json::value& member) {
        if (name == "timestamp") entry.timestamp = digits_of(member.raw_json_token());
        return SUCCESS;
      });
      if (error != SUCCESS) return error;
      out_.push_back(std::move(entry));
    }
    return SUCCESS;
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
