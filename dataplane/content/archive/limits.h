// SPDX-License-Identifier: Apache-2.0
// Bounds of archives. Each has a sentence, a unit, a counter and what happens at the limit. What may come out of how little is
// DecoderLimits (content/decoder.h): past it anomaly `content.bomb`, the rest of the archive is not opened.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::archive {

// Archives inside each other that are opened, count: a file in a tar in a gzip in a zip. Past it: anomaly `archive.nested_too_deep`; the
// innermost is a file like any other.
inline constexpr unsigned depth_max = 3;
// Members of one archive, count. Past it: anomaly `archive.too_many_members`; the rest is not opened.
inline constexpr uint32_t members_max = 4096;
// A member's name, bytes. Past it: cut there.
inline constexpr size_t name_bytes_max = 512;
// Names of a zip's members that are held against its directory, one by one, count. Past it: a member with another name in the directory is
// still flagged (`archive.directory_differs`), the other name is not told.
inline constexpr size_t directory_names_max = 256;
// Extra fields of a zip member that are looked at, bytes. Past it: a 64-bit size there is not found, the member has the size it says
// in 32 bits. No counter.
inline constexpr size_t extra_bytes_max = 256;
// Bytes in front of a compressed file's content (its name among them) that are kept until they are whole, bytes. Past it: the member has
// no name. No counter.
inline constexpr size_t compressed_header_bytes_max = 600;

}  // namespace sekisho::archive
