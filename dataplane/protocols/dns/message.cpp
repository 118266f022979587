// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/message.h"

#include <array>

#include "dataplane/protocols/dns/edns.h"
#include "dataplane/protocols/dns/name_features.h"
#include "dataplane/protocols/dns/rdata.h"

namespace sekisho::dns {

namespace {

constexpr SectionFields sections[] = {
    {Field::dns_answer_name, Field::dns_answer_type, Field::dns_answer_ttl, Field::dns_answer_rdata_address,
     Field::dns_answer_rdata_name, Field::dns_answer_rdata_text},
    {Field::dns_authority_name, Field::dns_authority_type, Field::dns_authority_ttl, Field::dns_authority_rdata_address,
     Field::dns_authority_rdata_name, Field::dns_authority_rdata_text},
    {Field::dns_additional_name, Field::dns_additional_type, Field::dns_additional_ttl,
     Field::dns_additional_rdata_address, Field::dns_additional_rdata_name, Field::dns_additional_rdata_text}};

constexpr uint16_t class_mask = 0x7FFF;  // the top bit is mDNS's: unicast response, cache flush (RFC 6762 18.12, 18.13)
constexpr unsigned opcode_update = 5;
constexpr size_t additional = 2;
constexpr size_t question_fixed_bytes = question_bytes_min - 1, record_fixed_bytes = record_bytes_min - 1;

// What can be wrong with a message; each is reported once a message, however often it occurs.
enum class Oddity : uint8_t {
  short_message,
  cut,
  counts_too_high,
  bad_label,
  name_too_long,
  name_loop,
  forward_pointer,
  work_limit,
  bad_rdata,
  text_cut,
  odd_opt,
  bad_option,
  trailing_bytes,
  count
};
constexpr const char* oddity_names[] = {"dns.short_message",   "dns.cut",           "dns.counts_too_high",
                                        "dns.bad_label",       "dns.name_too_long", "dns.name_loop",
                                        "dns.forward_pointer", "dns.work_limit",    "dns.bad_rdata",
                                        "dns.text_cut",        "dns.odd_opt",       "dns.bad_option",
                                        "dns.trailing_bytes"};
static_assert(std::size(oddity_names) == static_cast<size_t>(Oddity::count));

class MessageWalk {
 public:
  MessageWalk(Bytes message, Wholeness wholeness, uint64_t offset, Sink& sink, TxId tx, Pairing* pairing)
      : message_(message),
        wholeness_(wholeness),
        offset_(offset),
        sink_(sink),
        tx_(tx),
        pairing_(pairing),
        names_(message) {}

  Completeness run() {
    sink_.observe_number(tx_, Field::dns_message_bytes, message_.size(), offset_);
    if (message_.size() < header_bytes) {
      note(Oddity::short_message, 0);
      return Completeness::incomplete;
    }
    const Header header = read_header(message_);
    sink_.observe_number(tx_, Field::dns_id, header.id, offset_);
    sink_.observe_number(tx_, Field::dns_flags, header.flags, offset_ + 2);
    sink_.observe_number(tx_, Field::dns_opcode, header.opcode(), offset_ + 2);
    may_be_empty_ = header.opcode() == opcode_update;
    const bool all_read = questions(header) && records(header);
    if (header.records[0] != 0) sink_.observe_number(tx_, Field::dns_answer_bytes, answer_bytes_, offset_);
    if (header.is_response())
      sink_.observe_number(tx_, Field::dns_rcode, uint64_t{rcode_upper_} << 4 | header.rcode(), offset_ + 3);
    if (all_read && at_ < message_.size()) note(Oddity::trailing_bytes, at_);
    return all_read ? Completeness::complete : Completeness::incomplete;
  }

 private:
  bool questions(const Header& header) {
    for (unsigned i = 0; i < header.questions; ++i)
      if (at_end() || !question(i == 0 ? &header : nullptr)) return false;
    return true;
  }

  bool records(const Header& header) {
    for (size_t section = 0; section < std::size(sections); ++section)
      for (unsigned i = 0; i < header.records[section]; ++i)
        if (at_end() || !record(section)) return false;
    return true;
  }

  // `first`: the header, with the first question: it alone is judged and paired (more than one is unheard
  // of).
  bool question(const Header* first) {
    const Name name = names_.read(at_);
    note(name, at_);
    if (name.ok()) sink_.observe(tx_, Field::dns_query_name, as_bytes(name.text), offset_ + at_);
    if (!has(name, question_fixed_bytes)) return false;
    const uint8_t* fixed = &message_[name.end];
    sink_.observe_number(tx_, Field::dns_query_type, load_be16(fixed), offset_ + name.end);
    sink_.observe_number(tx_, Field::dns_query_class, load_be16(fixed + 2) & class_mask, offset_ + name.end + 2);
    if (first != nullptr && name.ok()) {
      observe_features(name.text, offset_ + at_);
      pair(*first, Pairing::key_of(first->id, name.text, load_be16(fixed)));
    }
    at_ = name.end + question_fixed_bytes;
    return true;
  }

  void observe_features(std::string_view name, uint64_t offset) {
    if (!sink_.wants(Field::dns_query_entropy) && !sink_.wants(Field::dns_query_longest_label)) return;
    const NameFeatures features = features_of(name);
    sink_.observe_number(tx_, Field::dns_query_longest_label, features.longest_label, offset);
    if (features.has_entropy) sink_.observe_number(tx_, Field::dns_query_entropy, features.entropy, offset);
  }

  void pair(const Header& header, const Pairing::Key& key) {
    constexpr uint16_t recursion_desired = 0x0100;
    uint64_t asked = 0;
    if (pairing_ == nullptr) return;
    if (!header.is_response())
      pairing_->ask(key, sink_.moment(), (header.flags & recursion_desired) != 0);
    else if (pairing_->answer(key, asked))
      sink_.observe_elapsed(tx_, Field::dns_latency_us, asked, offset_);
  }

  bool record(size_t section) {
    const size_t begin = at_;
    const Name name = names_.read(begin);
    note(name, begin);
    if (!has(name, record_fixed_bytes)) return false;
    const uint8_t* fixed = &message_[name.end];
    const size_t data = name.end + record_fixed_bytes;
    const Rdata rdata{load_be16(fixed), data, data + load_be16(fixed + 8)};
    if (rdata.type == rr_type::opt) {
      opt(fixed, section == additional && name.text == "." && !opt_seen_);
    } else {
      const SectionFields& fields = sections[section];
      if (name.ok()) sink_.observe(tx_, fields.name, as_bytes(name.text), offset_ + begin);
      sink_.observe_number(tx_, fields.type, rdata.type, offset_ + name.end);
      sink_.observe_number(tx_, fields.ttl, load_be32(fixed + 4), offset_ + name.end + 4);
    }
    if (rdata.end > message_.size()) {
      note(Oddity::cut, data);
      return false;
    }
    at_ = rdata.end;
    if (section == 0) answer_bytes_ += rdata.end - rdata.begin;
    if (rdata.type == rr_type::opt && sole_opt_) {
      sole_opt_ = false;
      const Bytes options = message_.subspan(rdata.begin, rdata.end - rdata.begin);
      if (!observe_edns_options(options, offset_ + rdata.begin, sink_, tx_))
        note(Oddity::bad_option, rdata.begin);
    }
    // An update's prerequisites and deletions have no data (RFC 2136 2.4).
    const bool has_data = rdata.begin != rdata.end || !may_be_empty_;
    if (rdata.type != rr_type::opt && has_data)
      note(observe_rdata(message_, rdata, sections[section], names_, sink_, tx_, offset_), data);
    return true;
  }

  // RFC 6891 6.1: no record, but the extension of the header. `fixed`: its class, TTL and length behind the type.
  void opt(const uint8_t* fixed, bool expected) {
    const uint64_t offset = offset_ + static_cast<size_t>(fixed - message_.data());
    if (!expected) note(Oddity::odd_opt, static_cast<size_t>(fixed - message_.data()));
    if (opt_seen_) return;
    opt_seen_ = sole_opt_ = true;
    rcode_upper_ = fixed[4];
    sink_.observe_number(tx_, Field::dns_edns_udp_size, load_be16(fixed + 2), offset + 2);
    sink_.observe_number(tx_, Field::dns_edns_version, fixed[5], offset + 5);
    sink_.observe_number(tx_, Field::dns_edns_do, fixed[6] >> 7, offset + 6);
  }

  // Is the name's end known, and are so many bytes behind it?
  bool has(const Name& name, size_t bytes) {
    if (name.end == 0) return false;
    if (message_.size() - name.end >= bytes) return true;
    note(Oddity::cut, name.end);
    return false;
  }

  // The counts promise more than the message holds.
  bool at_end() {
    if (at_ < message_.size()) return false;
    note(wholeness_ == Wholeness::cut ? Oddity::cut : Oddity::counts_too_high, at_);
    return true;
  }

  void note(const Name& name, size_t at) {
    if (name.forward_pointer) note(Oddity::forward_pointer, at);
    note(name.fault, at);
  }
  void note(const RdataFaults& faults, size_t at) {
    if (faults.forward_pointer) note(Oddity::forward_pointer, at);
    note(faults.name, at);
    if (faults.bad) note(Oddity::bad_rdata, at);
    if (faults.text_cut) note(Oddity::text_cut, at);
  }
  void note(NameFault fault, size_t at) {
    static constexpr Oddity oddity_of[] = {Oddity::count, Oddity::cut, Oddity::bad_label, Oddity::name_too_long,
                                           Oddity::name_loop, Oddity::work_limit};
    if (fault != NameFault::none) note(oddity_of[static_cast<size_t>(fault)], at);
  }
  void note(Oddity oddity, size_t at) {
    const uint32_t bit = uint32_t{1} << static_cast<unsigned>(oddity);
    if ((noted_ & bit) == 0) sink_.anomaly(tx_, oddity_names[static_cast<size_t>(oddity)], offset_ + at);
    noted_ |= bit;
  }

  Bytes message_;
  Wholeness wholeness_;
  uint64_t offset_;
  Sink& sink_;
  TxId tx_;
  Pairing* pairing_;
  size_t at_ = header_bytes;
  uint32_t noted_ = 0;
  uint8_t rcode_upper_ = 0;
  bool may_be_empty_ = false;
  bool opt_seen_ = false;
  bool sole_opt_ = false;  // the record in hand is the OPT that counts
  uint64_t answer_bytes_ = 0;
  NameReader names_;
};

// The first name of a message and what stands behind it.
Plausibility judge_question(Bytes message, const Name& name) {
  const uint8_t* fixed = &message[name.end];
  const uint16_t type = load_be16(fixed), rr_class = load_be16(fixed + 2) & class_mask;
  // NetBIOS name service has the same layout (RFC 1002 4.2.1): its usual port decides.
  const bool netbios = (type == rr_type::netbios_name || type == rr_type::netbios_status) && name.text.size() == 32;
  const bool known_class = rr_class == 1 || rr_class == 3 || rr_class == 4 || rr_class == 254 || rr_class == 255;
  return type != 0 && known_class && !netbios ? Plausibility::strong : Plausibility::weak;
}

Plausibility judge_record(Bytes message, const Name& name, size_t whole_bytes) {
  const uint8_t* fixed = &message[name.end];
  if (load_be16(fixed + 8) > whole_bytes - name.end - record_fixed_bytes) return Plausibility::weak;
  return judge_question(message, name);
}

}  // namespace

Header read_header(Bytes message) {
  Header header;
  header.id = load_be16(&message[0]);
  header.flags = load_be16(&message[2]);
  header.questions = load_be16(&message[4]);
  for (size_t i = 0; i < 3; ++i) header.records[i] = load_be16(&message[6 + 2 * i]);
  return header;
}

Plausibility judge(Bytes message, size_t whole_bytes) {
  if (whole_bytes < header_bytes) return Plausibility::no;
  if (message.size() < header_bytes) return Plausibility::cut;
  const Header header = read_header(message);
  if (header.questions == 0 && header.records[0] == 0) return Plausibility::weak;
  NameReader names(message);
  const Name name = names.read(header_bytes);
  const size_t fixed_bytes = header.questions != 0 ? question_fixed_bytes : record_fixed_bytes;
  if (name.fault == NameFault::bad_label) return Plausibility::no;
  if (name.fault == NameFault::cut || message.size() - name.end < fixed_bytes)
    return message.size() < whole_bytes ? Plausibility::cut : Plausibility::weak;
  constexpr uint16_t reserved_flag = 0x0040;
  constexpr unsigned opcodes_assigned = 0b0111'0111;  // RFC 6895 2.2, RFC 8490
  const bool odd = !name.ok() || name.text.find('\\') != name.text.npos || (header.flags & reserved_flag) != 0 ||
                   (opcodes_assigned >> header.opcode() & 1) == 0 ||
                   (!header.is_response() && header.rcode() != 0) || header.message_bytes_min() > whole_bytes;
  if (odd) return Plausibility::weak;
  return header.questions != 0 ? judge_question(message, name) : judge_record(message, name, whole_bytes);
}

void report_message(Bytes message, Wholeness wholeness, Direction direction, uint64_t offset, Sink& sink,
                    Pairing* pairing) {
  const TxId tx = sink.tx_begin(direction);
  sink.tx_end(tx, MessageWalk(message, wholeness, offset, sink, tx, pairing).run());
}

}  // namespace sekisho::dns
