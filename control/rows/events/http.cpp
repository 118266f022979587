// SPDX-License-Identifier: Apache-2.0
// http: one row per request, answered or not; a lone response has its status alone.
#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

void http_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::http_url)) return;
  row.object("http");
  const Field name = fields.has(Field::http_host) ? Field::http_host : Field::http_target_host;
  if (fields.has(name)) {
    const HostPort host = split_host(fields.text(name));
    row.text("hostname", host.host);
    if (host.port != 0) row.number("http_port", host.port);
  }
  put_text(row, "url", fields, Field::http_url);
  put_text(row, "http_user_agent", fields, Field::http_user_agent);
  put_text(row, "xff", fields, Field::http_xff);
  if (fields.has(Field::http_content_type))
    row.text("http_content_type", without_parameters(fields.text(Field::http_content_type)));
  put_text(row, "http_refer", fields, Field::http_referer);
  put_text(row, "http_method", fields, Field::http_method);
  const Field protocol = fields.has(Field::http_protocol) ? Field::http_protocol : Field::http_response_protocol;
  put_text(row, "protocol", fields, protocol);
  if (fields.text(protocol).starts_with("HTTP/2")) row.text("version", "2");
  if (fields.has(Field::http_http2_stream)) {
    row.object("http2");
    put_number(row, "stream_id", fields, Field::http_http2_stream);
    put_number(row, "error_code", fields, Field::http_http2_error);
    row.end();
  }
  put_number(row, "status", fields, Field::http_status);
  put_text(row, "redirect", fields, Field::http_location);
  put_number(row, "length", fields, Field::http_response_body_bytes);
  if (fields.has(Field::http_content_range)) {
    row.object("content_range");
    put_text(row, "raw", fields, Field::http_content_range);
    row.end();
  }
  row.end();
}

}  // namespace sekisho
