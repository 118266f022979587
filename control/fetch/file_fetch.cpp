// SPDX-License-Identifier: Apache-2.0
// A feed that is one file: asked for only if it changed, read once on trial before it replaces the last good one.
#include "control/feeds/feed.h"
#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/feeds/signature.h"
#include "control/fetch/fetch.h"
#include "control/fetch/fetch_state.h"
#include "control/publish/atomic_file.h"

namespace sekisho {

namespace {

// Whether the file on disk is the one that `state` speaks of. A crash between file and signature leaves a pair that does not verify.
bool is_whole(const FeedConfig& feed, const FetchState& state) {
  if (state.url != feed.fetch.url || state.public_key != feed.public_key) return false;
  const auto file = read_file_text(feed.path, feed_bytes_max);
  if (!file) return false;
  return feed.public_key.empty() || verify_signature_file(feed.public_key, feed.path, file->text).has_value();
}

// A login page is no feed: what has no line that can be used does not replace one that has.
Result<void> try_to_read(const FetchWork& work, std::string_view text) {
  if (text.empty()) return fail("the answer is empty", work.feed.fetch.url);
  const auto content = parse_feed(work.feed, text, work.now_s);
  if (!content) return tl::unexpected(content.error());
  const FeedReport& report = content->report;
  if (report.rejected == 0 || report.loaded + report.duplicate + report.expired != 0) return {};
  return fail("none of its " + std::to_string(report.rejected) + " indicators can be used; the first: " + describe(report.problems.front()),
              work.feed.fetch.url);
}

}  // namespace

Result<Fetched> fetch_file(const FetchWork& work) {
  const FeedConfig& feed = work.feed;
  HttpRequest request = work.request;
  FetchState state = read_fetch_state(work.state_path());
  if (is_whole(feed, state)) {
    if (!state.etag.empty()) request.headers.push_back("If-None-Match: " + state.etag);
    if (!state.last_modified.empty()) request.headers.push_back("If-Modified-Since: " + state.last_modified);
  }
  const auto response = work.get(request);
  if (!response) return tl::unexpected(response.error());
  if (response->status == 304) {
    if (auto renewed = renew_file_time(feed.path); !renewed) return tl::unexpected(renewed.error());
    return Fetched::unchanged;
  }
  if (!feed.public_key.empty()) {
    const auto signature = get_signature(work, request.url, response->body);
    if (!signature) return tl::unexpected(signature.error());
    if (auto good = try_to_read(work, response->body); !good) return tl::unexpected(good.error());
    if (auto written = write_file_atomically(feed.path + std::string(signature_suffix), *signature); !written) return tl::unexpected(written.error());
  } else if (auto good = try_to_read(work, response->body); !good) {
    return tl::unexpected(good.error());
  }
  if (auto written = write_file_atomically(feed.path, response->body); !written) return tl::unexpected(written.error());
  state = {feed.fetch.url, feed.public_key, response->etag, response->last_modified, {}};
  if (auto written = write_fetch_state(work.state_path(), state); !written) return tl::unexpected(written.error());
  return Fetched::changed;
}

}  // namespace sekisho
