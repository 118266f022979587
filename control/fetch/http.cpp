// SPDX-License-Identifier: Apache-2.0
#include "control/fetch/http.h"

#include <curl/curl.h>

#include <memory>

#include "control/feeds/line_reader.h"
#include "control/fetch/limits.h"

namespace sekisho {

namespace {

// libcurl's own initialisation is not thread-safe before 7.84; here it is made once, by whoever comes first.
void initialise() {
  static const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

}  // namespace

struct HttpClient::Transfer {
  std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> easy{::curl_easy_init(), ::curl_easy_cleanup};
  std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)> headers{nullptr, ::curl_slist_free_all};
  HttpResponse response;
  uint64_t bytes_max = 0;
  bool too_long = false;
  char error[CURL_ERROR_SIZE] = "";

  void add_header(const std::string& header) { headers.reset(::curl_slist_append(headers.release(), header.c_str())); }

  static size_t write(char* bytes, size_t, size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.response.body.size() + count > transfer.bytes_max) {
      transfer.too_long = true;
      return 0;  // ends the transfer
    }
    transfer.response.body.append(bytes, count);
    return count;
  }

  static size_t read_header(char* bytes, size_t, size_t count, void* self) {
    HttpResponse& response = static_cast<Transfer*>(self)->response;
    std::string_view line(bytes, count);
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) response = {};  // of a redirect nothing stays
    const size_t colon = std::min(line.find(':'), line.size());
    const std::string name = lowered(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(std::min(colon + 1, line.size())));
    if (value.size() > fetch_header_bytes_max) return count;
    if (name == "etag") response.etag = value;
    if (name == "last-modified") response.last_modified = value;
    if (name == "x-taxii-date-added-last") response.date_added_last = value;
    return count;
  }

  template <typename Value>
  void set(CURLoption option, Value value) {
    ::curl_easy_setopt(easy.get(), option, value);
  }

  void set_bounds(const HttpRequest& request) {
    bytes_max = request.bytes_max;
    set(CURLOPT_TIMEOUT, static_cast<long>(request.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(std::min(request.timeout, fetch_connect_timeout).count()));
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("https:") ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, request.credentials.type == Credentials::Type::header ? 0L : 1L);
    set(CURLOPT_MAXREDIRS, fetch_redirects_max);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a name that is still being resolved does not hold up the end
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_USERAGENT, "sekisho");
    if (!request.ca_file.empty()) set(CURLOPT_CAINFO, request.ca_file.c_str());
  }

  void set_credentials(const Credentials& credentials) {
    switch (credentials.type) {
      case Credentials::Type::none: return;
      case Credentials::Type::basic:
        set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        set(CURLOPT_USERPWD, credentials.text.c_str());
        return;
      case Credentials::Type::bearer:
        set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        set(CURLOPT_XOAUTH2_BEARER, credentials.text.c_str());
        return;
      case Credentials::Type::header: add_header(credentials.text); return;
    }
  }
};

HttpClient::HttpClient() {
  initialise();
  multi_ = ::curl_multi_init();
}
HttpClient::~HttpClient() { ::curl_multi_cleanup(multi_); }

void HttpClient::stop() {
  stopping_ = true;
  ::curl_multi_wakeup(multi_);
}

Result<HttpResponse> HttpClient::get(const HttpRequest& request) {
  Transfer transfer;
  if (multi_ == nullptr || transfer.easy == nullptr) return fail("no memory for a request", request.url);
  transfer.set_bounds(request);
  transfer.set(CURLOPT_URL, request.url.c_str());
  transfer.set(CURLOPT_ERRORBUFFER, static_cast<char*>(transfer.error));
  transfer.set(CURLOPT_WRITEFUNCTION, &Transfer::write);
  transfer.set(CURLOPT_WRITEDATA, &transfer);
  transfer.set(CURLOPT_HEADERFUNCTION, &Transfer::read_header);
  transfer.set(CURLOPT_HEADERDATA, &transfer);
  for (const std::string& header : request.headers) transfer.add_header(header);
  transfer.set_credentials(request.credentials);
  transfer.set(CURLOPT_HTTPHEADER, transfer.headers.get());
  if (::curl_multi_add_handle(multi_, transfer.easy.get()) != CURLM_OK) return fail("a request could not begin", request.url);
  auto response = run(transfer, request);
  ::curl_multi_remove_handle(multi_, transfer.easy.get());
  return response;
}

Result<HttpResponse> HttpClient::run(Transfer& transfer, const HttpRequest& request) {
  int running = 1;
  while (running != 0) {
    if (stopping_) return fail("stopped", request.url);
    if (::curl_multi_perform(multi_, &running) != CURLM_OK) return fail("the request failed", request.url);
    if (running != 0) ::curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
  int left = 0;
  const CURLMsg* message = ::curl_multi_info_read(multi_, &left);
  const CURLcode code = message == nullptr ? CURLE_FAILED_INIT : message->data.result;
  if (transfer.too_long) return fail("more than " + std::to_string(request.bytes_max) + " bytes", request.url);
  if (code != CURLE_OK) return fail(transfer.error[0] != '\0' ? transfer.error : ::curl_easy_strerror(code), request.url);
  ::curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &transfer.response.status);
  curl_off_t retry_after_s = 0;
  if (::curl_easy_getinfo(transfer.easy.get(), CURLINFO_RETRY_AFTER, &retry_after_s) == CURLE_OK && retry_after_s > 0)
    transfer.response.retry_after_s = static_cast<uint64_t>(retry_after_s);
  return std::move(transfer.response);
}

}  // namespace sekisho
