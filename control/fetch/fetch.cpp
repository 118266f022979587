// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/fetch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace sekisho {

Result<HttpResponse> FetchWork::get(const HttpRequest& what) const {
  auto response = client.get(what);
  if (!response) return response;
  retry_after_s = response->retry_after_s;
  const bool good = response->status == 200 || (response->status == 304 && !what.headers.empty());
  if (good) return response;
  return fail("the server answers with status " + std::to_string(response->status), what.url);
}

Result<Fetched> fetch_feed(HttpClient& client, const FeedConfig& feed, int64_t now_s, uint64_t& retry_after_s) {
  retry_after_s = 0;
  auto credentials = read_credentials(feed.fetch.credentials_file);
  if (!credentials) return tl::unexpected(credentials.error());
  HttpRequest request;
  request.url = feed.fetch.url;
  request.timeout = std::chrono::seconds(feed.fetch.timeout_s);
  request.bytes_max = feed.fetch.size_mb_max << 20;
  request.ca_file = feed.fetch.ca_file;
  request.credentials = std::move(*credentials);
  const FetchWork work{client, feed, now_s, std::move(request), retry_after_s};
  return feed.fetch.from == FetchedFrom::taxii ? fetch_taxii(work) : fetch_file(work);
}

Result<void> renew_file_time(const std::string& path) {
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) return {};
  return fail(std::string("its time cannot be renewed: ") + std::strerror(errno), path);
}

}  // namespace sekisho
