// SPDX-License-Identifier: Apache-2.0
// Row: one line of a log before any format has touched it. Two shapes of the same line:
//   the tree   what tree formats write (EVE JSON): objects, arrays and values in order, as a flat tape of nodes
//   the items  what flat formats write (CEF, ...): the catalogue's log items of one product, each with its value
// A product fills the shape its format asks for. A format walks what it finds and knows no product.
//
// Lifetime: text given as a view must outlive the row (it mostly points into the record); text built on the way is copied into
// the row's own store by copy(). A row is reused: clear() keeps the memory, so a warm row allocates nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "control/catalogue/log_item.h"

namespace sekisho {

enum class RowShape : uint8_t { tree, items };  // what of a row a format writes

enum class NodeType : uint8_t { object, array, end, text, number, boolean, time };

struct RowNode {
  NodeType type;
  std::string_view key;    // static ASCII text; empty inside an array
  std::string_view text;
  uint64_t number = 0;     // number, boolean; time: ns since 1970
};

struct RowItem {
  LogItem item;
  NodeType type;           // text, number or time
  std::string_view text;
  uint64_t number = 0;
};

// What every row has, whatever its product: sinks and headers of text formats are fed from here.
struct RowHeader {
  std::string_view product;    // "NGFW"; the catalogue's name of the log's role
  std::string_view event_type; // of EVE: "alert", "http", ...
  std::string_view name;       // human-readable, short
  uint64_t signature = 0;      // 0 = not an alert
  uint8_t severity = 0;        // 0..10 as CEF counts: 0 is a plain record
  uint64_t wall_ns = 0;        // since 1970
  uint64_t id = 0;             // stable over a replay of the same record: receivers drop duplicates by it
};

class Row {
 public:
  RowHeader header;

  void clear();

  // The tree. Every begin has its end().
  void object(std::string_view key = {}) { begin(NodeType::object, key); }
  void array(std::string_view key) { begin(NodeType::array, key); }
  void end() { nodes_.push_back({NodeType::end, {}, {}, 0}); }
  void text(std::string_view key, std::string_view value) { nodes_.push_back({NodeType::text, key, value, 0}); }
  void number(std::string_view key, uint64_t value) { nodes_.push_back({NodeType::number, key, {}, value}); }
  void yes_no(std::string_view key, uint64_t value) { nodes_.push_back({NodeType::boolean, key, {}, value != 0}); }
  void time(std::string_view key, uint64_t wall_ns) { nodes_.push_back({NodeType::time, key, {}, wall_ns}); }
  // An array of the one text, as EVE's alert.metadata wants every value.
  void one(std::string_view key, std::string_view value) {
    array(key);
    text({}, value);
    end();
  }

  // The items of the product's log. An item may be given several times (a list).
  void item(LogItem item, std::string_view value) { items_.push_back({item, NodeType::text, value, 0}); }
  void item(LogItem item, uint64_t value) { items_.push_back({item, NodeType::number, {}, value}); }
  void item_time(LogItem item, uint64_t wall_ns) { items_.push_back({item, NodeType::time, {}, wall_ns}); }

  // A copy that lives until clear().
  std::string_view copy(std::string_view text);

  const std::vector<RowNode>& nodes() const { return nodes_; }
  const std::vector<RowItem>& items() const { return items_; }

 private:
  void begin(NodeType type, std::string_view key) { nodes_.push_back({type, key, {}, 0}); }

  std::vector<RowNode> nodes_;
  std::vector<RowItem> items_;
  std::vector<std::string> blocks_;  // each filled up to its capacity, never regrown: views stay valid
  size_t blocks_used_ = 0;
};

}  // namespace sekisho
