// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/http1/session.h"

#include <cstring>

namespace sekisho::http1 {

void OpenRequests::push(OpenRequest request, Bytes name) {
  if (name.size() > names_.size() - names_bytes_ || name.size() > 255) name = {};
  request.name_bytes = static_cast<uint8_t>(name.size());
  if (!name.empty()) std::memcpy(&names_[names_bytes_], name.data(), name.size());
  names_bytes_ = static_cast<uint16_t>(names_bytes_ + name.size());
  ring_[(first_ + count_) % open_requests_max] = request;
  ++count_;
}

void OpenRequests::pop() {
  const size_t gone = ring_[first_].name_bytes;
  names_bytes_ = static_cast<uint16_t>(names_bytes_ - gone);
  std::memmove(names_.data(), names_.data() + gone, names_bytes_);
  first_ = static_cast<uint8_t>((first_ + 1) % open_requests_max);
  --count_;
}

}  // namespace sekisho::http1
