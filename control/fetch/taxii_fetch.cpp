// SPDX-License-Identifier: Apache-2.0
// A TAXII 2.1 collection (OASIS TAXII 2.1, 5.4 Get Objects): what was added since the last good fetch, page by page, joined with what is
// there. All pages or nothing: a fetch that fails in the middle asks for the same again.
#include "control/feeds/file_text.h"
#include "control/feeds/uuid.h"
#include "control/fetch/fetch.h"
#include "control/fetch/fetch_state.h"
#include "control/fetch/limits.h"
#include "control/fetch/stix_objects.h"
#include "control/publish/atomic_file.h"
#include "matchers/base/ascii.h"

namespace sekisho {

namespace {

std::string percent_encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    const auto lower = ascii_lower(byte);
    const bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) out += c;
    else out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

std::string page_url(const FetchWork& work, const std::string& added_after, const std::string& next) {
  std::string url = work.feed.fetch.url;
  if (!url.ends_with('/')) url += '/';
  url += "objects/?limit=" + std::to_string(taxii_page_objects);
  if (!added_after.empty()) url += "&added_after=" + percent_encoded(added_after);
  if (!next.empty()) url += "&next=" + percent_encoded(next);
  return url;
}

// Gets all pages; `last` becomes the time of the last object.
Result<void> get_pages(const FetchWork& work, const std::string& added_after, StixObjects& objects, std::string& last) {
  HttpRequest request = work.request;
  request.headers.push_back("Accept: application/taxii+json;version=2.1");
  std::string next;
  for (unsigned number = 0; number < taxii_pages_max; ++number) {
    request.url = page_url(work, added_after, next);
    const auto response = work.get(request);
    if (!response) return tl::unexpected(response.error());
    if (response->status != 200) return fail("the server answers with status " + std::to_string(response->status), request.url);
    const auto page = objects.take(response->body);
    if (!page) return fail("the answer " + page.error().text, request.url);
    if (objects.bytes() > work.request.bytes_max) return fail("the collection has more than " + std::to_string(work.request.bytes_max) + " bytes", work.feed.fetch.url);
    if (!response->date_added_last.empty()) last = response->date_added_last;
    if (!page->more) return {};
    if (page->next.empty() || page->next == next) return fail("the server has more and does not say where (next)", request.url);
    next = page->next;
  }
  return fail("more than " + std::to_string(taxii_pages_max) + " pages", work.feed.fetch.url);
}

}  // namespace

Result<Fetched> fetch_taxii(const FetchWork& work) {
  const FeedConfig& feed = work.feed;
  FetchState state = read_fetch_state(work.state_path());
  StixObjects objects;
  bool whole = false;
  if (state.url == feed.fetch.url)
    if (const auto file = read_file_text(feed.path, 2 * work.request.bytes_max)) whole = objects.take(file->text).has_value();
  if (!whole) state = {feed.fetch.url, {}, {}, {}, {}};
  objects.mark();
  std::string last = state.added_after;
  if (auto got = get_pages(work, state.added_after, objects, last); !got) return tl::unexpected(got.error());
  if (whole && !objects.changed()) {
    if (auto renewed = renew_file_time(feed.path); !renewed) return tl::unexpected(renewed.error());
  } else if (auto written = write_file_atomically(feed.path, objects.bundle("bundle--" + uuid_of(feed.fetch.url))); !written) {
    return tl::unexpected(written.error());
  }
  state.added_after = last;
  // After the objects: a crash in between fetches some of them again.
  if (auto written = write_fetch_state(work.state_path(), state); !written) return tl::unexpected(written.error());
  return whole && !objects.changed() ? Fetched::unchanged : Fetched::changed;
}

}  // namespace sekisho
