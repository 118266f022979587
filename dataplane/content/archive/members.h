// SPDX-License-Identifier: Apache-2.0
// What every reader of archives does with a member: a body of its own, begun, filled and ended.
#pragma once

#include "dataplane/content/archive/limits.h"
#include "dataplane/content/archive/member_name.h"
#include "dataplane/content/decoder.h"

namespace sekisho::archive {

class Members {
 public:
  Members() = default;
  explicit Members(Direction direction) : direction_(direction) {}

  // False: there are too many, which has been said. `name` lives until the call returns. `bytes`: of the content, where it is known.
  bool begin(Bytes name, uint64_t bytes, const DecoderInput& at, Sink& out, ContentEncoding encoding = ContentEncoding::identity) {
    if (count_++ == members_max) {
      out.anomaly(at.tx, "archive.too_many_members", at.offset);
      return false;
    }
    if (leaves_folder(name)) out.anomaly(at.tx, "archive.name_escapes", at.offset);
    BodyMeta meta;
    meta.carrier = BodyCarrier::archive_member;
    meta.direction = direction_;
    meta.encodings[0] = encoding;
    meta.declared_bytes = bytes;
    meta.file_name = name;
    body_ = out.body_begin(at.tx, meta, at.offset);
    return true;
  }
  void give(Bytes bytes, Sink& out) {
    if (body_ != no_body && !bytes.empty()) out.body_data(body_, bytes);
  }
  void gap(uint64_t missing_bytes, Sink& out) {
    if (body_ != no_body && missing_bytes != 0) out.body_gap(body_, missing_bytes);
  }
  // Nothing where none is open.
  void end(BodyEnd how, Sink& out) {
    if (body_ != no_body) out.body_end(body_, how);
    body_ = no_body;
  }
  BodyId body() const { return body_; }

 private:
  Direction direction_ = Direction::server_to_client;
  uint32_t count_ = 0;
  BodyId body_ = no_body;
};

}  // namespace sekisho::archive
