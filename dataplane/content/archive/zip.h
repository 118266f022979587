// SPDX-License-Identifier: Apache-2.0
// One zip being read from its front.
//
// header --name, extra--> content (stored, inflated, or passed over) --descriptor, where sizes follow--> header ... directory ... end
#pragma once

#include "dataplane/content/archive/members.h"
#include "dataplane/content/archive/zip_header.h"
#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoded_output.h"
#include "dataplane/content/inflate_block.h"

namespace sekisho::archive {

class Zip {
 public:
  Zip(const BodyMeta& meta, DecoderContext& context) : memory_(&context.memory), output_(context.limits), members_(meta.direction) {}

  // False: a bound was met or the rest cannot be read; said.
  bool data(Bytes in, const DecoderInput& at, Sink& out);
  void gap(uint64_t missing_bytes, const DecoderInput& at, Sink& out);
  void finish(const DecoderInput& at, BodyEnd end, Sink& out);
  // The file begins with something else.
  void skip_front() {
    at_ = At::lost;
    in_front_ = true;
  }

 private:
  enum class At : uint8_t {
    signature, member, directory,  // fixed parts of headers
    name, extra, comment,
    counted,     // content of a known size
    searched,    // stored content whose size follows it
    inflated,
    descriptor,
    lost,        // damaged: looking for the next header
    end
  };

  bool step(Bytes& in, const DecoderInput& input, Sink& out);
  bool read_again(Bytes bytes, Bytes in, const DecoderInput& input, Sink& out);
  // Fills kept_ up to `wanted` bytes; true when they are there.
  bool keep(Bytes& in, size_t wanted);
  bool read_signature(const DecoderInput& at, Sink& out);
  bool keep_variable(Bytes& in, uint8_t* to, size_t room, uint16_t& kept, uint16_t total);
  bool begin_member(const DecoderInput& at, Sink& out);
  bool begin_content(const DecoderInput& at, Sink& out);
  bool read_counted(Bytes& in, const DecoderInput& at, Sink& out);
  bool read_searched(Bytes& in, const DecoderInput& at, Sink& out);
  bool search(Bytes front, Bytes& in, const DecoderInput& at, Sink& out);
  bool inflate(Bytes& in, const DecoderInput& at, Sink& out);
  bool end_inflated(Bytes in, const DecoderInput& at, Sink& out);
  bool read_descriptor(Bytes& in, const DecoderInput& at, Sink& out);
  void look_for_member(Bytes& in, const DecoderInput& at, Sink& out);
  void lose_content(const DecoderInput& at, Sink& out);
  void pass_over(uint64_t bytes);
  void count_member();
  void end_member(Sink& out);
  bool give(Bytes bytes, const DecoderInput& at, Sink& out);
  bool fail(const char* name, const DecoderInput& at, Sink& out);
  void lose_place(const DecoderInput& at, Sink& out);
  bool tell_other_name(const DecoderInput& at, Sink& out);
  void finish_directory(const DecoderInput& at, Sink& out);
  uint64_t name_print() const;
  uint64_t print_of(const ZipMember& member) const;

  CodecMemory* memory_;
  InflateBlock* block_ = nullptr;
  DecodedOutput output_;
  Members members_;
  ZipMember member_;
  At at_ = At::signature;
  bool in_directory_ = false;
  bool readable_ = false;         // the member's content is given out
  bool counted_ = true;           // the member is in `came_`
  bool lost_told_ = false;
  bool holes_ = false;            // bytes are missing: what did not come cannot be compared
  bool ended_ = false;            // the end record came, and nothing after it yet
  bool in_front_ = false;         // nothing of the archive came yet
  uint16_t kept_bytes_ = 0;
  uint16_t passed_ = 0;           // of the name, extra or comment
  uint16_t name_bytes_ = 0;
  uint16_t extra_bytes_ = 0;
  uint64_t end_ = 0;              // offset behind the input under way
  uint64_t header_offset_ = 0;    // of the header that was read last
  uint64_t left_ = 0;             // of counted content
  uint64_t given_ = 0;            // bytes of the content so far
  uint64_t taken_ = 0;            // compressed bytes of it
  // Sums of prints over the members as they came and as the directory lists them: equal, whatever the order.
  uint64_t came_ = 0, listed_ = 0;
  uint16_t name_count_ = 0;
  uint64_t names_[directory_names_max];  // prints, of the members that came
  uint8_t kept_[zip_directory_bytes];
  uint8_t name_[name_bytes_max];
  uint8_t extra_[extra_bytes_max];
};

}  // namespace sekisho::archive
