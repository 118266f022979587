// SPDX-License-Identifier: Apache-2.0
// What is written beside a stored file: where it came from, for whoever takes it over (a sandbox, an analyst).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/record/record.h"

namespace sekisho {

// JSON of the record that ends a file (RecordType::file_piece with file.state). `protocols`: by RecordEndpoints::app_protocol - 1.
std::string describe_file(const RecordView& record, const std::vector<std::string>& protocols, std::string_view sha256, uint64_t bytes);

}  // namespace sekisho
