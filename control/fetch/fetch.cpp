// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/fetch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "control/feeds/limits.h"
#include "control/feeds/signature.h"

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
  switch (feed.fetch.from) {
    case FetchedFrom::taxii: return fetch_taxii(work);
    case FetchedFrom::misp: return fetch_misp(work);
    default: return fetch_file(work);
  }
}

Result<std::string> get_signature(const FetchWork& work, const std::string& url, std::string_view content) {
  HttpRequest request = work.request;
  request.url = url;
  request.url.insert(std::min(url.find_first_of("?#"), url.size()), signature_suffix);
  request.bytes_max = signature_bytes_max;
  auto response = work.get(request);
  if (!response) return tl::unexpected(response.error());
  auto good = verify_signature(work.feed.public_key, content, response->body);
  if (!good) return fail(good.error().text, request.url);
  return std::move(response->body);
}

Result<void> renew_file_time(const std::string& path) {
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) return {};
  return fail(std::string("its time cannot be renewed: ") + std::strerror(errno), path);
}

}  // namespace sekisho
