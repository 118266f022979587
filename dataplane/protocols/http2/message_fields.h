// SPDX-License-Identifier: Apache-2.0
// The fields of one message: decoded, checked for what HTTP/2 forbids (RFC 9113 8.2, 8.3), observed.
#pragma once

#include "dataplane/protocols/http1/head.h"
#include "dataplane/protocols/http1/header_fields.h"
#include "dataplane/protocols/http2/hpack.h"
#include "dataplane/protocols/http2/oddity.h"

namespace sekisho::http2 {

struct HeaderBlock;

enum class Part : uint8_t { request, response, request_trailer, response_trailer };
enum class Pseudo : uint8_t { method, scheme, authority, path, protocol, status, count };

// Views into the block's FieldRoom, which must outlive it.
class MessageFields {
 public:
  MessageFields(Sink& sink, TxId tx, Part part);

  // False where the block could not be decoded to its end; `table` is then lost.
  bool read(HeaderTable& table, const HeaderBlock& block, FieldRoom& room);
  // What is known only when all fields have come. `offset`: of the block.
  void finish_request(uint64_t offset);
  // Returns the status; 0 where there is none that can be read.
  unsigned finish_response(uint64_t offset);

  // The status is 1xx: the message proper is still to come, and nothing was observed.
  bool interim() const { return interim_; }
  std::string_view pseudo(Pseudo pseudo) const { return pseudo_[static_cast<size_t>(pseudo)]; }
  const http1::Head& head() const { return head_; }

 private:
  void take(const DecodedField& field, uint64_t offset);
  void take_pseudo(const DecodedField& field, uint64_t offset);
  void take_host(const DecodedField& field, uint64_t offset);
  void check_octets(const DecodedField& field, uint64_t offset);
  void check_connection_field(const DecodedField& field, uint64_t offset);
  void observe_line(const DecodedField& field, uint64_t offset);
  void need_pseudo(Pseudo pseudo, uint64_t offset);
  bool request() const { return part_ == Part::request || part_ == Part::request_trailer; }
  bool seen(Pseudo pseudo) const { return (seen_ >> static_cast<unsigned>(pseudo) & 1) != 0; }
  void report(Oddity oddity, uint64_t offset) { oddities_.report(sink_, tx_, oddity, offset); }
  void report(http1::Oddity oddity, uint64_t offset) { head_.oddities.report(sink_, tx_, oddity, offset); }

  Sink& sink_;
  TxId tx_;
  Part part_;
  http1::Head head_;
  http1::FieldScratch unused_;  // HTTP/2 folds nothing
  Oddities oddities_;
  std::array<std::string_view, static_cast<size_t>(Pseudo::count)> pseudo_;
  uint8_t seen_ = 0;            // bit for each pseudo-header field
  unsigned count_ = 0;
  bool regular_seen_ = false;
  bool interim_ = false;
};

}  // namespace sekisho::http2
