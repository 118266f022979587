// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sekisho {

// A UUID made of a name (RFC 9562 5.5, version 5, in the namespace that STIX 2.1 2.9 names): the same name, the same UUID.
std::string uuid_of(std::string_view name);

}  // namespace sekisho
