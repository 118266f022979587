// SPDX-License-Identifier: Apache-2.0
// Bounds of the content stage. Each has a sentence, a unit, a counter and what happens at the limit. (Bounds of
// decompression itself are policy: DecoderLimits in decoder.h.)
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho {

// Memory of one decoder's state, bytes. Larger states (a mail's: mime/limits.h) come from a pool of their own, whose blocks have
// large_decoder_state_bytes_max. Checked at compile time; not reachable at run time.
inline constexpr uint32_t decoder_state_bytes_max = 512;
inline constexpr uint32_t large_decoder_state_bytes_max = 16384;
// Decoded bytes handed on in one piece, bytes. More comes in further pieces.
inline constexpr size_t decoded_piece_bytes_max = 16384;
// Bodies that are inflated (gzip, deflate) at a time on an lcore, blocks. Past it: counter `content.inflate_refused`, the body
// passes undecoded.
inline constexpr uint32_t inflate_blocks_default = 512;
// Bodies under brotli or zstd at a time on an lcore, blocks. Past it: counter `content.arena_refused`, the body passes undecoded.
// Pages of a block are touched as a body's window grows: most need some 100 KB.
inline constexpr uint32_t arena_blocks_default = 16;
// Memory of one of those, bytes: zstd's window of 8 MB (RFC 9659), brotli's default window of 4 MB while it grows. A body that
// needs more: anomaly `content.window_too_large`, the rest is not decoded.
inline constexpr size_t arena_block_bytes_default = 10 * 1024 * 1024;
// First bytes by which it is decided whether a body is gzip, zlib, raw deflate or not coded at all, bytes. Kept until they are there.
inline constexpr size_t inflate_trial_bytes = 64;
// A DNS message carried by HTTP, bytes. Past it: anomaly `dns.cut`, what came of it is read.
inline constexpr size_t dns_body_bytes_max = 16320;
// First bytes by which a file's type is told, bytes.
inline constexpr size_t file_type_bytes = 264;

}  // namespace sekisho
