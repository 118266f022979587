// SPDX-License-Identifier: Apache-2.0
// STIX objects gathered by id, each in its newest version (STIX 2.1 3.6: the latest `modified` counts; a revoked version is one like any other).
// Only id and modified are looked at; what the objects say is the STIX feed's to read (control/feeds/stix_feed.cpp).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "matchers/base/result.h"

namespace sekisho {

// One answer of a TAXII collection (TAXII 2.1 3.7): is there more, and what is it called.
struct TaxiiPage {
  bool more = false;
  std::string next;
  size_t objects = 0;
};

class StixObjects {
 public:
  // Takes the objects of a bundle, or of a page of a collection. An error: the text is no JSON of that form; nothing of it was taken.
  Result<TaxiiPage> take(std::string_view text);
  // Whether an object was added or replaced since the beginning, or mark().
  bool changed() const { return changed_; }
  void mark() { changed_ = false; }

  uint64_t bytes() const { return bytes_; }  // of all objects
  size_t count() const { return objects_.size(); }
  // A bundle of all of them, in the order of their ids.
  std::string bundle(std::string_view bundle_id) const;

 private:
  struct Object {
    std::string modified;  // its version: see stix_version.h
    std::string text;
  };
  void put(std::string id, Object object);

  std::map<std::string, Object, std::less<>> objects_;
  uint64_t bytes_ = 0;
  bool changed_ = false;
};

}  // namespace sekisho
