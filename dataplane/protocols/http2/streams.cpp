// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "dataplane/protocols/http2/connection.h"

namespace sekisho::http2 {

Stream* Streams::find(uint32_t id) {
  if (id == 0) return nullptr;
  const auto at = std::find(ids_.begin(), ids_.end(), id);
  return at == ids_.end() ? nullptr : &streams_[static_cast<size_t>(at - ids_.begin())];
}

Stream& Streams::open(uint32_t id) {
  const auto free = std::find(ids_.begin(), ids_.end(), uint32_t{0});
  Stream& stream = streams_[static_cast<size_t>(free - ids_.begin())];
  *free = id;
  stream = Stream{};
  stream.id = id;
  ++count_;
  return stream;
}

void Streams::close(Stream& stream) {
  ids_[static_cast<size_t>(&stream - streams_.data())] = 0;
  stream.id = 0;
  --count_;
}

Stream& Streams::oldest() {
  size_t oldest = open_streams_max;
  for (size_t i = 0; i < open_streams_max; ++i)
    if (ids_[i] != 0 && (oldest == open_streams_max || ids_[i] < ids_[oldest])) oldest = i;
  return streams_[oldest];
}

}  // namespace sekisho::http2
