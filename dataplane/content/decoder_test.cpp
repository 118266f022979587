// SPDX-License-Identifier: Apache-2.0
#include <brotli/encode.h>
#include <zstd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoder.h"
#include "dataplane/content/limits.h"
#include "dataplane/content/test_deflate.h"
#include "dataplane/content/test_lzw.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

class Collector final : public Sink {
 public:
  Collector() : Sink(&all_) {}
  TxId tx_begin(Direction) override { return 1; }
  void tx_end(TxId, Completeness) override {}
  void anomaly(TxId, const char* name, uint64_t) override { anomalies += std::string(name) + " "; }
  BodyId body_begin(TxId, const BodyMeta&, uint64_t) override { return 1; }
  void body_data(BodyId body, Bytes piece) override {
    BOOST_REQUIRE(body == 7U);
    bytes.append(as_text(piece));
    largest = std::max(largest, piece.size());
  }
  void body_gap(BodyId, uint64_t missing) override { bytes += "<gap " + std::to_string(missing) + ">"; }
  void body_end(BodyId, BodyEnd) override {}
  void expect(TxId, const Expectation&) override {}
  void handoff(Direction, uint64_t, HandoffHint) override {}

  std::string bytes, anomalies;
  size_t largest = 0;

 private:
  void on_observe(TxId, Field, Bytes, uint64_t) override {}
  void on_observe_number(TxId, Field, uint64_t, uint64_t) override {}
  static constexpr FieldMask all_ = FieldMask::all();
};

struct Decoded {
  std::string bytes, anomalies;
  bool accepted = true;     // every call of data() said so
  size_t largest = 0;
};

// One for all bodies: large blocks are slow to come by under ASan.
CodecMemory& shared_memory() {
  static CodecMemory memory({.inflate_blocks = 1, .arena_blocks = 1, .arena_block_bytes = arena_block_bytes_default});
  return memory;
}

// One body through one decoder, in pieces of `piece` bytes, each an exact-size copy.
class Body {
 public:
  explicit Body(ContentEncoding encoding, DecoderLimits limits = {}, CodecMemory& memory = shared_memory())
      : memory_(memory), context_{memory_, limits}, decoder_(*decoder_for(encoding)),
        state_(static_cast<uint8_t*>(std::aligned_alloc(16, (decoder_.state_bytes + 15) / 16 * 16)), &std::free) {
    BOOST_REQUIRE(decoder_.state_bytes <= decoder_state_bytes_max);
    BOOST_REQUIRE(decoder_.start(state_.get(), {}, context_));
  }
  void feed(std::string_view bytes, size_t piece) {
    for (size_t at = 0; at < bytes.size() && decoded_.accepted; at += piece) {
      const size_t length = std::min(piece, bytes.size() - at);
      const std::unique_ptr<uint8_t[]> copy(new uint8_t[length]);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length, copy.get());
      decoded_.accepted = decoder_.data(state_.get(), {1, 7, {copy.get(), length}, at}, sink_);
    }
  }
  void gap(uint64_t bytes) { decoder_.gap(state_.get(), {1, 7, {}, 0}, bytes, sink_); }
  Decoded finish(BodyEnd end = BodyEnd::complete) {
    decoder_.finish(state_.get(), {1, 7, {}, 0}, end, sink_);
    BOOST_TEST(memory_.inflate_blocks().in_use() == 0U);
    BOOST_TEST(memory_.arena_blocks().in_use() == 0U);
    decoded_.bytes = sink_.bytes;
    decoded_.anomalies = sink_.anomalies;
    decoded_.largest = sink_.largest;
    return decoded_;
  }

 private:
  CodecMemory& memory_;
  DecoderContext context_;
  const Decoder& decoder_;
  std::unique_ptr<uint8_t, decltype(&std::free)> state_;
  Collector sink_;
  Decoded decoded_;
};

Decoded decode(ContentEncoding encoding, std::string_view bytes, size_t piece = SIZE_MAX / 2, DecoderLimits limits = {}) {
  Body body(encoding, limits);
  body.feed(bytes, piece);
  return body.finish();
}

std::string brotlied(std::string_view text) {
  size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 64;
  std::string out(size, '\0');
  BOOST_REQUIRE(BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, text.size(), as_bytes(text).data(), &size,
                                      reinterpret_cast<uint8_t*>(out.data())));
  out.resize(size);
  return out;
}
std::string zstded(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Coding {
  const char* name;
  ContentEncoding encoding;
  std::string (*encode)(std::string_view);
};
const Coding codings[] = {
    {"gzip", ContentEncoding::gzip, [](std::string_view text) { return deflated(text, gzip); }},
    {"zlib", ContentEncoding::deflate, [](std::string_view text) { return deflated(text, zlib); }},
    {"raw deflate", ContentEncoding::deflate, [](std::string_view text) { return deflated(text, raw); }},
    {"gzip called deflate", ContentEncoding::deflate, [](std::string_view text) { return deflated(text, gzip); }},
    {"brotli", ContentEncoding::brotli, brotlied},
    {"zstd", ContentEncoding::zstd, zstded},
    {"compress", ContentEncoding::compress, test::compressed},
};

// Text that compresses about as web pages do.
std::string sample(size_t bytes) {
  std::mt19937 random(static_cast<unsigned>(bytes));
  std::string out;
  while (out.size() < bytes) out += "<p class=\"c" + std::to_string(random() % 5000) + "\">line</p>\n";
  out.resize(bytes);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_encoded_comes_back_whole_and_in_pieces) {
  for (const Coding& coding : codings)
    for (const size_t bytes : {0U, 1U, 30U, 1000U, 70000U, 400000U}) {
      const std::string text = sample(bytes), coded = coding.encode(text);
      for (const size_t piece : {size_t{1}, size_t{63}, size_t{64}, size_t{1448}, size_t{1} << 30}) {
        if (piece == 1 && bytes > 70000) continue;
        const Decoded decoded = decode(coding.encoding, coded, piece);
        BOOST_TEST((decoded.bytes == text), coding.name << " " << bytes << " in pieces of " << piece);
        BOOST_TEST(decoded.accepted);
        BOOST_TEST(decoded.anomalies == "");
        BOOST_TEST(decoded.largest <= decoded_piece_bytes_max);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_body_cut_at_any_byte_gives_the_beginning_of_its_text) {
  const std::string text = sample(600);
  for (const Coding& coding : codings) {
    const std::string coded = coding.encode(text);
    for (size_t at = 0; at < coded.size(); ++at) {
      const Decoded decoded = decode(coding.encoding, coded.substr(0, at), 50);
      const bool plain = decoded.anomalies.find("content.not_encoded") != std::string::npos;
      BOOST_TEST((plain ? decoded.bytes == coded.substr(0, at) : text.starts_with(decoded.bytes)), coding.name << " cut at " << at);
      if (at > inflate_trial_bytes) BOOST_TEST(!plain);
      if (coding.encoding == ContentEncoding::compress) continue;  // has no end of its own
      if (decoded.bytes.size() < text.size() && at != 0 && !plain) BOOST_TEST(decoded.anomalies == "content.cut_short ");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_body_never_crashes_and_keeps_what_came_before) {
  const std::string text = sample(3000);
  std::mt19937 random(3);
  for (const Coding& coding : codings) {
    const std::string good = coding.encode(text);
    for (unsigned round = 0; round < 200; ++round) {
      std::string bad = good;
      bad[random() % bad.size()] ^= static_cast<char>(1 << random() % 8);
      const Decoded whole = decode(coding.encoding, bad), pieces = decode(coding.encoding, bad, 1 + random() % 200);
      BOOST_TEST((whole.bytes == pieces.bytes || whole.anomalies.find("decode_failed") != std::string::npos), coding.name);
      BOOST_TEST((whole.accepted == pieces.accepted), coding.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(bombs_stop_at_the_ratio_and_not_where_it_is_unlimited) {
  const std::string text(4U << 20, 'A');
  for (const Coding& coding : codings) {
    const std::string coded = coding.encode(text);
    const Decoded bounded = decode(coding.encoding, coded, 100);
    BOOST_TEST(!bounded.accepted);
    BOOST_TEST(bounded.anomalies == "content.bomb ");
    BOOST_TEST(bounded.bytes.size() >= DecoderLimits{}.ratio_free_bytes);
    BOOST_TEST(bounded.bytes.size() < text.size());
    BOOST_TEST((decode(coding.encoding, coded, 100, {.ratio_max = 0}).bytes == text), coding.name);
  }
}

BOOST_AUTO_TEST_CASE(the_bounds_hold_exactly) {
  const std::string coded = deflated(std::string(100000, 'A'), gzip);
  BOOST_TEST(decode(ContentEncoding::gzip, coded, 10, {.ratio_max = 0, .decoded_bytes_max = 100000}).accepted);
  BOOST_TEST(!decode(ContentEncoding::gzip, coded, 10, {.ratio_max = 0, .decoded_bytes_max = 99999}).accepted);
  const uint64_t ratio = (100000 + coded.size() - 1) / coded.size();
  BOOST_TEST(decode(ContentEncoding::gzip, coded, 1U << 20, {.ratio_max = ratio}).accepted);
  BOOST_TEST(!decode(ContentEncoding::gzip, coded, 1U << 20, {.ratio_max = ratio - 1}).accepted);
  BOOST_TEST(decode(ContentEncoding::gzip, coded, 1U << 20, {.ratio_max = 1, .ratio_free_bytes = 100000}).accepted);
}

BOOST_AUTO_TEST_CASE(gzip_members_follow_one_another_and_padding_is_ignored) {
  const std::string two = deflated("one,", gzip) + deflated("two", gzip);
  for (const size_t piece : {1U, 7U, 1000U}) {
    BOOST_TEST(decode(ContentEncoding::gzip, two, piece).bytes == "one,two");
    const Decoded padded = decode(ContentEncoding::gzip, two + std::string(5, '\0') + "\x1f\x8b", piece);
    BOOST_TEST(padded.bytes == "one,two");
    BOOST_TEST(padded.accepted);
  }
  BOOST_TEST(decode(ContentEncoding::deflate, deflated("x", zlib) + "junk").bytes == "x");
  BOOST_TEST(decode(ContentEncoding::brotli, brotlied("x") + "junk").bytes == "x");
  BOOST_TEST(decode(ContentEncoding::zstd, zstded("x") + zstded("y") + "junkjunk").bytes == "xy");
  // A frame that the codec reads otherwise when it has all of it: an empty block of one byte repeated no times.
  const std::string odd("\x28\xb5\x2f\xfd\x31\0\0\0\0\0\3\0\0\x13", 14);
  for (size_t piece = 1; piece <= 8; ++piece) {
    const Decoded whole = decode(ContentEncoding::zstd, odd + "(\1"), pieces = decode(ContentEncoding::zstd, odd + "(\1", piece);
    BOOST_TEST(pieces.accepted == whole.accepted);
  }
  // Of zstd a frame to be skipped, an empty one, and what begins like one, in any pieces.
  const std::string skipped("\x5a\x2a\x4d\x18\3\0\0\0abc", 11), empty("\x28\xb5\x2f\xfd\x20\0\1\0\0", 9);
  for (const std::string& behind : {std::string("\x86\x41\x0d\0", 4), std::string("\x28\xb5\x2f\0", 4), skipped + empty + "junk"})
    for (size_t piece = 1; piece <= 8; ++piece) {
      const Decoded decoded = decode(ContentEncoding::zstd, zstded("x") + behind + zstded("y"), piece);
      BOOST_TEST(decoded.bytes == "x");
      BOOST_TEST(decoded.accepted);
    }
  for (size_t piece = 1; piece <= 8; ++piece) BOOST_TEST(decode(ContentEncoding::zstd, zstded("x") + skipped + empty + zstded("y"), piece).bytes == "xy");
}

BOOST_AUTO_TEST_CASE(members_of_any_size_are_found_wherever_the_pieces_are_cut) {
  std::mt19937 random(11);
  for (unsigned round = 0; round < 300; ++round) {
    std::string text, coded;
    for (unsigned member = 0; member < 4; ++member) {
      const std::string part = sample(random() % 200);
      text += part;
      coded += deflated(part, gzip);
    }
    const Decoded decoded = decode(ContentEncoding::gzip, coded, 1 + random() % 90);
    BOOST_REQUIRE(decoded.bytes == text);
    BOOST_REQUIRE(decoded.anomalies == "");
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_coded_at_all_passes_and_is_said) {
  for (const char* text : {"{\"plain\":1}", "<html><head><title>This is plainly no compressed stream, and longer than the trial</title>"})
    for (const size_t piece : {1U, 1000U}) {
      const Decoded decoded = decode(ContentEncoding::gzip, text, piece);
      BOOST_TEST(decoded.bytes == text);
      BOOST_TEST(decoded.anomalies == "content.not_encoded ");
    }
}

BOOST_AUTO_TEST_CASE(plain_text_that_begins_with_the_method_of_zlib_passes_too) {
  const std::string text = "X5O!P%@AP is no stream of zlib: the check of its two header bytes fails";
  for (const size_t piece : {1U, 1000U}) {
    const Decoded decoded = decode(ContentEncoding::deflate, text, piece);
    BOOST_TEST(decoded.bytes == text);
    BOOST_TEST(decoded.anomalies == "content.not_encoded ");
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_is_said_and_the_bytes_stand) {
  std::string coded = deflated("checked text", gzip);
  coded[coded.size() - 8] ^= 1;
  const Decoded decoded = decode(ContentEncoding::gzip, coded);
  BOOST_TEST(decoded.bytes == "checked text");
  BOOST_TEST(decoded.anomalies == "content.checksum_wrong ");
  BOOST_TEST(decoded.accepted);
}

BOOST_AUTO_TEST_CASE(a_hole_ends_the_decoding) {
  const std::string text = sample(5000);
  for (const Coding& coding : codings) {
    const std::string coded = coding.encode(text);
    Body body(coding.encoding);
    body.feed(coded.substr(0, coded.size() / 2), 100);
    body.gap(10);
    body.feed(coded.substr(coded.size() / 2), 100);
    const Decoded decoded = body.finish();
    BOOST_TEST(!decoded.accepted);
    BOOST_TEST(decoded.anomalies == "content.decode_gap ");
    BOOST_TEST(decoded.bytes.ends_with("<gap 10>"));
  }
}

BOOST_AUTO_TEST_CASE(without_memory_no_decoder_starts) {
  CodecMemory memory({.inflate_blocks = 1, .arena_blocks = 1, .arena_block_bytes = arena_block_bytes_default});
  DecoderContext context{memory, {}};
  for (const ContentEncoding encoding : {ContentEncoding::gzip, ContentEncoding::brotli, ContentEncoding::zstd, ContentEncoding::compress}) {
    const Decoder& decoder = *decoder_for(encoding);
    alignas(16) uint8_t first[decoder_state_bytes_max], second[decoder_state_bytes_max];
    Collector sink;
    BOOST_TEST(decoder.start(first, {}, context));
    BOOST_TEST(!decoder.start(second, {}, context));
    decoder.finish(first, {1, 7, {}, 0}, BodyEnd::aborted, sink);
    BOOST_TEST(decoder.start(second, {}, context));
    decoder.finish(second, {1, 7, {}, 0}, BodyEnd::aborted, sink);
  }
  BOOST_TEST(memory.inflate_blocks().refused() == 1U);
  BOOST_TEST(memory.arena_blocks().refused() == 3U);
}

BOOST_AUTO_TEST_CASE(a_window_larger_than_the_arena_is_refused) {
  CodecMemory tight({.inflate_blocks = 1, .arena_blocks = 1, .arena_block_bytes = 512 * 1024});
  std::mt19937 random(1);
  std::string noise(2U << 20, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const Coding& coding : codings) {
    if (coding.encoding != ContentEncoding::brotli && coding.encoding != ContentEncoding::zstd) continue;
    Body body(coding.encoding, {}, tight);
    body.feed(coding.encode(noise), 5000);
    const Decoded decoded = body.finish();
    BOOST_TEST(!decoded.accepted);
    BOOST_TEST(decoded.anomalies == "content.window_too_large ");
  }
}

BOOST_AUTO_TEST_CASE(the_arena_gives_every_byte_back) {
  std::vector<uint64_t> block(64 * 1024 / 8 + 8);
  void* memory = reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(block.data()) + 63) / 64 * 64);
  CodecArena* arena = CodecArena::make(memory, 64 * 1024);
  const size_t most = 64 * 1024 - 64 - 16;
  std::mt19937 random(5);
  std::vector<std::pair<uint8_t*, size_t>> live;
  for (unsigned round = 0; round < 5000; ++round) {
    if (random() % 2 == 0) {
      const size_t size = random() % 3000;
      auto* piece = static_cast<uint8_t*>(arena->allocate(size));
      if (piece == nullptr) continue;
      BOOST_REQUIRE(reinterpret_cast<uintptr_t>(piece) % 16 == 0);
      std::fill_n(piece, size, static_cast<uint8_t>(size));
      live.emplace_back(piece, size);
    } else if (!live.empty()) {
      std::swap(live[random() % live.size()], live.back());
      const auto [piece, size] = live.back();
      BOOST_REQUIRE(std::all_of(piece, piece + size, [s = size](uint8_t byte) { return byte == static_cast<uint8_t>(s); }));
      arena->free(piece);
      live.pop_back();
    }
  }
  for (const auto& [piece, size] : live) arena->free(piece);
  arena->free(nullptr);
  void* all = arena->allocate(most);
  BOOST_TEST(all != nullptr);
  arena->free(all);
  BOOST_TEST(arena->allocate(most + 1) == nullptr);
  BOOST_TEST(arena->refused());
  BOOST_TEST(arena->allocate(SIZE_MAX - 4) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_state_of_a_body_is_as_small_as_the_readme_says) {
  for (const ContentEncoding encoding : {ContentEncoding::gzip, ContentEncoding::deflate}) BOOST_TEST(decoder_for(encoding)->state_bytes <= 192U);
  for (const ContentEncoding encoding : {ContentEncoding::brotli, ContentEncoding::zstd, ContentEncoding::compress})
    BOOST_TEST(decoder_for(encoding)->state_bytes <= 128U);
  for (const BodyMedia media : {BodyMedia::mail_message, BodyMedia::multipart, BodyMedia::dns_message})
    BOOST_TEST(decoder_for(media)->state_bytes <= 16384U);
}

BOOST_AUTO_TEST_CASE(codings_without_decoder_have_none) {
  for (const ContentEncoding encoding : {ContentEncoding::identity, ContentEncoding::unknown})
    BOOST_TEST(decoder_for(encoding) == nullptr);
  BOOST_TEST(decoder_for(BodyMedia::opaque) == nullptr);
}
