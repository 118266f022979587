// SPDX-License-Identifier: Apache-2.0
#include "control/patterns/pattern_cache.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "control/patterns/encoded.h"
#include "control/publish/atomic_file.h"
#include "matchers/pattern/database.h"

namespace sekisho {

namespace {

namespace fs = std::filesystem;

// In every key: a change of the file's form or of what expressions are made from patterns is a new number.
constexpr std::string_view format = "sekisho patterns 1";

using Digest = std::array<uint8_t, 32>;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(Bytes bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  void add_sized(Bytes bytes) {
    add_number(bytes.size());
    add(bytes);
  }
  void add_number(uint64_t number) { add({reinterpret_cast<const uint8_t*>(&number), sizeof number}); }
  Digest finish() {
    Digest out{};
    EVP_DigestFinal_ex(context_.get(), out.data(), nullptr);
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// A file is the digest of its key and encoding, then the encoding: one that was renamed is as damaged as one that was cut.
Digest digest_of(const std::string& key, Bytes encoding) {
  Sha256 hash;
  hash.add_sized(as_bytes(key));
  hash.add(encoding);
  return hash.finish();
}

std::optional<std::vector<uint8_t>> read_whole(const std::string& path, uint64_t bytes_max) {
  std::error_code error;
  const uint64_t size = fs::file_size(path, error);
  if (error || size > bytes_max) return std::nullopt;
  std::vector<uint8_t> out(size);
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size))) return std::nullopt;
  return out;
}

}  // namespace

std::string PatternCache::key(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
  Sha256 hash;
  hash.add_sized(as_bytes(format));
  hash.add_sized(as_bytes(hyperscan_version()));
  hash.add_number(static_cast<uint64_t>(use));
  hash.add_number(cpu_features);
  for (const PatternSource& source : sources) {
    hash.add_number(static_cast<uint64_t>(source.mode) << 1 | (source.lowered ? 1 : 0));
    hash.add_sized(source.value);
  }
  std::string out;
  for (const uint8_t byte : hash.finish()) out.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]});
  return out;
}

std::optional<CompiledPatterns> PatternCache::find(const std::string& key, size_t count) {
  const std::string path = file_of(key);
  std::error_code error;
  if (!fs::exists(path, error)) return ++counters_.misses, std::nullopt;
  if (const auto bytes = read_whole(path, bytes_max_); bytes && bytes->size() >= sizeof(Digest)) {
    const Bytes encoding = Bytes(*bytes).subspan(sizeof(Digest));
    const Digest digest = digest_of(key, encoding);
    if (std::equal(digest.begin(), digest.end(), bytes->begin()))
      if (auto compiled = decode(encoding, count)) {
        ++counters_.hits;
        fs::last_write_time(path, fs::file_time_type::clock::now(), error);  // used
        return compiled;
      }
  }
  ++counters_.damaged;
  ++counters_.misses;
  fs::remove(path, error);
  return std::nullopt;
}

// Until `bytes` more fit.
void PatternCache::make_room(uint64_t bytes) {
  struct Kept {
    fs::file_time_type used;
    uint64_t size;
    fs::path path;
  };
  std::vector<Kept> kept;
  uint64_t total = bytes;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    std::error_code gone;
    const Kept one{entry.last_write_time(gone), entry.file_size(gone), entry.path()};
    if (gone) continue;
    total += one.size;
    kept.push_back(one);
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
  for (size_t i = 0; i < kept.size() && total > bytes_max_; ++i) {
    fs::remove(kept[i].path, error);
    total -= kept[i].size;
    ++counters_.evicted;
  }
}

void PatternCache::keep(const std::string& key, const CompiledPatterns& compiled) {
  const std::vector<uint8_t> encoding = encode(compiled);
  const Digest digest = digest_of(key, encoding);
  std::string content(digest.begin(), digest.end());
  content.append(encoding.begin(), encoding.end());
  if (content.size() > bytes_max_) return ++counters_.failed, void(last_error_ = "larger than the whole cache");
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return ++counters_.failed, void(last_error_ = "cannot be made: " + folder_);
  make_room(content.size());
  if (const auto written = write_file_atomically(file_of(key), content); !written) {
    ++counters_.failed;
    last_error_ = describe(written.error());
  }
}

}  // namespace sekisho
