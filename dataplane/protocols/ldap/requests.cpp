// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/ldap/session.h"
#include "dataplane/protocols/ntlm.h"
#include "dataplane/protocols/tls/der.h"

namespace sekisho::ldap {

namespace {

using tls::DerItem;
using tls::DerReader;
namespace der = tls::der;

constexpr uint8_t enumerated = 0x0A;
constexpr std::string_view oid_starttls = "1.3.6.1.4.1.1466.20037";  // RFC 4511 4.14.1
constexpr NtlmFields ntlm_fields{Field::ldap_user, Field::ldap_domain, Field::ldap_host};

class RequestWalk {
 public:
  RequestWalk(const Message& message, Sink& sink, TxId tx)
      : message_(message), sink_(sink), tx_(tx), items_(message.content) {}

  // True for StartTLS.
  bool run() {
    switch (message_.envelope.tag) {
      case operation::bind_request: bind(); break;
      case operation::search_request: search(); break;
      case operation::del_request:
        text(message_.content, Field::ldap_name);
        break;  // the name itself (RFC 4511 4.8)
      case operation::extended_request: return extended();
      case operation::unbind_request:
      case operation::abandon_request: break;
      default: text(items_.expect(der::octet_string), Field::ldap_name); break;
    }
    return false;
  }

 private:
  // RFC 4511 4.2. A simple bind's password stands in [0]; it is never looked at.
  void bind() {
    const Bytes version = items_.expect(der::integer);
    if (version.size() == 1) sink_.observe_number(tx_, Field::ldap_version, version[0], at(version));
    text(items_.expect(der::octet_string), Field::ldap_bind_name);
    DerItem choice;
    if (!items_.next(choice)) return;
    if (choice.tag == der::context(3)) {
      DerReader sasl(choice.content);
      text(sasl.expect(der::octet_string), Field::ldap_sasl_mechanism);
    }
    if (choice.tag !=
        der::context_primitive(0))  // Active Directory's own NTLM choices (MS-ADTS 5.1.1.1.3), or SASL's
      observe_ntlm(choice.content, at(choice.content), ntlm_fields, sink_, tx_);
  }

  // RFC 4511 4.5.1.
  void search() {
    text(items_.expect(der::octet_string), Field::ldap_name);
    const Bytes scope = items_.expect(enumerated);
    if (scope.size() == 1) sink_.observe_number(tx_, Field::ldap_scope, scope[0], at(scope));
    for (const uint8_t tag : {enumerated, der::integer, der::integer, der::boolean}) items_.expect(tag);
    DerItem filter;
    if (!items_.next(filter)) return;
    DerReader attributes(items_.expect(der::sequence));
    DerItem attribute;
    for (unsigned i = 0; i < items_max && attributes.next(attribute); ++i)
      text(attribute.content, Field::ldap_attribute);
  }

  // RFC 4511 4.12.
  bool extended() {
    const Bytes name = items_.expect(der::context_primitive(0));
    text(name, Field::ldap_extended_name);
    return as_text(name) == oid_starttls;
  }

  // A value that is not there has no view.
  void text(Bytes value, Field field) {
    if (value.data() != nullptr && !items_.failed()) sink_.observe(tx_, field, value, at(value));
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

bool observe_request(const Message& message, Sink& sink, TxId tx) {
  sink.observe_number(tx, Field::ldap_message_id, message.envelope.id, message.offset);
  sink.observe_number(tx, Field::ldap_operation, number_of(message.envelope.tag), message.offset);
  return RequestWalk(message, sink, tx).run();
}

}  // namespace sekisho::ldap
