// SPDX-License-Identifier: Apache-2.0
// Sink: where parsers and content decoders report what they saw.
//
// Thread-safety: one sink belongs to one lcore. Every byte view passed in is the caller's and is copied or used
// before the call returns; the caller may reuse its buffer at once.
//
// Cost: `wants` is a bit test, so a parser asks before it decodes what nobody may have subscribed to. A wanted value
// costs one indirect call; there is none per packet.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/observe/field_mask.h"
#include "matchers/base/bytes.h"

namespace sekisho {

enum class Direction : uint8_t { client_to_server, server_to_client };
constexpr Direction opposite(Direction direction) {
  return direction == Direction::client_to_server ? Direction::server_to_client : Direction::client_to_server;
}
constexpr size_t index_of(Direction direction) { return static_cast<size_t>(direction); }

// Names a transaction within its flow. Handed out by tx_begin, valid until tx_end or until the core evicts it (then
// every call that names it is ignored and counted).
using TxId = uint32_t;
inline constexpr TxId no_tx = 0;

// Names a body within its flow. `no_body`: nobody subscribed, or the bound on open bodies was met; the parser then
// need not call body_data (it may, at the price of the calls).
using BodyId = uint32_t;
inline constexpr BodyId no_body = 0;

enum class Completeness : uint8_t { complete, incomplete };

// How a direction of a stream is over.
enum class EndReason : uint8_t { fin, reset, timeout, evicted };

enum class BodyCarrier : uint8_t {
  http_request,
  http_response,
  mail_message,  // a whole mail, for the decoder of BodyMedia::mail_message
  mail_part,     // a file of a mail
  form_part,
  archive_member,
  http_query,         // what a request carries in its target: no file either
  websocket_message,  // likewise
  mail_text,          // a text of a mail that is no file: nobody's download, but words and links to look for
  http_part,          // of a multipart message that is no form: multipart/byteranges, multipart/mixed
  ftp_data            // all that a data connection carries one way
};
enum class BodyEnd : uint8_t { complete, truncated, aborted };
enum class ContentEncoding : uint8_t { identity, gzip, deflate, brotli, zstd, compress, unknown };
enum class BodyMedia : uint8_t {
  opaque,        // a file, as far as anybody knows
  mail_message,  // RFC 5322 header, empty line, MIME body
  dns_message,   // RFC 8484: a file all the same
  multipart      // RFC 2046 5.1, carried by HTTP: taken apart, beside what it is as a whole
};
inline constexpr unsigned body_encodings_max = 3;
inline constexpr uint64_t body_length_unknown = ~uint64_t{0};

// Which bytes of a file a body holds (RFC 9110 14.4). Unknown numbers are body_length_unknown.
struct ByteRange {
  bool partial = false;  // some of the file is not in it, or may not be
  uint64_t first = body_length_unknown;
  uint64_t last = body_length_unknown;
  uint64_t total = body_length_unknown;  // of the whole file
};

// What is known of a body when it begins. The views live until body_begin returns.
struct BodyMeta {
  BodyCarrier carrier = BodyCarrier::http_response;
  BodyMedia media = BodyMedia::opaque;
  Direction direction = Direction::server_to_client;
  ContentEncoding encodings[body_encodings_max] = {};  // in the order applied by the sender; identity = none
  uint64_t declared_bytes = body_length_unknown;       // before decoding
  Bytes file_name;                                     // decoded; empty when not named
  Bytes declared_type;                                 // media type without parameters
  Bytes content_type;                                  // with its parameters; with media multipart
  ByteRange range;
  bool lines = false;  // a text that was mailed: the file's line ends may have been others (content/line_readings.h)
};

// What an announced flow is for, as far as is known.
enum class ExpectedUse : uint8_t { unknown, file, listing, relay };

// "Expect a flow like this and give it to that protocol": FTP data, SOCKS UDP. One port is zero: its side opens the flow, from any. An
// address of zeros is the announcing flow's own. Announced again with the same ends, what is said now replaces what was said.
struct Expectation {
  uint8_t client_address[16] = {};
  uint8_t server_address[16] = {};
  uint16_t client_port = 0;
  uint16_t server_port = 0;
  uint8_t ip_protocol = 6;
  const char* protocol = nullptr;  // static name from the protocol list
  // For the rows of what travels on it. The views live until expect() returns.
  ExpectedUse use = ExpectedUse::unknown;
  Bytes command;
  Bytes user;
  Bytes file_name;
  uint64_t file_offset = 0;  // bytes of the file in front of what is sent
  // Reported where the listening side's address is not the announcing flow's (static; nullptr: that is usual).
  const char* elsewhere_anomaly = nullptr;
};

// What the parser believes comes next on a stream it hands off; detection by content decides.
enum class HandoffHint : uint8_t { any, tls, http, http2, websocket, smtp };

// Names a stream that a parser carries for another protocol inside its own, beside others (CONNECT over HTTP/2). Unique within its
// flow. `no_inner`: nobody reads it; the parser then need not call inner_data (it may, at the price of the calls).
using InnerId = uint32_t;
inline constexpr InnerId no_inner = 0;

// What is known of an inner stream when it begins. The views live until inner_begin returns.
struct InnerMeta {
  HandoffHint hint = HandoffHint::any;
  Bytes target;              // the host that a tunnel leads to, for the rows of what it carries; empty where none was asked for
  uint16_t target_port = 0;  // 0: not named
};

class Sink {
 public:
  explicit Sink(const FieldMask* wanted) : wanted_(wanted) {}
  virtual ~Sink() = default;

  bool wants(Field field) const { return wanted_->test(field); }

  virtual TxId tx_begin(Direction first) = 0;
  virtual void tx_end(TxId tx, Completeness completeness) = 0;

  // `offset`: of the value's first byte in its direction's stream (datagram: in the datagram).
  void observe(TxId tx, Field field, Bytes value, uint64_t offset) {
    if (wants(field)) on_observe(tx, field, value, offset);
  }
  void observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) {
    if (wants(field)) on_observe_number(tx, field, value, offset);
  }
  // `name` is a static string: "http.smuggling". Counted by name whether or not somebody subscribed. `tx` may be no_tx.
  virtual void anomaly(TxId tx, const char* name, uint64_t offset) = 0;

  // A message that two readers may take in different ways. `readings` says between what, printable, for
  // people. Policy may stop it.
  virtual void ambiguous(TxId tx, const char* name, std::string_view readings, uint64_t offset) {
    (void)readings;
    anomaly(tx, name, offset);
  }

  virtual BodyId body_begin(TxId tx, const BodyMeta& meta, uint64_t offset) = 0;
  virtual void body_data(BodyId body, Bytes bytes) = 0;
  virtual void body_gap(BodyId body, uint64_t missing_bytes) = 0;
  virtual void body_end(BodyId body, BodyEnd end) = 0;

  // The time of the packet in hand, for observe_elapsed() alone: parsers read no clock. Where there is none, always the same.
  virtual uint64_t moment() const { return 0; }
  // `field`: what has passed since that moment(), in microseconds.
  void observe_elapsed(TxId tx, Field field, uint64_t since, uint64_t offset) {
    if (wants(field)) on_observe_number(tx, field, microseconds_since(since), offset);
  }

  virtual void expect(TxId tx, const Expectation& expectation) = 0;

  // From stream offset `offset` of `direction` on, the stream is another protocol. Said once for each direction; the
  // core holds data back until both are known. The parser must not consume bytes at or past that offset.
  virtual void handoff(Direction direction, uint64_t offset, HandoffHint hint) = 0;
  // Begins a transaction with what was observed of `tx` so far, for the protocol that the stream is about to be handed to
  // (Input::continued): a request that is answered once here and once there (RFC 7540 3.2). no_tx where nobody keeps values.
  virtual TxId tx_repeat(TxId) { return no_tx; }

  // handoff for a stream beside others: what `tx` asked for is another protocol's, both ways. The core finds out which and has it
  // parsed, within the calls below; whatever that reports has its offsets in the inner stream, from 0. The parser stays in force.
  virtual InnerId inner_begin(TxId tx, const InnerMeta& meta) {
    (void)tx, (void)meta;
    return no_inner;
  }
  // The next bytes of one direction, in any pieces; never while they may still turn out to be another's.
  virtual void inner_data(InnerId inner, Direction direction, Bytes bytes) { (void)inner, (void)direction, (void)bytes; }
  virtual void inner_gap(InnerId inner, Direction direction, uint64_t missing_bytes) {
    (void)inner, (void)direction, (void)missing_bytes;
  }
  // Each direction ends by itself; said again, it is ignored. With both the id is gone.
  virtual void inner_end(InnerId inner, Direction direction, EndReason reason) { (void)inner, (void)direction, (void)reason; }

 protected:
  virtual void on_observe(TxId tx, Field field, Bytes value, uint64_t offset) = 0;
  virtual void on_observe_number(TxId tx, Field field, uint64_t value, uint64_t offset) = 0;
  virtual uint64_t microseconds_since(uint64_t) const { return 0; }
  // The core lends one sink object to many flows whose masks differ.
  void set_wanted(const FieldMask* wanted) { wanted_ = wanted; }

 private:
  const FieldMask* wanted_;
};

}  // namespace sekisho
