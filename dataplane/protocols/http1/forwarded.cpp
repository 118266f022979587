// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/forwarded.h"

#include <algorithm>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/limits.h"

namespace sekisho::http1 {

namespace {

std::string_view unquoted(std::string_view text) {
  text = trim_loosely(text);
  if (text.starts_with('"')) text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return trim_loosely(text);
}

// RFC 7239 6: brackets around IPv6, a port behind a colon. One colon is a port's; with more it is an IPv6
// address that somebody wrote bare.
std::string_view host_of(std::string_view node) {
  if (node.starts_with('[')) return node.substr(1, std::min(node.find(']'), node.size()) - 1);
  const size_t colon = node.find(':');
  return colon != std::string_view::npos && node.find(':', colon + 1) == std::string_view::npos
             ? node.substr(0, colon)
             : node;
}

struct Client {
  TxId tx;
  Sink& sink;
  std::string_view value;
  uint64_t offset;  // of the value

  void observe(std::string_view node) const {
    const std::string_view host = host_of(unquoted(node));
    if (host.empty() || equals_ignore_case(host, "unknown")) return;
    sink.observe(tx, Field::http_forwarded_for, as_bytes(host),
                 offset + static_cast<uint64_t>(host.data() - value.data()));
  }
};

// Takes what stands before the next `separator` outside quotes off the front.
std::string_view next_outside_quotes(std::string_view& text, char separator) {
  bool quoted = false;
  size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != separator); ++end) quoted ^= text[end] == '"';
  const std::string_view element = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return element;
}

}  // namespace

void read_forwarded_for(std::string_view value, uint64_t offset, TxId tx, Sink& sink) {
  if (!sink.wants(Field::http_forwarded_for)) return;
  const Client client{tx, sink, value, offset};
  std::string_view list = value;
  for (unsigned count = 0; !list.empty() && count < forwarded_clients_max; ++count)
    client.observe(next_element(list));
}

void read_forwarded(std::string_view value, uint64_t offset, TxId tx, Sink& sink) {
  if (!sink.wants(Field::http_forwarded_for)) return;
  const Client client{tx, sink, value, offset};
  std::string_view list = value;
  for (unsigned count = 0; !list.empty() && count < forwarded_clients_max; ++count) {
    std::string_view pairs = next_outside_quotes(list, ',');
    while (!pairs.empty()) {
      const std::string_view pair = trim_loosely(next_outside_quotes(pairs, ';'));
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos ||
          !equals_ignore_case(trim_loosely(pair.substr(0, equals)), "for"))
        continue;
      client.observe(pair.substr(equals + 1));
    }
  }
}

}  // namespace sekisho::http1
