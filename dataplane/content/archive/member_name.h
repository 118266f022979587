// SPDX-License-Identifier: Apache-2.0
// Names of members as programs that unpack them take them.
#pragma once

#include "matchers/base/bytes.h"

namespace sekisho::archive {

// Whether a program that unpacks into a folder and believes the name writes outside of it: "../x", "a/../../x", "/x", "C:x",
// each with either slash.
bool leaves_folder(Bytes name);

}  // namespace sekisho::archive
