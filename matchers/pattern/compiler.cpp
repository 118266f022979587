// SPDX-License-Identifier: Apache-2.0
#include "matchers/pattern/compiler.h"

#include <hs/hs_compile.h>
#include <hs/hs_runtime.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "matchers/limits.h"
#include "matchers/pattern/database.h"

namespace sekisho {

namespace {

struct FreeCompileError {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};
using CompileError = std::unique_ptr<hs_compile_error_t, FreeCompileError>;
struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

void put_escaped(uint8_t byte, std::string& out) {
  constexpr char digits[] = "0123456789abcdef";
  const bool plain = (byte >= '0' && byte <= '9') || (ascii_lower(byte) >= 'a' && ascii_lower(byte) <= 'z');
  if (plain) {
    out += static_cast<char>(byte);
  } else {
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

std::string escape(Bytes literal) {
  std::string out;
  for (const uint8_t byte : literal) put_escaped(byte, out);
  return out;
}

std::string translate_glob(Bytes glob) {
  std::string out = "^";
  for (const uint8_t byte : glob) {
    if (byte == '*')
      out += ".*";
    else if (byte == '?')
      out += '.';
    else
      put_escaped(byte, out);
  }
  return out + "\\z";
}

unsigned flags_of(const PatternSource& source) {
  unsigned flags = 0;
  if (source.mode != MatchMode::regex || source.lowered) flags |= HS_FLAG_CASELESS;
  if (source.mode == MatchMode::glob) flags |= HS_FLAG_DOTALL;
  return flags;
}

class Compilation {
 public:
  Compilation(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features)
      : sources_(sources), mode_(use == PatternUse::block ? HS_MODE_BLOCK : HS_MODE_STREAM), accepted_(sources.size(), true) {
    platform_.tune = HS_TUNE_FAMILY_GENERIC;
    platform_.cpu_features = cpu_features;
    for (const PatternSource& source : sources) expressions_.push_back(expression_of(source));
  }

  CompiledPatterns run() {
    for (size_t i = 0; i < sources_.size(); ++i)
      if (sources_[i].mode == MatchMode::regex) check_syntax(i);
    Database database = compile_all();
    if (!database) {  // too many refusals one by one: try each regex and glob alone, then the rest together
      for (size_t i = 0; i < sources_.size(); ++i)
        if (accepted_[i] && sources_[i].mode != MatchMode::literal) check_alone(i);
      database = compile_all();
    }
    CompiledPatterns out;
    if (database) out.database = flatten(*database);
    if (!database)
      for (size_t i = 0; i < sources_.size(); ++i) refuse(i, "the set as a whole is too large for Hyperscan");
    std::sort(refused_.begin(), refused_.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
    out.refused = std::move(refused_);
    return out;
  }

 private:
  void refuse(size_t index, std::string reason) {
    if (!accepted_[index]) return;
    accepted_[index] = false;
    refused_.push_back({index, std::move(reason)});
  }

  // Cheap: parses, does not build.
  void check_syntax(size_t index) {
    hs_compile_error_t* error = nullptr;
    hs_expr_info_t* about = nullptr;
    if (sources_[index].value.size() != std::char_traits<char>::length(expressions_[index].c_str()))
      return refuse(index, "a regular expression cannot contain a NUL byte; write \\x00");
    if (hs_expression_info(expressions_[index].c_str(), flags_of(sources_[index]), &about, &error) != HS_SUCCESS) {
      const CompileError owned(error);
      refuse(index, owned ? owned->message : "refused by Hyperscan");
    }
    std::free(about);
  }

  void check_alone(size_t index) {
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile(expressions_[index].c_str(), flags_of(sources_[index]), mode_, &platform_, &database, &error) != HS_SUCCESS) {
      const CompileError owned(error);
      refuse(index, owned ? owned->message : "refused by Hyperscan");
    }
    const Database unused(database);
  }

  // Null where nothing is left, or where the set still fails after pattern_retries_max refusals.
  Database compile_all() {
    for (unsigned attempt = 0; attempt < pattern_retries_max; ++attempt) {
      std::vector<const char*> expressions;
      std::vector<unsigned> flags, numbers;
      std::vector<size_t> indices;
      for (size_t i = 0; i < sources_.size(); ++i) {
        if (!accepted_[i]) continue;
        expressions.push_back(expressions_[i].c_str());
        flags.push_back(flags_of(sources_[i]));
        numbers.push_back(static_cast<unsigned>(numbers.size()));
        indices.push_back(i);
      }
      if (expressions.empty()) return nullptr;
      hs_database_t* database = nullptr;
      hs_compile_error_t* raw = nullptr;
      const auto count = static_cast<unsigned>(expressions.size());
      if (hs_compile_multi(expressions.data(), flags.data(), numbers.data(), count, mode_, &platform_, &database, &raw) == HS_SUCCESS)
        return Database(database);
      const CompileError error(raw);
      if (!error || error->expression < 0 || static_cast<size_t>(error->expression) >= indices.size()) return nullptr;
      refuse(indices[static_cast<size_t>(error->expression)], error->message);
    }
    return nullptr;
  }

  // The bytes of the database as deserialised at a multiple of 64, which makes them position-independent modulo 64.
  static std::vector<uint8_t> flatten(const hs_database_t& database) {
    char* serialised = nullptr;
    size_t length = 0, bytes = 0;
    if (hs_serialize_database(&database, &serialised, &length) != HS_SUCCESS) return {};
    const std::unique_ptr<char, decltype(&std::free)> owned(serialised, &std::free);
    if (hs_serialized_database_size(serialised, length, &bytes) != HS_SUCCESS) return {};
    const size_t rounded = (bytes + database_alignment - 1) / database_alignment * database_alignment;
    const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(database_alignment, rounded), &std::free);
    if (!memory) throw std::bad_alloc();
    std::memset(memory.get(), 0, rounded);
    if (hs_deserialize_database_at(serialised, length, static_cast<hs_database_t*>(memory.get())) != HS_SUCCESS) return {};
    const auto* first = static_cast<const uint8_t*>(memory.get());
    return {first, first + rounded};
  }

  std::span<const PatternSource> sources_;
  unsigned mode_;
  hs_platform_info_t platform_{};
  std::vector<std::string> expressions_;
  std::vector<bool> accepted_;
  std::vector<PatternRefusal> refused_;
};

}  // namespace

std::string expression_of(const PatternSource& source) {
  if (source.mode == MatchMode::literal) return escape(source.value);
  if (source.mode == MatchMode::glob) return translate_glob(source.value);
  return std::string(as_text(source.value));
}

CompiledPatterns compile_patterns(std::span<const PatternSource> sources, PatternUse use, uint64_t cpu_features) {
  return Compilation(sources, use, cpu_features).run();
}

}  // namespace sekisho
