// SPDX-License-Identifier: Apache-2.0
// MISP's events, alone, in lists, as its API answers them, or as a feed: a manifest with an event's file for each of its entries beside it.
// Attributes that MISP marks as fit to detect with (to_ids) are rows. An event is all or nothing; one that is broken costs a manifest itself only.
#include "control/feeds/collector.h"
#include "control/feeds/file_text.h"
#include "control/feeds/json_reader.h"
#include "control/feeds/limits.h"
#include "control/feeds/line_reader.h"
#include "control/feeds/misp_manifest.h"
#include "control/feeds/misp_types.h"
#include "control/feeds/signature.h"
#include "control/feeds/sniff.h"
#include "control/feeds/tlp_text.h"

namespace sekisho {

namespace {

struct Attribute {
  uint32_t line = 0;
  uint32_t event = 0;
  std::string_view type, value, comment, tlp;
  bool to_ids = false;
  bool deleted = false;
  bool wrong = false;  // a member is not of its type
};
struct Event {
  std::string_view info, uuid, threat_level, tlp;
};
struct Events {
  std::vector<Event> events;
  std::vector<Attribute> attributes;
  std::vector<std::string_view> manifest;  // names of events' files, without ".json"
  std::deque<std::string> texts;
};

// "tlp:amber" among tags; the strictest counts, which is also the last in TLP's order.
bool is_tlp_tag(std::string_view name) { return lowered(name.substr(0, 4)) == "tlp:"; }
bool is_stricter(std::string_view a, std::string_view than) {
  const auto x = tlp_in_text(a), y = tlp_in_text(than);
  return x && (!y || *x > *y);
}

class MispReader : JsonReader {
 public:
  MispReader(simdjson::padded_string_view text, Events& out) : JsonReader(text, out.texts), out_(out) {}

  Result<void> read() {
    if (auto read = read_whole([this](json::document& document) { return read_document(document); }); !read) return read;
    if (out_.events.empty() && out_.manifest.empty() && !is_list_) return fail("is neither an event of MISP nor a manifest of events");
    return {};
  }

 private:
  error_code read_document(json::document& document) {
    json::json_type type;
    if (const error_code error = document.type().get(type)) return error;
    if (type == json::json_type::array) {
      is_list_ = true;
      return each_item(document, [this](json::value& each) { return read_root(each); });
    }
    return read_root(document);
  }

  // {"Event": {..}}, {"response": [..]}, a manifest, or a bare event, which shows by its attributes.
  template <typename Value>
  error_code read_root(Value& root) {
    Event event;
    const auto number = static_cast<uint32_t>(out_.events.size());
    bool is_bare = false;
    const error_code error = each_member(root, [&](std::string_view key, json::value& value) {
      if (key == "Event") return read_event(value);
      if (key == "response") return read_response(value);
      if (!is_misp_uuid(key)) return read_event_member(key, value, event, number, is_bare);
      out_.manifest.push_back(key);
      return SUCCESS;
    });
    if (is_bare) out_.events.push_back(event);
    return error;
  }
  error_code read_response(json::value& value) {
    is_list_ = true;
    json::json_type type;
    if (const error_code error = value.type().get(type)) return error;
    if (type != json::json_type::array) return read_event(value);
    return each_item(value, [this](json::value& each) { return read_root(each); });
  }

  error_code read_event(json::value& value) {
    Event event;
    const auto number = static_cast<uint32_t>(out_.events.size());
    out_.events.emplace_back();
    bool has_attributes = false;
    const error_code error = each_member(value, [&](std::string_view key, json::value& member) { return read_event_member(key, member, event, number, has_attributes); });
    out_.events[number] = event;
    return error;
  }

  error_code read_event_member(std::string_view key, json::value& value, Event& event, uint32_t number, bool& has_attributes) {
    if (key == "info") return optional_text(value, event.info);
    if (key == "uuid") return optional_text(value, event.uuid);
    if (key == "threat_level_id") return word(value, event.threat_level);
    if (key == "Tag") return read_tags(value, event.tlp);
    if (key != "Attribute" && key != "Object") return SUCCESS;
    has_attributes = true;
    return key == "Attribute" ? read_attributes(value, number) : read_objects(value, number);
  }

  error_code read_objects(json::value& value, uint32_t event) {
    return each_item(value, [&](json::value& each) {
      bool deleted = false;
      const size_t first = out_.attributes.size();
      const error_code error = each_member(each, [&](std::string_view key, json::value& member) {
        if (key == "deleted") return truth(member, deleted);
        return key == "Attribute" ? read_attributes(member, event) : SUCCESS;
      });
      for (size_t i = first; deleted && i < out_.attributes.size(); ++i) out_.attributes[i].deleted = true;
      return error;
    });
  }

  error_code read_attributes(json::value& value, uint32_t event) {
    return each_item(value, [&](json::value& each) {
      Attribute attribute;
      attribute.line = line_at(each.raw_json_token().data());
      attribute.event = event;
      const error_code error = each_member(each, [&](std::string_view key, json::value& member) { return read_attribute_member(key, member, attribute); });
      out_.attributes.push_back(attribute);
      return error;
    });
  }
  error_code read_attribute_member(std::string_view key, json::value& value, Attribute& out) {
    error_code error = SUCCESS;
    if (key == "type") error = optional_text(value, out.type);
    else if (key == "value") error = optional_text(value, out.value);
    else if (key == "comment") error = optional_text(value, out.comment);
    else if (key == "to_ids") error = truth(value, out.to_ids);
    else if (key == "deleted") error = truth(value, out.deleted);
    else if (key == "Tag") error = read_tags(value, out.tlp);
    out.wrong = out.wrong || error == simdjson::INCORRECT_TYPE;
    return error == simdjson::INCORRECT_TYPE ? SUCCESS : error;
  }

  error_code read_tags(json::value& value, std::string_view& tlp) {
    return each_item(value, [&](json::value& each) {
      std::string_view name;
      const error_code error = each_member(each, [&](std::string_view key, json::value& member) { return key == "name" ? optional_text(member, name) : SUCCESS; });
      if (error == SUCCESS && is_tlp_tag(name) && is_stricter(name, tlp)) tlp = name;
      return error;
    });
  }

  error_code optional_text(json::value& value, std::string_view& out) {
    return value.raw_json_token().starts_with('n') ? SUCCESS : read_text(value, out);
  }
  // true, "1", 1: MISP's versions differ.
  error_code truth(json::value& value, bool& out) {
    const std::string_view token = value.raw_json_token();
    out = token.starts_with('t') || token.starts_with('1') || token.starts_with("\"1");
    return SUCCESS;
  }
  // A number, in quotes or not.
  error_code word(json::value& value, std::string_view& out) {
    std::string_view token = value.raw_json_token();
    if (token.starts_with('"')) token.remove_prefix(1);
    out = token.substr(0, token.find_first_not_of("0123456789"));
    return SUCCESS;
  }

  Events& out_;
  bool is_list_ = false;
};

class MispFeed {
 public:
  explicit MispFeed(Collector& collector) : collector_(collector) {}

  Result<void> read(std::string_view text, size_t padding_bytes) {
    collector_.reject_context();
    auto done = read_events(text, padding_bytes, {});
    if (!done) return done;
    std::string told = "took " + std::to_string(taken_) + " of " + std::to_string(attributes_) + " attributes";
    if (not_for_detection_ != 0) told += "; " + std::to_string(not_for_detection_) + " are not marked to_ids";
    if (files_ + left_out_ != 0) told += "; " + std::to_string(files_) + " events";
    if (left_out_ != 0) told += ", and " + std::to_string(left_out_) + " left out";
    collector_.tell(std::move(told));
    return {};
  }

 private:
  // `file`: of an event of a manifest.
  Result<void> read_events(std::string_view text, size_t padding_bytes, const std::string& file) {
    return with_padding(text, padding_bytes, [&](simdjson::padded_string_view padded) -> Result<void> {
      Events events;
      if (auto read = MispReader(padded, events).read(); !read) return read;
      if (events.manifest.size() > misp_events_max)
        return fail("names " + std::to_string(events.manifest.size()) + " events: at most " + std::to_string(misp_events_max));
      add(events, file);
      if (file.empty()) read_manifest(events);
      else if (!events.manifest.empty()) collector_.remark(0, file + " is a manifest within a manifest");
      return {};
    });
  }

  void read_manifest(const Events& events) {
    for (const std::string_view uuid : events.manifest) {
      if (collector_.full_at()) return;
      const std::string name = std::string(uuid) + ".json";
      if (const auto read = read_event_file(name); !read) {
        Error error = read.error();
        if (error.file.empty()) error.file = name;
        collector_.remark(0, "an event of the manifest is left out: " + describe(error));
        ++left_out_;
      }
    }
  }

  Result<void> read_event_file(const std::string& name) {
    const auto path = collector_.beside(name);
    if (!path) return fail("is not beside the manifest", name);
    const auto file = read_file_text(*path, feed_bytes_max);
    if (!file) return tl::unexpected(file.error());
    if (const std::string& key = collector_.feed().public_key; !key.empty())
      if (const auto good = verify_signature_file(key, *path, file->text); !good) return tl::unexpected(good.error());
    auto read = read_events(file->text, file_text_padding_bytes, name);
    files_ += read ? 1 : 0;
    return read;
  }

  void add(const Events& events, const std::string& file) {
    collector_.expect_rows(events.attributes.size());
    for (const Attribute& attribute : events.attributes) {
      if (attribute.deleted) continue;
      ++attributes_;
      if (!attribute.to_ids) {
        ++not_for_detection_;
        continue;
      }
      if (!collector_.has_room(attribute.line)) return;
      collector_.name_lines(file);
      const uint64_t before = collector_.report().rejected;
      add(attribute, events.events[attribute.event]);
      taken_ += collector_.report().rejected == before ? 1 : 0;
    }
    collector_.name_lines({});
  }

  void add(const Attribute& attribute, const Event& event) {
    if (attribute.wrong) return collector_.reject(attribute.line, shown(attribute.value) + " has a member that is not of the type MISP gives it");
    MispValues values;
    if (const std::string reason = misp_values(attribute.type, attribute.value, values); !reason.empty())
      return collector_.reject(attribute.line, shown(attribute.value) + " is " + reason);
    const std::string note = note_of(attribute, event);
    const std::string_view tlp = attribute.tlp.empty() ? event.tlp : attribute.tlp;
    for (unsigned i = 0; i < values.count; ++i) {
      const MispValue& one = values.values[i];
      collector_.add(attribute.line, {.value = one.value, .kind = one.kind, .mode = one.mode, .severity = severity_of(event), .tlp = tlp, .note = note});
    }
  }

  // 1 high, 2 medium, 3 low, 4 undefined.
  static std::string_view severity_of(const Event& event) {
    if (event.threat_level == "1") return "high";
    return event.threat_level == "2" ? "medium" : event.threat_level == "3" ? "low" : std::string_view();
  }
  static std::string note_of(const Attribute& attribute, const Event& event) {
    std::string note(event.info);
    if (!event.uuid.empty()) note.append(note.empty() ? "(" : " (").append(event.uuid).append(")");
    if (!attribute.comment.empty()) note.append(note.empty() ? "" : ": ").append(attribute.comment);
    return note;
  }

  Collector& collector_;
  uint64_t attributes_ = 0, not_for_detection_ = 0, taken_ = 0, files_ = 0, left_out_ = 0;
};

}  // namespace

bool looks_like_misp(std::string_view text) {
  constexpr size_t looked_at_bytes = 65536;
  const std::string_view begin = text.substr(0, looked_at_bytes);
  const size_t first = begin.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (begin[first] != '{' && begin[first] != '[')) return false;
  const auto has = [begin](std::string_view word) { return begin.find(word) != std::string_view::npos; };
  if (has("\"Event\"") || (has("\"Attribute\"") && has("\"info\""))) return true;
  const size_t quote = begin.find('"');
  return quote != std::string_view::npos && is_misp_uuid(begin.substr(quote + 1, 36)) && has("\"Orgc\"");
}

Result<void> read_misp_feed(std::string_view text, Collector& collector) { return MispFeed(collector).read(text, collector.padding_bytes()); }

}  // namespace sekisho
