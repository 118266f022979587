// SPDX-License-Identifier: Apache-2.0
// A MISP feed: its manifest, and of the events that it names those that have changed, in a folder of their own. The manifest is written last, so
// what a reader finds beside it is what it names, or newer; a fetch that fails in the middle goes on from there the next time.
#include <filesystem>
#include <map>
#include <set>

#include "control/feeds/feed.h"
#include "control/feeds/file_text.h"
#include "control/feeds/limits.h"
#include "control/feeds/misp_manifest.h"
#include "control/feeds/signature.h"
#include "control/fetch/fetch.h"
#include "control/fetch/fetch_state.h"
#include "control/publish/atomic_file.h"

namespace sekisho {

namespace {

class MispFetch {
 public:
  explicit MispFetch(const FetchWork& work) : work_(work), folder_(std::filesystem::path(work.feed.path).parent_path()) {}

  Result<Fetched> run() {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed) return fail("cannot be made: " + failed.message(), folder_.string());
    FetchState state = read_fetch_state(work_.state_path());
    HttpRequest request = work_.request;
    if (have_manifest(state)) {
      if (!state.etag.empty()) request.headers.push_back("If-None-Match: " + state.etag);
      if (!state.last_modified.empty()) request.headers.push_back("If-Modified-Since: " + state.last_modified);
    }
    const auto response = work_.get(request);
    if (!response) return tl::unexpected(response.error());
    if (response->status == 304) return unchanged();
    const auto manifest = read_misp_manifest(response->body);
    if (!manifest) return fail("the answer " + manifest.error().text, request.url);
    if (manifest->size() > misp_events_max) return fail("the manifest has more than " + std::to_string(misp_events_max) + " events", request.url);
    bytes_ = response->body.size();
    for (const MispManifestEntry& entry : *manifest)
      if (auto got = get_event(entry); !got) return tl::unexpected(got.error());
    if (auto written = store(work_.feed.path, request.url, response->body); !written) return tl::unexpected(written.error());
    remove_others(*manifest);
    state = {work_.feed.fetch.url, work_.feed.public_key, response->etag, response->last_modified, {}};
    if (auto written = write_fetch_state(work_.state_path(), state); !written) return tl::unexpected(written.error());
    return Fetched::changed;
  }

 private:
  Result<Fetched> unchanged() const {
    if (auto renewed = renew_file_time(work_.feed.path); !renewed) return tl::unexpected(renewed.error());
    return Fetched::unchanged;
  }

  // What the manifest on disk says of each event.
  bool have_manifest(const FetchState& state) {
    if (state.url != work_.feed.fetch.url || state.public_key != work_.feed.public_key) return false;
    const auto file = read_file_text(work_.feed.path, feed_bytes_max);
    const auto manifest = file ? read_misp_manifest(file->text) : tl::unexpected(file.error());
    if (!manifest) return false;
    for (const MispManifestEntry& entry : *manifest) known_[entry.uuid] = entry.timestamp;
    return true;
  }

  std::string path_of(const std::string& uuid) const { return (folder_ / (uuid + ".json")).string(); }
  // ".../manifest.json?key=1" -> ".../UUID.json?key=1"
  std::string url_of(const std::string& uuid) const {
    const std::string& url = work_.feed.fetch.url;
    const size_t end = std::min(url.find_first_of("?#"), url.size());
    const size_t slash = url.rfind('/', end);
    return url.substr(0, slash + 1) + uuid + ".json" + url.substr(end);
  }

  Result<void> get_event(const MispManifestEntry& entry) {
    const auto known = known_.find(entry.uuid);
    const bool same = known != known_.end() && !entry.timestamp.empty() && known->second == entry.timestamp;
    std::error_code failed;
    if (same && std::filesystem::exists(path_of(entry.uuid), failed)) return {};
    HttpRequest request = work_.request;
    request.url = url_of(entry.uuid);
    const auto response = work_.get(request);
    if (!response) return tl::unexpected(response.error());
    bytes_ += response->body.size();
    if (bytes_ > work_.request.bytes_max) return fail("the feed has more than " + std::to_string(work_.request.bytes_max) + " bytes", work_.feed.fetch.url);
    FeedConfig event = work_.feed;
    event.format = FeedFormat::misp;
    if (const auto content = parse_feed(event, response->body, work_.now_s); !content) return fail("the answer " + content.error().text, request.url);
    return store(path_of(entry.uuid), request.url, response->body);
  }

  // With its signature first, where the feed is signed.
  Result<void> store(const std::string& path, const std::string& url, const std::string& body) const {
    if (!work_.feed.public_key.empty()) {
      const auto signature = get_signature(work_, url, body);
      if (!signature) return tl::unexpected(signature.error());
      if (auto written = write_file_atomically(path + std::string(signature_suffix), *signature); !written) return written;
    }
    return write_file_atomically(path, body);
  }

  // Events that the manifest no longer names.
  void remove_others(const std::vector<MispManifestEntry>& manifest) const {
    std::set<std::string> named;
    for (const MispManifestEntry& entry : manifest) named.insert(entry.uuid);
    std::error_code failed;
    for (const auto& file : std::filesystem::directory_iterator(folder_, failed)) {
      const std::string name = file.path().filename().string();
      const std::string uuid = name.substr(0, name.find('.'));
      if (is_misp_uuid(uuid) && !named.contains(uuid)) std::filesystem::remove(file.path(), failed);
    }
  }

  const FetchWork& work_;
  const std::filesystem::path folder_;
  std::map<std::string, std::string> known_;
  uint64_t bytes_ = 0;
};

}  // namespace

Result<Fetched> fetch_misp(const FetchWork& work) { return MispFetch(work).run(); }

}  // namespace sekisho
