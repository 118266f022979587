// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/file_type.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace sekisho;
using namespace std::string_literals;

namespace {
std::string_view type_of(const std::string& start) {
  const std::vector<uint8_t> exact(start.begin(), start.end());
  return file_type(exact);
}
std::string pe(bool with_header) {
  std::string file = "MZ" + std::string(126, '\0');
  file[60] = 100;
  if (with_header) file.replace(100, 4, "PE\0\0"s);
  return file;
}
std::string zip_of(const std::string& first_name) { return "PK\x03\x04" + std::string(26, '\0') + first_name; }
}  // namespace

BOOST_AUTO_TEST_CASE(files_are_told_by_their_first_bytes) {
  const std::pair<std::string, std::string_view> files[] = {
      {pe(true), "pe"}, {pe(false), ""}, {"MZ\x90", "pe"}, {"\x7f""ELF\x02", "elf"}, {"\xcf\xfa\xed\xfe", "macho"},
      {"\xca\xfe\xba\xbe\0\0\0\x02"s, "macho"}, {"\xca\xfe\xba\xbe\0\0\0\x34"s, "java"}, {"#!/bin/sh\n", "script"},
      {"\xef\xbb\xbf <?PHP echo", "php"}, {"@ECHO OFF\r\n", "batch"}, {"%PDF-1.7", "pdf"},
      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2"}, {"{\\rtf1", "rtf"}, {"\n<!DOCTYPE HTML>", "html"}, {"<?xml version", "xml"},
      {"<svg xmlns", "svg"}, {"<HTA:APPLICATION", "hta"}, {zip_of("a.txt"), "zip"}, {zip_of("META-INF/MANIFEST.MF"), "jar"},
      {zip_of("[Content_Types].xml"), "ooxml"}, {zip_of("mimetypeapplication/vnd.oasis.opendocument.text"), "odf"},
      {"PK\x05\x06", "zip"}, {"\x1f\x8b\x08\0"s, "gzip"}, {"Rar!\x1a\x07\x01", "rar"}, {"7z\xbc\xaf\x27\x1c", "7z"},
      {"\xfd""7zXZ\0"s, "xz"}, {std::string(257, 'a') + "ustar", "tar"}, {"MSCF\0\0\0\0"s, "cab"},
      {"\x89PNG\r\n\x1a\n", "png"}, {"\xff\xd8\xff\xe0", "jpeg"}, {"GIF89a", "gif"}, {"RIFF....WEBP", "webp"}, {"RIFF....WAVE", "wave"},
      {"....ftypisom", "mp4"}, {"....ftypheic", "heif"}, {"\xff\xfb\x90", "mp3"}, {"-----BEGIN CERTIFICATE-----", "pem"},
      {"SQLite format 3\0"s, "sqlite"}, {"L\0\0\0\x01\x14\x02\0"s, "lnk"}, {"plain text", ""}, {"", ""}};
  for (const auto& [start, type] : files) BOOST_TEST(type_of(start) == type);
}

BOOST_AUTO_TEST_CASE(any_prefix_of_anything_is_safe) {
  std::mt19937 random(9);
  for (unsigned round = 0; round < 2000; ++round) {
    std::string start = round % 2 == 0 ? zip_of("[Content_Types].xml") + pe(true) + std::string(100, 'z') : "MZRIFF\xff\xcaPK";
    for (unsigned i = 0; i < 3; ++i) start[random() % start.size()] = static_cast<char>(random());
    const std::string_view type = type_of(start.substr(0, random() % start.size()));
    BOOST_TEST(type.size() < 16U);
  }
}

BOOST_AUTO_TEST_CASE(every_name_is_a_token_and_documented) {
  const FileTypeNames all = file_type_names();
  const std::string_view* const end = all.names + all.count;
  const std::set<std::string_view> names(all.names, end);
  BOOST_TEST(names.size() == all.count);
  BOOST_TEST(names.size() >= 60U);
  for (const std::string_view name : names)
    BOOST_TEST((name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos), name);
}
