// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/ldap/session.h"
#include "dataplane/protocols/tls/der.h"

namespace sekisho::ldap {

namespace {

using tls::DerItem;
using tls::DerReader;
namespace der = tls::der;

constexpr uint8_t enumerated = 0x0A;
constexpr std::string_view java_code_base = "javaCodeBase";  // RFC 2713 3

class ResponseWalk {
 public:
  ResponseWalk(const Message& message, Sink& sink, TxId tx)
      : message_(message), sink_(sink), tx_(tx), items_(message.content) {}

  // The result code.
  uint64_t run() {
    switch (message_.envelope.tag) {
      case operation::search_entry: entry(); return no_result;
      case operation::search_reference: referrals(message_.content); return no_result;
      case operation::intermediate_response: return no_result;
      default: return result();
    }
  }

 private:
  // RFC 4511 4.1.9.
  uint64_t result() {
    const Bytes code = items_.expect(enumerated);
    if (code.empty() || code.size() > 4) return no_result;
    uint64_t value = 0;
    for (const uint8_t byte : code) value = value << 8 | byte;
    sink_.observe_number(tx_, Field::ldap_result, value, at(code));
    items_.expect(der::octet_string);  // the name as far as it matched
    const Bytes diagnostic = items_.expect(der::octet_string);
    if (!diagnostic.empty()) sink_.observe(tx_, Field::ldap_diagnostic, diagnostic, at(diagnostic));
    DerItem more;
    while (items_.next(more))
      if (more.tag == der::context(3)) referrals(more.content);
    return value;
  }

  // RFC 4511 4.5.2. Of its attributes only one is observed: a class that a client of Java's naming is asked
  // to load.
  void entry() {
    const Bytes name = items_.expect(der::octet_string);
    if (!items_.failed()) sink_.observe(tx_, Field::ldap_entry, name, at(name));
    DerReader attributes(items_.expect(der::sequence));
    DerItem attribute;
    while (attributes.next(attribute)) {
      DerReader parts(attribute.content);
      if (!equals_ignore_case(as_text(parts.expect(der::octet_string)), java_code_base)) continue;
      DerReader values(parts.expect(der::set));
      DerItem value;
      for (unsigned i = 0; i < items_max && values.next(value); ++i)
        sink_.observe(tx_, Field::ldap_java_url, value.content, at(value.content));
    }
  }

  void referrals(Bytes content) {
    DerReader urls(content);
    DerItem url;
    for (unsigned i = 0; i < items_max && urls.next(url); ++i)
      if (!url.content.empty()) sink_.observe(tx_, Field::ldap_referral, url.content, at(url.content));
  }

  uint64_t at(Bytes part) const {
    return message_.offset + static_cast<size_t>(part.data() - message_.content.data());
  }

  const Message& message_;
  Sink& sink_;
  TxId tx_;
  DerReader items_;
};

}  // namespace

void observe_response(const Message& message, Sink& sink, TxId tx, uint64_t& result) {
  sink.observe_number(tx, Field::ldap_response_operation, number_of(message.envelope.tag), message.offset);
  result = ResponseWalk(message, sink, tx).run();
}

}  // namespace sekisho::ldap
