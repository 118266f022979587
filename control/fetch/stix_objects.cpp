// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/stix_objects.h"

#include <simdjson.h>

#include <vector>

#include "control/feeds/stix_version.h"

namespace sekisho {

namespace {

std::string text_of(const simdjson::dom::element& object, const char* name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

}  // namespace

Result<TaxiiPage> StixObjects::take(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS)
    return fail(std::string("is not JSON: ") + simdjson::error_message(error));
  if (!root.is_object()) return fail("is not a JSON object");
  TaxiiPage page;
  if (bool more = false; root["more"].get(more) == simdjson::SUCCESS) page.more = more;
  page.next = text_of(root, "next");
  simdjson::dom::array list;
  const auto error = root["objects"].get(list);
  if (error == simdjson::NO_SUCH_FIELD) return page;  // an empty page
  if (error != simdjson::SUCCESS) return fail("\"objects\" is not a list");
  std::vector<std::pair<std::string, Object>> taken;
  for (const simdjson::dom::element object : list) {
    std::string id = text_of(object, "id");
    if (id.empty()) return fail("object " + std::to_string(taken.size() + 1) + " has no id");
    taken.emplace_back(std::move(id), Object{std::string(stix_version(text_of(object, "modified"), text_of(object, "created"))), simdjson::minify(object)});
  }
  page.objects = taken.size();
  for (auto& [id, object] : taken) put(std::move(id), std::move(object));
  return page;
}

void StixObjects::put(std::string id, Object object) {
  const auto [at, fresh] = objects_.try_emplace(std::move(id));
  if (!fresh && (object.modified < at->second.modified || object.text == at->second.text)) return;
  bytes_ += object.text.size() - at->second.text.size();
  at->second = std::move(object);
  changed_ = true;
}

std::string StixObjects::bundle(std::string_view bundle_id) const {
  std::string out = "{\"type\":\"bundle\",\"id\":\"" + std::string(bundle_id) + "\",\"objects\":[";
  out.reserve(out.size() + bytes_ + objects_.size() + 8);
  bool first = true;
  for (const auto& [id, object] : objects_) {
    out.append(first ? "\n" : ",\n").append(object.text);
    first = false;
  }
  return out + "\n]}\n";
}

}  // namespace sekisho
