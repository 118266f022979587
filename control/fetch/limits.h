// SPDX-License-Identifier: Apache-2.0
// The bounds of fetching (interval, time and size of a fetch are configuration: feeds[].fetch). What is past one has failed: it is counted,
// told in `sekishoctl indicator stats`, and the last good file stays in force.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sekisho {

// Redirects followed in one request. One more has failed.
inline constexpr long fetch_redirects_max = 5;
// How long a connection may take to be made.
inline constexpr std::chrono::seconds fetch_connect_timeout{15};
// Bytes of a credentials file, and of a header's value that is kept (ETag, Last-Modified, X-TAXII-Date-Added-Last). A longer one is not used.
inline constexpr size_t fetch_credentials_bytes_max = 8192;
inline constexpr size_t fetch_header_bytes_max = 1024;
// Between the first failure and the next attempt, s; twice as long after each further one, up to the feed's interval.
inline constexpr uint64_t fetch_retry_s = 30;
// Objects asked for in one page of a TAXII collection, and pages of one fetch. More pages have failed.
inline constexpr unsigned taxii_page_objects = 1000;
inline constexpr unsigned taxii_pages_max = 10'000;

}  // namespace sekisho
