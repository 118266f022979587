// SPDX-License-Identifier: Apache-2.0
#include "control/feeds/rule_contents.h"

#include <algorithm>
#include <charconv>

#include "control/feeds/line_reader.h"
#include "control/feeds/sniff.h"

namespace sekisho {

namespace {

// Sticky buffers ("http.host; content:..") and their older names, which stand behind the content they modify.
constexpr RuleBuffer buffers[] = {
    {"http.host", Kind::domain},        {"http_host", Kind::domain},
    {"http.host.raw", Kind::domain},    {"http_raw_host", Kind::domain},
    {"dns.query", Kind::domain},        {"dns_query", Kind::domain},
    {"dns.queries.rrname", Kind::domain},
    {"tls.sni", Kind::domain},          {"tls_sni", Kind::domain},
    {"http.uri", Kind::url, true},      {"http_uri", Kind::url, true},
    {"http.uri.raw", Kind::url, true},  {"http_raw_uri", Kind::url, true},
    {"http.user_agent", Kind::user_agent}, {"http_user_agent", Kind::user_agent},
    {"ja3.hash", Kind::ja3},            {"ja3_hash", Kind::ja3},
    {"ja3s.hash", Kind::ja3s},          {"ja4.hash", Kind::ja4},
    {"tls.cert_subject", Kind::certificate_subject}, {"tls_cert_subject", Kind::certificate_subject},
    {"tls.cert_serial", Kind::certificate_serial},   {"tls_cert_serial", Kind::certificate_serial},
    {"tls.cert_fingerprint", Kind::certificate_sha1}, {"tls_cert_fingerprint", Kind::certificate_sha1},
    {"file.name", Kind::file_name},     {"email.subject", Kind::subject}};

// Options that say nothing of what is met: texts, and the direction or state of a flow that shows the value anyway.
constexpr std::string_view without_effect[] = {"msg",      "sid",    "rev",  "gid",           "classtype", "metadata",           "reference", "priority",
                                               "target",   "flow",   "rem",  "fast_pattern", "filestore", "service", "tag", "to_lowercase",
                                               "fast_pattern_offset", "fast_pattern_length"};

bool is_http_buffer_modifier(std::string_view name) { return name.find('_') != std::string_view::npos; }

bool read_count(std::string_view text, size_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

class ContentReader {
 public:
  explicit ContentReader(RuleContents& out) : out_(out) {}

  std::string read(const RuleText& rule) {
    for (const RuleOption& option : rule.options)
      if (std::string reason = read_option(option); !reason.empty()) return reason;
    return check_sizes();
  }

 private:
  using Function = std::string (ContentReader::*)(const RuleOption& option);
  struct Row {
    std::string_view name;
    Function function;
  };
  static const Row rows[];

  std::string read_option(const RuleOption& option);

  // An older name behind a content that has no buffer yet modifies that content; else it is sticky.
  std::string read_buffer(const RuleBuffer& buffer) {
    if (is_http_buffer_modifier(buffer.name) && !out_.contents.empty() && out_.contents.back().buffer == nullptr) {
      out_.contents.back().buffer = &buffer;
      return {};
    }
    sticky_ = &buffer;
    dotted_ = false;
    size_ = 0;
    return {};
  }

  std::string read_content(const RuleOption& option) {
    RuleContent content;
    std::string_view text = option.value;
    if (text.starts_with('!')) {
      content.negated = true;
      text = trimmed(text.substr(1));
    }
    if (unquoted(text).size() == text.size()) return "has a content without quotes";
    auto bytes = rule_bytes(unquoted(text));
    if (!bytes || bytes->empty()) return "has a content that cannot be read: " + shown(option.value);
    content.bytes = std::move(*bytes);
    content.buffer = sticky_;
    content.dotted = dotted_;
    out_.contents.push_back(std::move(content));
    sizes_.push_back(size_);
    return {};
  }

  std::string read_dotprefix(const RuleOption&) {
    dotted_ = true;
    return {};
  }
  template <bool RuleContent::* flag>
  std::string read_flag(const RuleOption& option) {
    if (out_.contents.empty()) return "has " + shown(option.name) + " before a content";
    out_.contents.back().*flag = true;
    return {};
  }
  // depth as long as the content, from the start on, is startswith.
  std::string read_depth(const RuleOption& option) {
    size_t count = 0;
    if (out_.contents.empty() || !read_count(option.value, count)) return "has a depth that cannot be read";
    if (count != out_.contents.back().bytes.size()) return "looks in a part of its buffer (depth)";
    out_.contents.back().at_start = true;
    return {};
  }
  std::string read_offset(const RuleOption& option) {
    size_t count = 0;
    return read_count(option.value, count) && count == 0 ? "" : "looks in a part of its buffer (offset)";
  }
  // isdataat:!1,relative: nothing behind the content.
  std::string read_isdataat(const RuleOption& option) {
    if (option.value != "!1,relative" && option.value != "!1, relative") return "uses \"isdataat\"";
    return read_flag<&RuleContent::at_end>(option);
  }
  // The bytes of the buffer, before or behind its content.
  std::string read_bsize(const RuleOption& option) {
    size_t count = 0;
    if (!read_count(option.value, count) || count == 0) return "compares its buffer's size";
    size_ = count;
    if (!sizes_.empty() && out_.contents.back().buffer == sticky_) sizes_.back() = count;
    return {};
  }
  std::string read_urilen(const RuleOption& option) {
    size_t count = 0;
    if (!read_count(option.value, count)) return "compares the length of its URI";
    uri_size_ = count;
    return {};
  }
  std::string read_digest_list(const RuleOption& option) {
    if (option.value.starts_with('!')) return "names files that are not in a list";
    const Kind kind = option.name == "filemd5" ? Kind::md5 : option.name == "filesha1" ? Kind::sha1 : Kind::sha256;
    out_.digest_lists.push_back({kind, unquoted(option.value)});
    return {};
  }
  std::string read_flow_bits(const RuleOption& option) {
    if (option.value.starts_with("noalert")) return "raises no alert";
    return option.value.starts_with("isset") || option.value.starts_with("isnotset") ? "depends on what other rules met" : "";
  }
  std::string read_threshold(const RuleOption& option) {
    return option.value.find("type limit") != std::string_view::npos ? "" : "counts before it alerts";
  }
  std::string read_noalert(const RuleOption&) { return "raises no alert"; }

  std::string check_sizes() {
    for (size_t i = 0; i < out_.contents.size(); ++i) {
      RuleContent& content = out_.contents[i];
      const bool is_uri = content.buffer != nullptr && content.buffer->is_uri;
      const size_t size = sizes_[i] == 0 && is_uri ? uri_size_ : sizes_[i];
      if (size == 0) continue;
      const size_t bytes = content.bytes.size() - (content.dotted && content.bytes.front() == '.' ? 1 : 0);
      if (size != bytes && size != content.bytes.size()) return "has a buffer longer than its content (bsize)";
      content.at_start = content.at_end = true;
    }
    return {};
  }

  RuleContents& out_;
  std::vector<size_t> sizes_;  // of each content's buffer; 0 = not told
  const RuleBuffer* sticky_ = nullptr;
  bool dotted_ = false;
  size_t size_ = 0, uri_size_ = 0;
};

const ContentReader::Row ContentReader::rows[] = {
    {"content", &ContentReader::read_content},         {"dotprefix", &ContentReader::read_dotprefix},
    {"nocase", &ContentReader::read_flag<&RuleContent::nocase>},
    {"startswith", &ContentReader::read_flag<&RuleContent::at_start>},
    {"endswith", &ContentReader::read_flag<&RuleContent::at_end>},
    {"depth", &ContentReader::read_depth},             {"offset", &ContentReader::read_offset},
    {"isdataat", &ContentReader::read_isdataat},       {"bsize", &ContentReader::read_bsize},
    {"urilen", &ContentReader::read_urilen},           {"filemd5", &ContentReader::read_digest_list},
    {"filesha1", &ContentReader::read_digest_list},    {"filesha256", &ContentReader::read_digest_list},
    {"flowbits", &ContentReader::read_flow_bits},      {"xbits", &ContentReader::read_flow_bits},
    {"threshold", &ContentReader::read_threshold},     {"noalert", &ContentReader::read_noalert}};

std::string ContentReader::read_option(const RuleOption& option) {
  if (std::find(std::begin(without_effect), std::end(without_effect), option.name) != std::end(without_effect)) return {};
  for (const RuleBuffer& buffer : buffers)
    if (buffer.name == option.name) return read_buffer(buffer);
  for (const Row& row : rows)
    if (row.name == option.name) return (this->*row.function)(option);
  return "uses " + shown(option.name);
}

}  // namespace

std::string read_rule_contents(const RuleText& rule, RuleContents& out) { return ContentReader(out).read(rule); }

}  // namespace sekisho
