// SPDX-License-Identifier: Apache-2.0
#include "control/cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "control/config/nearest.h"

namespace sekisho {

namespace {

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view nearest = nearest_word(word, known);
  return nearest.empty() ? std::string() : "; did you mean " + quoted(nearest) + "?";
}

class ArgumentReader {
 public:
  explicit ArgumentReader(std::span<const std::string> words) : words_(words) {}

  Result<Invocation> read() {
    if (const char* socket = std::getenv("SEKISHO_SOCKET"); socket != nullptr && *socket != '\0') out_.socket = socket;
    bool options_end = false;
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (!options_end && word == "--") options_end = true;
      else if (!options_end && word.size() > 1 && word[0] == '-') read_option(word);
      else plain_.push_back(word);
      if (!error_.empty()) return fail(error_);
    }
    read_plain();
    if (!error_.empty()) return fail(error_);
    return std::move(out_);
  }

 private:
  // Options stand anywhere, so they are kept until the verb is known.
  void read_option(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (name == "--json") out_.json = true;
    else if (name == "--help" || name == "-h") out_.help = true;
    else if (name == "--socket") out_.socket = value_of(word, equals);
    else if (name == "--timeout") read_timeout(value_of(word, equals));
    else if (name.starts_with("--")) options_.push_back({name.substr(2), equals, word, next_});
    else error_ = "unknown option " + quoted(name);
    if (!options_.empty() && options_.back().word == word && options_.back().next == next_ && takes_value(name.substr(2)) &&
        equals == std::string::npos) {
      if (next_ >= words_.size()) error_ = "option " + quoted(name) + " needs a value";
      else ++next_;
    }
  }

  std::string value_of(const std::string& word, size_t equals) {
    if (equals != std::string::npos) return word.substr(equals + 1);
    if (next_ < words_.size()) return words_[next_++];
    error_ = "option " + quoted(word) + " needs a value";
    return {};
  }

  void read_timeout(const std::string& text) {
    unsigned seconds = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error_.empty() && (code != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > 86400))
      error_ = quoted(text) + " is not a time-out: 1 to 86400 seconds";
    out_.timeout = std::chrono::seconds(seconds);
    out_.timeout_given = true;
  }

  // Whether any verb has this as an option with a value; no name is a flag of one verb and an option of another (a test).
  static bool takes_value(std::string_view name) {
    for (const VerbSpec& verb : verbs())
      for (const ArgumentSpec& argument : verb.arguments)
        if (argument.form == ArgumentSpec::Form::option && argument.name == name) return true;
    return false;
  }

  void read_plain() {
    if (plain_.empty()) {
      if (!out_.help) error_ = "no verb";
      return;
    }
    size_t used = 1;
    out_.verb = plain_.size() > 1 ? verb_named(plain_[0] + " " + plain_[1]) : nullptr;
    if (out_.verb != nullptr) used = 2;
    else out_.verb = verb_named(plain_[0]);
    if (out_.verb == nullptr) return unknown_verb();
    read_options();
    if (out_.help || !error_.empty()) return;
    read_positionals(std::span<const std::string>(plain_).subspan(used));
  }

  void unknown_verb() {
    if (out_.help) return;
    std::vector<std::string_view> known, after_noun;
    for (const VerbSpec& verb : verbs()) {
      const size_t blank = verb.name.find(' ');
      known.push_back(verb.name.substr(0, blank));
      if (blank != std::string_view::npos && verb.name.substr(0, blank) == plain_[0]) after_noun.push_back(verb.name.substr(blank + 1));
    }
    if (after_noun.empty()) {
      error_ = "unknown verb " + quoted(plain_[0]) + did_you_mean(plain_[0], known);
      return;
    }
    std::string list;
    for (const std::string_view verb : after_noun) list.append(list.empty() ? "" : ", ").append(verb);
    error_ = plain_.size() > 1 ? "unknown verb " + quoted(plain_[0] + " " + plain_[1]) + did_you_mean(plain_[1], after_noun)
                               : quoted(plain_[0]) + " needs one of " + list;
  }

  void read_options() {
    for (const Option& option : options_) {
      const auto spec = std::find_if(out_.verb->arguments.begin(), out_.verb->arguments.end(), [&](const ArgumentSpec& a) {
        return a.name == option.bare() && a.form != ArgumentSpec::Form::positional;
      });
      if (spec == out_.verb->arguments.end()) {
        std::vector<std::string_view> known = {"json", "socket", "timeout", "help"};
        for (const ArgumentSpec& a : out_.verb->arguments)
          if (a.form != ArgumentSpec::Form::positional) known.push_back(a.name);
        error_ = quoted(out_.verb->name) + " has no option \"--" + option.bare() + "\"" + did_you_mean(option.bare(), known);
        return;
      }
      const bool has_value = option.equals != std::string::npos;
      if (spec->form == ArgumentSpec::Form::flag) {
        if (has_value) error_ = "option \"--" + option.bare() + "\" takes no value";
        out_.flags.insert(option.bare());
      } else {
        out_.values[option.bare()] = has_value ? option.word.substr(option.equals + 1) : words_[option.next];
      }
    }
  }

  void read_positionals(std::span<const std::string> words) {
    for (const ArgumentSpec& spec : out_.verb->arguments) {
      if (spec.form != ArgumentSpec::Form::positional) continue;
      if (words.empty()) {
        error_ = quoted(out_.verb->name) + " needs " + std::string(spec.placeholder);
        return;
      }
      out_.values[std::string(spec.name)] = words.front();
      words = words.subspan(1);
    }
    if (!words.empty()) error_ = quoted(out_.verb->name) + " does not take " + quoted(words.front());
  }

  struct Option {
    std::string name;  // without dashes, with "=value"
    size_t equals;
    std::string word;
    size_t next;       // index of the word behind
    std::string bare() const { return name.substr(0, name.find('=')); }
  };

  std::span<const std::string> words_;
  size_t next_ = 0;
  std::vector<std::string> plain_;
  std::vector<Option> options_;
  Invocation out_;
  std::string error_;
};

}  // namespace

Result<Invocation> read_arguments(std::span<const std::string> words) { return ArgumentReader(words).read(); }

}  // namespace sekisho
