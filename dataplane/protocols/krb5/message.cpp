// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/krb5/message.h"

#include <algorithm>

#include "dataplane/protocols/krb5/limits.h"
#include "dataplane/protocols/text_writer.h"
#include "dataplane/protocols/tls/der.h"

namespace sekisho::krb5 {

namespace {

using tls::DerItem;
using tls::DerReader;
namespace der = tls::der;

constexpr uint8_t application = 0x60, ticket_tag = application | 1;
constexpr uint8_t version = 5;
constexpr uint8_t general_string = 0x1B;

bool has_version_at_0(unsigned type) { return !is_request(type); }

uint64_t integer(Bytes content) {
  uint64_t value = 0;
  for (const uint8_t byte : content) value = value << 8 | byte;
  return content.size() == 8 || content.empty() || (content[0] & 0x80) == 0
             ? value
             : value | ~uint64_t{0} << content.size() * 8;
}

class Walk {
 public:
  Walk(Bytes message, uint64_t offset, Told& told, Sink& sink, TxId tx)
      : message_(message), offset_(offset), told_(told), sink_(sink), tx_(tx) {}

  bool run() {
    DerReader reader(message_);
    DerItem item;
    if (!reader.next(item)) return false;
    switch (item.tag & 0x1FU) {
      case message_type::as_req:
      case message_type::tgs_req: request(item.content); break;
      case message_type::as_rep:
      case message_type::tgs_rep: reply(item.content); break;
      default: error(item.content); break;
    }
    return good_;
  }

 private:
  // Visits (number, content) of each field [n] of the SEQUENCE that `content` holds.
  template <typename Visit>
  void each_field(Bytes content, Visit visit) {
    DerReader outer(content);
    DerReader fields(outer.expect(der::sequence));
    DerItem item;
    for (unsigned i = 0; i < items_max && fields.next(item); ++i)
      if ((item.tag & 0xE0) == 0xA0) visit(item.tag & 0x1FU, item.content);
    good_ &= !outer.failed() && !fields.failed();
  }

  // RFC 4120 5.4.1.
  void request(Bytes content) {
    each_field(content, [&](unsigned number, Bytes field) {
      if (number == 4) request_body(field);
    });
  }
  void request_body(Bytes content) {
    each_field(content, [&](unsigned number, Bytes field) {
      switch (number) {
        case 1: name(field, Field::krb5_client, told_.client); break;
        case 2: realm(field); break;
        case 3: name(field, Field::krb5_service, told_.service); break;
        case 8: offered(field); break;
        case 9: addresses(field); break;
        default: break;
      }
    });
  }

  // RFC 4120 5.4.2.
  void reply(Bytes content) {
    each_field(content, [&](unsigned number, Bytes field) {
      switch (number) {
        case 3: realm(field); break;
        case 4: name(field, Field::krb5_client, told_.client); break;
        case 5: ticket(field); break;
        case 6: encryption(field, Field::krb5_encryption); break;
        default: break;
      }
    });
  }
  // RFC 4120 5.3.
  void ticket(Bytes content) {
    DerReader reader(content);
    each_field(reader.expect(ticket_tag), [&](unsigned number, Bytes field) {
      if (number == 2) name(field, Field::krb5_service, told_.service);
      if (number == 3) encryption(field, Field::krb5_ticket_encryption);
    });
  }

  // RFC 4120 5.9.1.
  void error(Bytes content) {
    each_field(content, [&](unsigned number, Bytes field) {
      switch (number) {
        case 6: number_field(field, Field::krb5_error_code); break;
        case 8: name(field, Field::krb5_client, told_.client); break;
        case 9: realm(field); break;
        case 10: name(field, Field::krb5_service, told_.service); break;
        default: break;
      }
    });
  }

  // RFC 4120 5.2.9.
  void encryption(Bytes content, Field to) {
    each_field(content, [&](unsigned number, Bytes field) {
      if (number == 0) number_field(field, to);
    });
  }
  void number_field(Bytes content, Field to) {
    const Bytes value = DerReader(content).expect(der::integer);
    if (value.empty() || value.size() > 8) {
      good_ = false;
      return;
    }
    sink_.observe_number(tx_, to, integer(value), at(value));
  }

  void realm(Bytes content) {
    const Bytes text = DerReader(content).expect(general_string);
    if (!text.empty() && !told_.realm) sink_.observe(tx_, Field::krb5_realm, text, at(text));
    told_.realm |= !text.empty();
  }

  // "host/www.example.test": the components of a name (RFC 4120 5.2.2, 6.2).
  void name(Bytes content, Field to, bool& told) {
    if (told) return;
    char memory[name_bytes_max];
    TextWriter text(memory);
    uint64_t offset = at(content);
    each_field(content, [&](unsigned number, Bytes field) {
      if (number != 1) return;
      DerReader outer(field);
      DerReader parts(outer.expect(der::sequence));
      DerItem part;
      for (unsigned i = 0; i < items_max && parts.next(part); ++i) {
        if (part.tag != general_string) continue;
        if (text.empty()) offset = at(part.content);
        if (i != 0) text.character('/');
        text.text(as_text(part.content));
      }
      good_ &= !parts.failed() && !outer.failed();
    });
    told = !text.empty();
    if (told) sink_.observe(tx_, to, text.bytes(), offset);
  }

  void offered(Bytes content) {
    DerReader outer(content);
    DerReader types(outer.expect(der::sequence));
    DerItem type;
    for (unsigned i = 0; i < items_max && types.next(type); ++i)
      if (type.tag == der::integer && type.content.size() <= 8)
        sink_.observe_number(tx_, Field::krb5_offered_encryption, integer(type.content), at(type.content));
    good_ &= !types.failed();
  }

  // RFC 4120 5.2.5, 7.5.3: of the client's addresses only its name says more than the packet.
  void addresses(Bytes content) {
    constexpr uint64_t netbios = 20;
    DerReader outer(content);
    DerReader list(outer.expect(der::sequence));
    DerItem address;
    for (unsigned i = 0; i < items_max && list.next(address); ++i) {
      DerReader fields(address.content);
      DerReader type(fields.expect(der::context(0)));
      const bool is_name = integer(type.expect(der::integer)) == netbios;
      DerReader value(fields.expect(der::context(1)));
      Bytes text = value.expect(der::octet_string);
      while (!text.empty() && (text.back() == ' ' || text.back() == 0)) text = text.first(text.size() - 1);
      if (is_name && !text.empty()) sink_.observe(tx_, Field::krb5_client_host, text, at(text));
    }
  }

  uint64_t at(Bytes part) const { return offset_ + static_cast<size_t>(part.data() - message_.data()); }

  Bytes message_;
  uint64_t offset_;
  Told& told_;
  Sink& sink_;
  TxId tx_;
  bool good_ = true;
};

bool is_known(unsigned type) {
  return type == message_type::error || (type >= message_type::as_req && type <= message_type::tgs_rep);
}

// One tag and length; false where more bytes are needed or it is no such item. `bytes`: of the whole item.
bool read_head(ByteReader& reader, uint8_t tag, size_t& bytes, bool& wrong) {
  const size_t begin = reader.position();
  wrong |= reader.u8() != tag && !reader.failed();
  size_t length = reader.u8();
  if (length >= 0x80) {
    const size_t octets = length & 0x7F;
    wrong |= octets == 0 || octets > 4;
    length = 0;
    for (size_t i = 0; i < octets && !wrong; ++i) length = length << 8 | reader.u8();
  }
  bytes = reader.position() - begin + length;
  return !reader.failed() && !wrong;
}

}  // namespace

Plausibility judge(Bytes message, size_t whole_bytes) {
  if (message.empty()) return Plausibility::cut;
  const unsigned type = message[0] & 0x1FU;
  if ((message[0] & 0xE0) != application || !is_known(type)) return Plausibility::no;
  ByteReader reader(message);
  size_t bytes = 0;
  bool wrong = false;
  if (read_head(reader, message[0], bytes, wrong)) {
    wrong |= bytes != whole_bytes;
    size_t inner = 0;
    const size_t begin = reader.position();
    if (!wrong && read_head(reader, der::sequence, inner, wrong)) {
      wrong |= begin + inner != whole_bytes;
      const uint8_t version_field[] = {der::context(has_version_at_0(type) ? 0 : 1), 3, der::integer, 1,
                                       version};
      for (const uint8_t expected : version_field) wrong |= reader.u8() != expected && !reader.failed();
    }
  }
  if (wrong) return Plausibility::no;
  if (!reader.failed()) return Plausibility::yes;
  return message.size() < whole_bytes ? Plausibility::cut : Plausibility::no;
}

unsigned type_of(Bytes message) { return message[0] & 0x1FU; }

bool observe_message(Bytes message, uint64_t offset, Told& told, Sink& sink, TxId tx) {
  return Walk(message, offset, told, sink, tx).run();
}

}  // namespace sekisho::krb5
