// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/full_url.h"

#include <array>
#include <cstring>

#include "dataplane/protocols/http1/characters.h"
#include "dataplane/protocols/http1/limits.h"

namespace sekisho::http1 {

namespace {

// Requests in clear text are http, whatever an absolute target says of itself (that one is told as it was sent).
constexpr std::string_view scheme = "http://";

using Room = std::array<char, scheme.size() + url_host_bytes_max + 1 + target_bytes_max>;

class Composer {
 public:
  explicit Composer(Room& room) : room_(room) {}
  void put(std::string_view text) {
    if (!text.empty()) std::memcpy(room_.data() + used_, text.data(), text.size());
    used_ += text.size();
  }
  Bytes written() const { return as_bytes(std::string_view(room_.data(), used_)); }

 private:
  Room& room_;
  size_t used_ = 0;
};

// `path`: from its first '/' on, or a target that lacks it.
Bytes compose(std::string_view host, std::string_view path, Room& room) {
  Composer url(room);
  url.put(scheme);
  url.put(host);
  if (!path.starts_with('/')) url.put("/");
  url.put(path.substr(0, target_bytes_max));
  return url.written();
}

// What a Host field names, without what cannot belong to an authority; empty where it is longer than any host.
std::string_view named_host(std::string_view field) {
  const std::string_view host = field.substr(0, ends_authority.find_first(field));
  return host.size() <= url_host_bytes_max ? host : std::string_view{};
}

// Path and query of an absolute target: what stands behind its authority.
std::string_view path_of(const RequestLine& line) {
  if (line.form != TargetForm::absolute) return line.target;
  return line.target.substr(static_cast<size_t>(line.target_host.data() + line.target_host.size() - line.target.data()));
}

}  // namespace

void observe_full_url(const RequestLine& line, const Head& head, TxId tx, uint64_t offset, Sink& sink) {
  if (!sink.wants(Field::http_full_url) || line.form == TargetForm::asterisk) return;
  const auto tell = [&](Bytes url) { sink.observe(tx, Field::http_full_url, url, offset); };
  const bool names_its_host = line.form != TargetForm::origin || !line.target.starts_with('/');
  if (names_its_host) tell(as_bytes(line.target.substr(0, target_bytes_max)));
  if (line.form == TargetForm::authority) return;
  Room room;
  const std::string_view first = named_host(head.host), last = named_host(head.last_host);
  if (head.hosts == 0 && !names_its_host) tell(as_bytes(line.target.substr(0, target_bytes_max)));
  if (!first.empty() && !same_host(first, line.target_host)) tell(compose(first, path_of(line), room));
  if (!last.empty() && !same_host(last, line.target_host) && last != first) tell(compose(last, path_of(line), room));
}

}  // namespace sekisho::http1
