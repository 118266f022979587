// SPDX-License-Identifier: Apache-2.0
// One HTTP request at a time, by libcurl: bounded in time, bytes and redirects; the server's certificate is verified. A request over https
// is never redirected to http, and a credential in a header of its own goes to no other place than the one it is for.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "control/fetch/credentials.h"
#include "matchers/base/result.h"

namespace sekisho {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::chrono::seconds timeout{60};
  uint64_t bytes_max = 0;
  std::string ca_file;               // empty = the system's
  Credentials credentials;
};

struct HttpResponse {
  long status = 0;
  std::string body;  // decompressed
  // Of the last response, where they are of a sane length.
  std::string etag, last_modified, date_added_last;
  uint64_t retry_after_s = 0;
};

class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // An error where no whole response came. One thread at a time.
  Result<HttpResponse> get(const HttpRequest& request);
  // From any thread: the request under way and all later ones fail at once.
  void stop();

 private:
  struct Transfer;
  Result<HttpResponse> run(Transfer& transfer, const HttpRequest& request);

  void* multi_;  // CURLM
  std::atomic<bool> stopping_ = false;
};

}  // namespace sekisho
