// SPDX-License-Identifier: Apache-2.0
// anomaly: traffic that no honest sender makes, or that we could not read whole.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

// EVE's three types, from the layer that noticed.
std::string_view type_of(std::string_view layer) {
  if (layer == "decode") return "decode";
  return layer == "stream" ? "stream" : "applayer";
}

}  // namespace

void anomaly_object(const FieldIndex& fields, const RowContext& context, Row& row) {
  const std::string_view layer = fields.text(Field::anomaly_layer);
  const std::string_view type = type_of(layer);
  row.object("anomaly");
  if (type == "applayer") {
    const std::string_view protocol = app_protocol_name(fields, context);
    row.text("app_proto", protocol.empty() ? "failed" : protocol);
  }
  row.text("type", type);
  row.text("event", fields.text(Field::anomaly_name));
  if (!layer.empty()) row.text("layer", layer);
  put_text(row, "detail", fields, Field::anomaly_detail);
  row.end();
}

// What control's own tables found, told as what a parser notices.
void own_event_object(const RowContext& context, Row& row) {
  const std::string_view layer = context.own_event.substr(0, context.own_event.find('.'));
  row.object("anomaly");
  if (context.own_event == new_device_event) row.text("app_proto", layer);
  row.text("type", "applayer");
  row.text("event", context.own_event);
  row.text("layer", layer);
  if (!context.own_detail.empty()) row.text("detail", context.own_detail);
  row.end();
}

}  // namespace sekisho
