// SPDX-License-Identifier: Apache-2.0
#include "control/files/incoming_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>

namespace sekisho {

struct IncomingFile::Hash {
  Hash() : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~Hash() { EVP_MD_CTX_free(context); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  EVP_MD_CTX* context;
};

IncomingFile::IncomingFile(FileStore& store, std::string path, FileDescriptor file)
    : store_(store), path_(std::move(path)), file_(std::move(file)), hash_(std::make_unique<Hash>()) {}

IncomingFile::~IncomingFile() {
  if (over_) return;
  ::unlink(path_.c_str());
  store_.release(bytes_);
}

std::unique_ptr<IncomingFile> IncomingFile::begin(FileStore& store) {
  std::string path = store.new_incoming();
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    store.count(&FileStoreCounters::write_errors);
    return nullptr;
  }
  return std::unique_ptr<IncomingFile>(new IncomingFile(store, std::move(path), std::move(file)));
}

bool IncomingFile::append(Bytes piece) {
  if (!store_.reserve(piece.size())) return false;
  bytes_ += piece.size();
  EVP_DigestUpdate(hash_->context, piece.data(), piece.size());
  while (!piece.empty()) {
    const ssize_t put = ::write(file_.get(), piece.data(), piece.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      store_.count(&FileStoreCounters::write_errors);
      return false;
    }
    piece = piece.subspan(static_cast<size_t>(put));
  }
  return true;
}

std::string IncomingFile::digest() {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(hash_->context, digest, &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) out.append({digits[digest[i] >> 4], digits[digest[i] & 15]});
  return out;
}

FileStore::Kept IncomingFile::keep(const std::string& sha256, const std::string& description) {
  if (::fsync(file_.get()) != 0) {
    store_.count(&FileStoreCounters::write_errors);
    return FileStore::Kept::failed;  // the destructor takes it away
  }
  over_ = true;
  return store_.keep(path_, sha256, bytes_, description);
}

}  // namespace sekisho
