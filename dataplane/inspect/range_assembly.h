// SPDX-License-Identifier: Apache-2.0
// Files that come as byte ranges, one after another, on one connection or several (RFC 9110 14): the digest
// of what came so far waits for the range that goes on there, so that a listed file is met though no response
// holds it whole.
//
// Thread-safety: one lcore; connections whose home is another lcore are not known here. Memory is fixed.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/content/file_hash.h"
#include "dataplane/inspect/limits.h"

namespace sekisho {

class RangeAssembly {
 public:
  // Who fetches what from whom. `name` is a hash without a secret: whoever makes two files collide has two
  // files mixed up.
  struct File {
    uint64_t name = 0;
    uint64_t total = 0;  // bytes
    bool operator==(const File&) const = default;
  };

  struct Beginning {
    const FileHash* hash = nullptr;  // valid until the next keep()
    uint64_t bytes = 0;
  };
  // What has come of the file, where it reaches to `first` or beyond it (ranges may overlap); else no hash.
  Beginning up_to(const File& file, uint64_t first) const;
  // What came now ends before `next`.
  void keep(const File& file, uint64_t next, const FileHash& hash);

 private:
  struct Entry {
    File file;
    uint64_t next = 0;  // 0: free
    uint64_t kept = 0;  // count of keep() at the time
    FileHash hash;
  };
  std::array<Entry, assembled_files_max> entries_;
  uint64_t kept_ = 0;
};

}  // namespace sekisho
