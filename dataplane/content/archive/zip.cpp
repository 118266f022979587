// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/archive/zip.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "dataplane/content/archive/archive.h"
#include "dataplane/content/archive/zip_descriptor.h"

namespace sekisho::archive {

namespace {

constexpr uint16_t method_stored = 0, method_deflate = 8;

uint64_t mixed(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x9e3779b97f4a7c15ULL ^ hash >> 29; }

}  // namespace

bool Zip::data(Bytes in, const DecoderInput& at, Sink& out) {
  output_.count_input(in.size());
  end_ = at.offset + in.size();
  while (!in.empty() && at_ != At::end)
    if (!step(in, at, out)) return false;
  return true;
}

// Bytes that were read already and come in front of `in`.
bool Zip::read_again(Bytes bytes, Bytes in, const DecoderInput& input, Sink& out) {
  const uint64_t end = std::exchange(end_, end_ - in.size());
  while (!bytes.empty() && at_ != At::end)
    if (!step(bytes, input, out)) return false;
  end_ = end;
  return true;
}

// What is said is said of the header under way.
bool Zip::step(Bytes& in, const DecoderInput& input, Sink& out) {
  DecoderInput at = input;
  at.offset = header_offset_;
  switch (at_) {
    case At::signature:
      if (!keep(in, 4)) return true;
      at.offset = header_offset_ = end_ - in.size() - 4;
      return read_signature(at, out);
    case At::member:
      if (!keep(in, zip_member_bytes)) return true;
      member_ = read_member_header(kept_);
      break;
    case At::directory:
      if (!keep(in, zip_directory_bytes)) return true;
      member_ = read_directory_entry(kept_);
      break;
    case At::name:
      if (keep_variable(in, name_, sizeof name_, name_bytes_, member_.name_bytes)) at_ = At::extra;
      return true;
    case At::extra: return !keep_variable(in, extra_, sizeof extra_, extra_bytes_, member_.extra_bytes) || begin_member(at, out);
    case At::comment: {
      uint16_t nothing = 0;
      if (keep_variable(in, nullptr, 0, nothing, member_.comment_bytes)) at_ = At::signature;
      return true;
    }
    case At::counted: return read_counted(in, at, out);
    case At::searched: return read_searched(in, at, out);
    case At::inflated: return inflate(in, at, out);
    case At::descriptor: return read_descriptor(in, at, out);
    case At::lost:
      look_for_member(in, at, out);
      header_offset_ = end_ - in.size() - kept_bytes_;
      return true;
    case At::end: return true;
  }
  at_ = At::name;  // a fixed part is there
  kept_bytes_ = passed_ = name_bytes_ = extra_bytes_ = 0;
  // What has no bytes is passed at once: data() comes back with input only.
  if (member_.name_bytes == 0) at_ = At::extra;
  return at_ != At::extra || member_.extra_bytes != 0 || begin_member(at, out);
}

bool Zip::keep(Bytes& in, size_t wanted) {
  const size_t most = std::min(in.size(), wanted - kept_bytes_);
  std::memcpy(kept_ + kept_bytes_, in.data(), most);
  kept_bytes_ = static_cast<uint16_t>(kept_bytes_ + most);
  in = in.subspan(most);
  return kept_bytes_ == wanted;
}

// Passes `total` bytes, keeps the first of them; true when all are passed.
bool Zip::keep_variable(Bytes& in, uint8_t* to, size_t room, uint16_t& kept, uint16_t total) {
  const Bytes part = in.first(std::min<size_t>(in.size(), total - passed_));
  const size_t most = std::min(part.size(), room - kept);
  if (most != 0) std::memcpy(to + kept, part.data(), most);
  kept = static_cast<uint16_t>(kept + most);
  passed_ = static_cast<uint16_t>(passed_ + part.size());
  in = in.subspan(part.size());
  if (passed_ < total) return false;
  passed_ = 0;
  return true;
}

bool Zip::read_signature(const DecoderInput& at, Sink& out) {
  switch (static_cast<ZipSignature>(load_le32(kept_))) {
    case ZipSignature::member: at_ = At::member; return true;
    case ZipSignature::directory:
      in_directory_ = true;
      at_ = At::directory;
      return true;
    case ZipSignature::descriptor: kept_bytes_ = 0; return true;  // in front of a spanned archive that needed no span
    case ZipSignature::end:
    case ZipSignature::directory64:
    case ZipSignature::locator64:
    case ZipSignature::signature: finish_directory(at, out); return true;
    case ZipSignature::extra_data: break;  // encrypted directory: nothing of it can be read
  }
  lose_place(at, out);
  return true;
}

// The header with all its parts is there.
bool Zip::begin_member(const DecoderInput& at, Sink& out) {
  read_extra({extra_, extra_bytes_}, member_);
  if (in_directory_) {
    listed_ += print_of(member_);
    kept_bytes_ = 0;
    if (!tell_other_name(at, out)) return false;
    at_ = member_.comment_bytes != 0 ? At::comment : At::signature;
    return true;
  }
  const bool known_method = member_.method == method_stored || member_.method == method_deflate;
  readable_ = known_method && !member_.is_encrypted();
  if (member_.is_encrypted()) {
    out.anomaly(at.tx, "archive.encrypted", at.offset);
  } else if (!known_method) {
    out.anomaly(at.tx, "archive.method_unknown", at.offset);
  }
  const uint64_t told = member_.sizes_follow() ? body_length_unknown : member_.bytes;
  if (!members_.begin({name_, name_bytes_}, told, at, out)) {
    at_ = At::end;
    return false;
  }
  if (name_count_ < std::size(names_)) names_[name_count_++] = name_print();
  given_ = taken_ = 0;
  counted_ = false;
  kept_bytes_ = 0;
  return begin_content(at, out);
}

bool Zip::begin_content(const DecoderInput& at, Sink& out) {
  if (readable_ && member_.method == method_deflate) {
    block_ = static_cast<InflateBlock*>(memory_->inflate_blocks().take());
    if (block_ == nullptr) return fail("content.no_codec", at, out);
    isal_inflate_init(&block_->codec);
    block_->codec.crc_flag = ISAL_DEFLATE;
    at_ = At::inflated;
    return true;
  }
  if (member_.sizes_follow() && member_.compressed_bytes == 0) {
    at_ = At::searched;
    return true;
  }
  left_ = member_.compressed_bytes;
  at_ = At::counted;
  if (left_ == 0) end_member(out);
  return true;
}

bool Zip::read_counted(Bytes& in, const DecoderInput& at, Sink& out) {
  const Bytes part = in.first(static_cast<size_t>(std::min<uint64_t>(in.size(), left_)));
  left_ -= part.size();
  taken_ += part.size();
  in = in.subspan(part.size());
  if (!give(part, at, out)) return false;
  if (left_ == 0) end_member(out);
  return true;
}

// The content ends where a descriptor says that so many bytes came. Only the signed form can be told from content. What may be the
// beginning of one is kept until it can be told.
bool Zip::read_searched(Bytes& in, const DecoderInput& at, Sink& out) {
  if (kept_bytes_ != 0) {
    uint8_t joined[2 * zip_descriptor_bytes_max];
    const size_t kept = kept_bytes_, more = std::min(in.size(), zip_descriptor_bytes_max);
    std::memcpy(joined, kept_, kept);
    std::memcpy(joined + kept, in.data(), more);
    kept_bytes_ = 0;
    Bytes rest(joined, kept + more);
    if (!search({joined, kept}, rest, at, out)) return false;
    const bool found = at_ != At::searched;
    // A descriptor may end inside what was kept: what is left of that belongs to the header behind it.
    if (found && rest.size() > more) return read_again(rest.first(rest.size() - more), in, at, out);
    if (found || kept_bytes_ != 0) in = in.subspan(more - rest.size());
    if (found || in.empty()) return true;
  }
  return search(in, in, at, out);
}

// Looks for a descriptor that begins in `front`, the first bytes of `in`; gives out what comes before it, and moves `in` behind it.
bool Zip::search(Bytes front, Bytes& in, const DecoderInput& at, Sink& out) {
  size_t begin = 0;
  FoundDescriptor found;
  for (; begin < front.size(); ++begin) {
    begin = static_cast<size_t>(std::find(front.begin() + static_cast<std::ptrdiff_t>(begin), front.end(), uint8_t{'P'}) - front.begin());
    if (begin == front.size()) break;
    found = find_descriptor(in.subspan(begin), taken_ + begin);
    if (found.is != FoundDescriptor::Is::none) break;
  }
  taken_ += begin;
  if (!give(in.first(begin), at, out)) return false;
  in = in.subspan(begin);
  if (found.is == FoundDescriptor::Is::need_more) {
    std::memcpy(kept_, in.data(), in.size());
    kept_bytes_ = static_cast<uint16_t>(in.size());
    in = {};
  } else if (found.is == FoundDescriptor::Is::whole) {
    in = in.subspan(found.length);
    member_.compressed_bytes = taken_;
    member_.bytes = found.content_bytes;
    end_member(out);
  }
  return true;
}

bool Zip::inflate(Bytes& in, const DecoderInput& at, Sink& out) {
  inflate_state& codec = block_->codec;
  codec.next_in = const_cast<uint8_t*>(in.data());
  codec.avail_in = static_cast<uint32_t>(in.size());
  const size_t before = in.size();
  int result = ISAL_DECOMP_OK;
  do {
    codec.next_out = block_->piece;
    codec.avail_out = decoded_piece_bytes_max;
    result = isal_inflate(&codec);
    if (!give({block_->piece, decoded_piece_bytes_max - codec.avail_out}, at, out)) return false;
  } while (result == ISAL_DECOMP_OK && codec.avail_out == 0 && codec.block_state != ISAL_BLOCK_FINISH);
  if (result != ISAL_DECOMP_OK) {
    lose_content(at, out);
    return true;
  }
  in = in.last(codec.avail_in);
  taken_ += before - in.size();
  return codec.block_state != ISAL_BLOCK_FINISH || end_inflated(in, at, out);
}

// Damaged: what the header says is passed over, or the next header is looked for in what is here.
void Zip::lose_content(const DecoderInput& at, Sink& out) {
  members_.end(BodyEnd::truncated, out);
  count_member();
  lose_place(at, out);
  if (member_.sizes_follow() || member_.compressed_bytes <= taken_) return;
  pass_over(member_.compressed_bytes - taken_);
}

void Zip::pass_over(uint64_t bytes) {
  left_ = bytes;
  readable_ = false;
  at_ = At::counted;
}

// The codec has read ahead, up to eight bytes: they belong to what follows.
bool Zip::end_inflated(Bytes in, const DecoderInput& at, Sink& out) {
  const auto bits = static_cast<unsigned>(std::max(block_->codec.read_in_length, 0));
  const size_t count = bits / 8;
  uint8_t ahead[8];
  for (size_t i = 0; i < count && i < sizeof ahead; ++i) ahead[i] = static_cast<uint8_t>(block_->codec.read_in >> (bits % 8 + 8 * i));
  memory_->inflate_blocks().give(block_);
  block_ = nullptr;
  taken_ -= std::min<uint64_t>(taken_, count);
  if (member_.sizes_follow()) {
    members_.end(BodyEnd::complete, out);
    at_ = At::descriptor;
  } else {
    // What the header said lies between: more than the stream had is passed over.
    const uint64_t padding = member_.compressed_bytes > taken_ ? member_.compressed_bytes - taken_ : 0;
    end_member(out);
    if (padding != 0) pass_over(padding);
  }
  return read_again({ahead, std::min(count, sizeof ahead)}, in, at, out);
}

bool Zip::read_descriptor(Bytes& in, const DecoderInput& at, Sink& out) {
  constexpr size_t with_header = zip_descriptor_bytes_max + 4;
  if (!keep(in, with_header)) return true;
  const size_t length = descriptor_length(kept_);
  member_.compressed_bytes = taken_;
  member_.bytes = given_;
  count_member();
  kept_bytes_ = 0;
  if (length == 0) {
    lose_place(at, out);
    return true;
  }
  uint8_t again[with_header];
  std::memcpy(again, kept_ + length, with_header - length);
  at_ = At::signature;
  return read_again({again, with_header - length}, in, at, out);
}

// Somewhere a member begins again: what stands between is nobody's. Behind an archive's end it is another archive, and programs that
// look for the directory from the file's end open that one alone.
void Zip::look_for_member(Bytes& in, const DecoderInput& at, Sink& out) {
  constexpr uint8_t signature[] = {'P', 'K', 3, 4};
  while (!in.empty()) {
    if (kept_bytes_ == 0) in = {std::find(in.begin(), in.end(), signature[0]), in.end()};
    if (in.empty()) return;
    const uint8_t byte = in[0];
    in = in.subspan(1);
    if (byte == signature[kept_bytes_]) {
      kept_[kept_bytes_++] = byte;
      if (kept_bytes_ < sizeof signature) continue;
      at_ = At::member;
      if (ended_ || in_front_) out.ambiguous(at.tx, "archive.not_alone", "the file's front, or the archive in it that comes last", end_ - in.size() - 4);
      ended_ = in_front_ = false;
      return;
    }
    kept_bytes_ = 0;
    if (byte == signature[0]) kept_[kept_bytes_++] = byte;
  }
}

// What cannot be read is a hole as large as its content.
void Zip::end_member(Sink& out) {
  count_member();
  if (!readable_) members_.gap(member_.bytes, out);
  members_.end(readable_ ? BodyEnd::complete : BodyEnd::truncated, out);
  kept_bytes_ = 0;
  at_ = At::signature;
}

bool Zip::give(Bytes bytes, const DecoderInput& at, Sink& out) {
  given_ += bytes.size();
  if (!readable_ || bytes.empty()) return true;
  if (members_.body() == no_body) return true;
  if (output_.give(bytes, {at.tx, members_.body(), {}, at.offset}, out)) return true;
  members_.end(BodyEnd::truncated, out);
  at_ = At::end;
  return false;
}

bool Zip::fail(const char* name, const DecoderInput& at, Sink& out) {
  members_.end(BodyEnd::truncated, out);
  at_ = At::end;
  out.anomaly(at.tx, name, at.offset);
  return false;
}

void Zip::lose_place(const DecoderInput& at, Sink& out) {
  if (block_ != nullptr) memory_->inflate_blocks().give(block_);
  block_ = nullptr;
  kept_bytes_ = 0;
  at_ = At::lost;
  if (!lost_told_) out.anomaly(at.tx, "archive.damaged", at.offset);
  lost_told_ = true;
}

// Programs open what the directory lists: members that it hides, or lists in another way, are somebody's intent.
void Zip::finish_directory(const DecoderInput& at, Sink& out) {
  if (came_ != listed_ && !holes_) out.ambiguous(at.tx, "archive.directory_differs", "what the members' headers say, or the directory", at.offset);
  came_ = listed_ = 0;
  name_count_ = 0;
  ended_ = true;
  in_directory_ = false;
  kept_bytes_ = 0;
  at_ = At::lost;  // for whatever follows
}

// The member has another name in the directory: a file by that name, whose content is told under the first.
bool Zip::tell_other_name(const DecoderInput& at, Sink& out) {
  if (name_count_ == std::size(names_)) return true;  // flagged all the same
  if (std::find(names_, names_ + name_count_, name_print()) != names_ + name_count_) return true;
  if (!members_.begin({name_, name_bytes_}, member_.bytes, at, out)) {
    at_ = At::end;
    return false;
  }
  members_.gap(member_.bytes, out);
  members_.end(BodyEnd::truncated, out);
  return true;
}

void Zip::count_member() {
  if (counted_) return;
  counted_ = true;
  came_ += print_of(member_);
}

uint64_t Zip::name_print() const {
  uint64_t hash = mixed(name_bytes_, name_bytes_);
  for (uint16_t i = 0; i < name_bytes_; ++i) hash = mixed(hash, name_[i]);
  return hash;
}

uint64_t Zip::print_of(const ZipMember& member) const {
  return mixed(mixed(mixed(name_print(), member.method), member.bytes), member.compressed_bytes);
}

void Zip::gap(uint64_t missing_bytes, const DecoderInput& at, Sink& out) {
  holes_ = true;
  if (ended_) return;
  if (at_ == At::counted && missing_bytes <= left_) {
    if (readable_) members_.gap(missing_bytes, out);
    left_ -= missing_bytes;
    if (left_ == 0) end_member(out);
  } else if (at_ != At::end) {
    members_.end(BodyEnd::truncated, out);
    lose_place(at, out);
  }
}

void Zip::finish(const DecoderInput& at, BodyEnd end, Sink& out) {
  const bool whole = ended_ || lost_told_ || at_ == At::end;
  if (end == BodyEnd::complete && !whole) out.anomaly(at.tx, "archive.cut_short", header_offset_);
  members_.end(end == BodyEnd::complete ? BodyEnd::truncated : end, out);
  if (block_ != nullptr) memory_->inflate_blocks().give(block_);
  block_ = nullptr;
}

namespace {

bool start(void* memory, const BodyMeta& meta, DecoderContext& context) {
  new (memory) Zip(meta, context);
  return true;
}
bool start_behind(void* memory, const BodyMeta& meta, DecoderContext& context) {
  (new (memory) Zip(meta, context))->skip_front();
  return true;
}
bool data(void* memory, const DecoderInput& input, Sink& out) { return static_cast<Zip*>(memory)->data(input.bytes, input, out); }
void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) { static_cast<Zip*>(memory)->gap(missing_bytes, at, out); }
void finish(void* memory, const DecoderInput& at, BodyEnd end, Sink& out) { static_cast<Zip*>(memory)->finish(at, end, out); }

}  // namespace

const Decoder zip_reader = {"zip", sizeof(Zip), start, data, gap, finish};
const Decoder zip_behind_reader = {"zip-behind", sizeof(Zip), start_behind, data, gap, finish};

}  // namespace sekisho::archive
