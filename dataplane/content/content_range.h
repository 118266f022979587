// SPDX-License-Identifier: Apache-2.0
// Content-Range: which bytes of a file a message or a part of multipart/byteranges holds (RFC 9110 14.4).
#pragma once

#include "dataplane/observe/sink.h"
#include "matchers/base/bytes.h"

namespace sekisho {

// `value`: "bytes 0-99/1000", "bytes 0-99/*". A range that is the whole file is not partial; one that cannot
// be read, or is counted in other units, is partial and has no numbers.
ByteRange parse_content_range(Bytes value);

}  // namespace sekisho
