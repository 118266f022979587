// SPDX-License-Identifier: Apache-2.0
// One fetch of one feed, from request to files on disk: the feed's file (feed.path), its signature beside it, and what is remembered
// (FILE.state). A failed one leaves all of them as they were.
#pragma once

#include "control/config/config.h"
#include "control/fetch/http.h"

namespace sekisho {

enum class Fetched : uint8_t { changed, unchanged };

// `retry_after_s` is set where the server asks to be left alone for a while.
Result<Fetched> fetch_feed(HttpClient& client, const FeedConfig& feed, int64_t now_s, uint64_t& retry_after_s);

// The ways, after FetchedFrom.
struct FetchWork {
  HttpClient& client;
  const FeedConfig& feed;
  int64_t now_s;
  HttpRequest request;  // with time, size, certificates and credentials as configured
  uint64_t& retry_after_s;

  std::string state_path() const { return feed.path + ".state"; }
  // A response of the given request that is good: 200, or 304 where the request has a condition.
  Result<HttpResponse> get(const HttpRequest& what) const;
};
Result<Fetched> fetch_file(const FetchWork& work);
Result<Fetched> fetch_taxii(const FetchWork& work);
Result<Fetched> fetch_misp(const FetchWork& work);

// The signature of `content`, which came from `url`: "https://a.test/x.csv?key=1" -> "https://a.test/x.csv.minisig?key=1". An error also where it is not good.
Result<std::string> get_signature(const FetchWork& work, const std::string& url, std::string_view content);

// Marks the file as current without writing it.
Result<void> renew_file_time(const std::string& path);

}  // namespace sekisho
