// SPDX-License-Identifier: Apache-2.0
// What the header of a part says about its content.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dataplane/content/mime/leaf.h"
#include "dataplane/content/mime/limits.h"
#include "matchers/base/bytes.h"

namespace sekisho::mime {

// The names that a part goes by, best first: readers differ in which they take.
class PartNames {
 public:
  // Lower ranks are better. A name that is there already is not added. False: no room.
  bool add(Bytes name, uint8_t rank);
  size_t count() const { return count_; }
  Bytes name(size_t index) const { return {pool_.data() + names_[index].offset, names_[index].length}; }

 private:
  struct Name {
    uint16_t offset;
    uint16_t length;
    uint8_t rank;
  };
  std::array<Name, names_max> names_;
  std::array<uint8_t, names_bytes_max> pool_;
  uint16_t used_ = 0;
  uint8_t count_ = 0;
};

struct PartHeader {
  bool type_seen = false;
  bool disposition_seen = false;
  bool encoding_seen = false;
  bool range_seen = false;
  bool attachment = false;  // Content-Disposition: attachment
  bool names_told = false;  // too many of them
  TransferEncoding encoding = TransferEncoding::identity;
  uint8_t type_length = 0;
  uint16_t boundary_length = 0;  // 0: none; more than boundary_bytes_max: not kept
  ByteRange range;
  PartNames names;
  std::array<uint8_t, type_bytes_max> type_bytes;
  std::array<uint8_t, boundary_bytes_max> boundary_bytes;

  Bytes type() const { return {type_bytes.data(), type_length}; }
  Bytes boundary() const {
    return {boundary_bytes.data(), boundary_length <= boundary_bytes_max ? boundary_length : size_t{0}};
  }
};

// One field each; `value` is unfolded. Only the first of a name counts: mail readers take that one.
void take_content_type(PartHeader& part, Bytes value, const MailOutput& out);
void take_content_disposition(PartHeader& part, Bytes value, const MailOutput& out);
void take_transfer_encoding(PartHeader& part, Bytes value, const MailOutput& out);
void take_content_range(PartHeader& part, Bytes value, const MailOutput& out);

// The boundary that a multipart's Content-Type names, into `out` of field_bytes_max; its length.
size_t read_boundary(Bytes content_type, std::span<uint8_t> out);

enum class PartKind : uint8_t { plain_text, html_text, file, multipart, message };
PartKind kind_of(const PartHeader& part, bool in_digest, Carriage carriage);

}  // namespace sekisho::mime
