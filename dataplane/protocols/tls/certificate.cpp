// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/tls/certificate.h"

#include <arpa/inet.h>

#include <algorithm>

#include "dataplane/protocols/tls/der.h"
#include "dataplane/protocols/tls/digest.h"
#include "dataplane/protocols/tls/distinguished_name.h"
#include "dataplane/protocols/tls/limits.h"

namespace sekisho::tls {

namespace {

// Days from 1970-01-01 to a date of the Gregorian calendar.
constexpr int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<int64_t>(day_of_era) - 719468;
}

// Takes decimal digits off the front of a text.
class Digits {
 public:
  explicit Digits(Bytes text) : text_(text) {}
  unsigned take(size_t count) {
    unsigned value = 0;
    for (; count > 0; --count) {
      if (!has_digit()) {
        failed_ = true;
        return 0;
      }
      value = value * 10 + (text_[0] - '0');
      text_ = text_.subspan(1);
    }
    return value;
  }
  bool has_digit() const { return !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; }
  void skip_fraction() {
    if (text_.empty() || (text_[0] != '.' && text_[0] != ',')) return;
    do text_ = text_.subspan(1);
    while (has_digit());
  }
  // Z, +hhmm or -hhmm to the end: seconds to subtract.
  int64_t zone() {
    if (text_.empty() || as_text(text_) == "Z") return 0;
    const int sign = text_[0] == '+' ? 1 : text_[0] == '-' ? -1 : 0;
    text_ = text_.subspan(1);
    const int64_t seconds = take(2) * 3600 + take(2) * 60;
    failed_ |= sign == 0 || !text_.empty();
    return sign * seconds;
  }
  bool failed() const { return failed_; }

 private:
  Bytes text_;
  bool failed_ = false;
};

void read_validity(Bytes validity, Certificate& out) {
  DerReader times(validity);
  DerItem before, after;
  out.has_validity = times.next(before) && times.next(after) &&
                     read_time(before.tag, before.content, out.not_before_s) &&
                     read_time(after.tag, after.content, out.not_after_s);
}

// RFC 5280 4.2: the content of the subjectAltName.
Bytes find_names(Bytes extensions) {
  static constexpr uint8_t subject_alt_name[] = {0x55, 0x1D, 0x11};
  DerReader list(extensions);
  while (!list.at_end() && !list.failed()) {
    DerReader entry(list.expect(der::sequence));
    const Bytes identifier = entry.expect(der::object_identifier);
    entry.skip_optional(der::boolean);
    const Bytes value = entry.expect(der::octet_string);
    if (!std::equal(identifier.begin(), identifier.end(), std::begin(subject_alt_name), std::end(subject_alt_name)))
      continue;
    return DerReader(value).expect(der::sequence);
  }
  return {};
}

// Observes one certificate's contents.
class LeafReport {
 public:
  LeafReport(const HandshakeMessage& message, Sink& sink, TxId tx) : message_(message), sink_(sink), tx_(tx) {}

  void run(Bytes der) {
    const Certificate leaf = read_certificate(der);
    if (!leaf.whole) anomaly("tls.malformed_certificate", der);
    if (sink_.wants(Field::tls_subject)) name(Field::tls_subject, leaf.subject);
    if (sink_.wants(Field::tls_subject_cn)) common_names(leaf.subject);
    if (sink_.wants(Field::tls_issuer)) name(Field::tls_issuer, leaf.issuer);
    if (sink_.wants(Field::tls_serial)) serial(leaf.serial);
    if (leaf.has_validity) {
      sink_.observe_number(tx_, Field::tls_not_before, static_cast<uint64_t>(leaf.not_before_s), message_.offset_of(der));
      sink_.observe_number(tx_, Field::tls_not_after, static_cast<uint64_t>(leaf.not_after_s), message_.offset_of(der));
    }
    if (sink_.wants(Field::tls_san)) alternative_names(leaf.names);
    if (sink_.wants(Field::tls_fingerprint_sha1))
      sink_.observe(tx_, Field::tls_fingerprint_sha1, sha1(der), message_.offset_of(der));
    if (sink_.wants(Field::tls_fingerprint_sha256))
      sink_.observe(tx_, Field::tls_fingerprint_sha256, sha256(der), message_.offset_of(der));
  }

 private:
  void name(Field field, Bytes encoded) {
    char memory[name_text_bytes_max];
    TextWriter text({memory, sizeof memory});
    if (!append_distinguished_name(text, encoded)) anomaly("tls.malformed_certificate", encoded);
    if (!text.empty()) sink_.observe(tx_, field, text.bytes(), message_.offset_of(encoded));
  }

  void common_names(Bytes subject) {
    char memory[name_text_bytes_max];
    TextWriter text({memory, sizeof memory});
    Bytes value;
    for (CommonNameReader names(subject); names.next(text, value) && may_observe(); text.clear()) {
      if (std::find(value.begin(), value.end(), 0) != value.end()) anomaly("tls.nul_in_name", value);
      sink_.observe(tx_, Field::tls_subject_cn, text.bytes(), message_.offset_of(value));
    }
  }

  void serial(Bytes integer) {
    if (integer.size() > 1 && integer[0] == 0) integer = integer.subspan(1);  // only there to make it positive
    char memory[256];
    TextWriter text({memory, sizeof memory});
    for (size_t i = 0; i < integer.size() && !text.cut(); ++i) {
      if (i > 0) text.character(':');
      text.hex(integer[i], "0123456789ABCDEF");
    }
    if (!text.empty()) sink_.observe(tx_, Field::tls_serial, text.bytes(), message_.offset_of(integer));
  }

  void alternative_names(Bytes names) {
    DerReader list(names);
    DerItem item;
    while (list.next(item)) {
      const bool host = item.tag == der::context_primitive(2);
      const bool address = item.tag == der::context_primitive(7) && (item.content.size() == 4 || item.content.size() == 16);
      if (!host && !address) continue;
      if (!may_observe()) return;
      if (host) {
        if (std::find(item.content.begin(), item.content.end(), 0) != item.content.end())
          anomaly("tls.nul_in_name", item.content);
        sink_.observe(tx_, Field::tls_san, item.content, message_.offset_of(item.content));
        continue;
      }
      char spelling[INET6_ADDRSTRLEN];
      inet_ntop(item.content.size() == 4 ? AF_INET : AF_INET6, item.content.data(), spelling, sizeof spelling);
      sink_.observe(tx_, Field::tls_san, as_bytes(spelling), message_.offset_of(item.content));
    }
    if (list.failed()) anomaly("tls.malformed_certificate", names);
  }

  bool may_observe() {
    if (names_observed_++ < certificate_names_max) return true;
    if (names_observed_ == certificate_names_max + 1) sink_.anomaly(tx_, "tls.many_names", message_.offset_of(message_.body));
    return false;
  }

  // Each once a certificate.
  void anomaly(const char* name, Bytes where) {
    if (name == last_anomaly_) return;
    last_anomaly_ = name;
    sink_.anomaly(tx_, name, message_.offset_of(where));
  }

  const HandshakeMessage& message_;
  Sink& sink_;
  TxId tx_;
  unsigned names_observed_ = 0;
  const char* last_anomaly_ = nullptr;
};

}  // namespace

bool read_time(uint8_t tag, Bytes text, int64_t& seconds) {
  if (tag != der::utc_time && tag != der::generalized_time) return false;
  Digits digits(text);
  unsigned year = digits.take(tag == der::utc_time ? 2 : 4);
  if (tag == der::utc_time) year += year < 50 ? 2000 : 1900;
  const unsigned month = digits.take(2), day = digits.take(2), hour = digits.take(2), minute = digits.take(2);
  const unsigned second = digits.has_digit() ? digits.take(2) : 0;
  digits.skip_fraction();
  const int64_t zone = digits.zone();
  if (digits.failed() || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return false;
  seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone;
  return true;
}

Certificate read_certificate(Bytes der) {
  Certificate out;
  DerReader outer(der);
  DerReader certificate(outer.expect(der::sequence));
  DerReader fields(certificate.expect(der::sequence));
  fields.skip_optional(der::context(0));  // version
  out.serial = fields.expect(der::integer);
  fields.expect(der::sequence);  // signature algorithm
  out.issuer = fields.expect(der::sequence);
  read_validity(fields.expect(der::sequence), out);
  out.subject = fields.expect(der::sequence);
  fields.expect(der::sequence);  // public key
  fields.skip_optional(der::context_primitive(1));
  fields.skip_optional(der::context_primitive(2));
  if (!fields.at_end()) out.names = find_names(DerReader(fields.expect(der::context(3))).expect(der::sequence));
  out.whole = !fields.failed() && out.has_validity && outer.at_end();
  return out;
}

void observe_leaf(Bytes der, const HandshakeMessage& message, Sink& sink, TxId tx) { LeafReport(message, sink, tx).run(der); }

void observe_chain(const HandshakeMessage& message, Sink& sink, TxId tx) {
  ByteReader reader(message.body);
  const size_t chain_bytes = reader.u24();
  if (reader.failed() || (message.whole && chain_bytes != reader.left()))
    sink.anomaly(tx, "tls.malformed_certificate", message.offset_of(message.body));
  for (unsigned index = 0; !reader.at_end(); ++index) {
    const Bytes der = reader.bytes(reader.u24());
    if (reader.failed()) {
      sink.anomaly(tx, "tls.certificate_cut", message.offset_of(message.body) + reader.position());
      return;
    }
    if (index == chain_certificates_max) {
      sink.anomaly(tx, "tls.many_certificates", message.offset_of(der));
      return;
    }
    if (der.empty()) {
      sink.anomaly(tx, "tls.empty_certificate", message.offset_of(message.body) + reader.position());
      continue;
    }
    if (index == 0) observe_leaf(der, message, sink, tx);
    if (sink.wants(Field::tls_chain_sha1)) sink.observe(tx, Field::tls_chain_sha1, sha1(der), message.offset_of(der));
  }
}

}  // namespace sekisho::tls
