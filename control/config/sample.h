// SPDX-License-Identifier: Apache-2.0
// The configuration's documents, made from the table of keys: the sample file and the reference.
#pragma once

#include <string>

namespace sekisho {

// default.yaml: every key with its sentence, unit, range and default; lists of sections with one commented element.
std::string sample_yaml();
// A Markdown table for each section.
std::string config_reference();

}  // namespace sekisho
