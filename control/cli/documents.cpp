// SPDX-License-Identifier: Apache-2.0
#include "control/cli/documents.h"

#include <algorithm>
#include <vector>

#include "control/config/key_spec.h"
#include "dataplane/observe/fields.h"
#include "matchers/normalise/normalise.h"

namespace sekisho {

namespace {

using ArgumentForm = ArgumentSpec::Form;

struct GlobalOption {
  std::string_view name;
  std::string_view placeholder;
  std::string_view sentence;
};
constexpr GlobalOption global_options[] = {
    {"--json", "", "Print the answer as JSON."},
    {"--socket", "PATH", "The control socket; else SEKISHO_SOCKET, else /run/sekisho/control.sock."},
    {"--timeout", "SECONDS", "How long to wait for an answer."},
    {"--help", "", "Print help, of the program or of a verb."},
};

struct ExitRow {
  std::string_view code;
  std::string_view sentence;
};
constexpr ExitRow exit_rows[] = {
    {"0", "Done."},
    {"1", "Refused, or could not be done."},
    {"2", "The command line is wrong."},
    {"3", "The configuration is invalid."},
    {"4", "The daemon does not answer."},
    {"5", "The status is degraded: the appliance does not do its whole job."},
};

std::string usage_of(const VerbSpec& verb) {
  std::string out = "sekishoctl " + std::string(verb.name);
  for (const ArgumentSpec& argument : verb.arguments) {
    if (argument.form == ArgumentForm::positional) out.append(" ").append(argument.placeholder);
    if (argument.form == ArgumentForm::option) out.append(" [--").append(argument.name).append(" ").append(argument.placeholder).append("]");
    if (argument.form == ArgumentForm::flag) out.append(" [--").append(argument.name).append("]");
  }
  return out;
}

std::string padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

std::string option_text(const ArgumentSpec& argument) {
  if (argument.form == ArgumentForm::positional) return std::string(argument.placeholder);
  std::string out = "--" + std::string(argument.name);
  return argument.form == ArgumentForm::flag ? out : out + " " + std::string(argument.placeholder);
}

// roff: "-" is an option's dash, "\" and a leading "." or "'" would be requests.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if ((c == '.' || c == '\'') && out.empty()) out += std::string("\\&") + c;
    else out += c;
  }
  return out;
}

std::string man_head(std::string_view page, std::string_view section, std::string_view sentence) {
  std::string upper(page);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return ".\\\" SPDX-License-Identifier: Apache-2.0\n.TH " + upper + " " + std::string(section) + " \"\" \"sekisho " SEKISHO_VERSION
         "\" \"Sekisho\"\n.SH NAME\n" + roff(page) + " \\- " + roff(sentence) + "\n";
}

void man_entry(std::string& out, std::string_view term, std::string_view sentence) {
  out += ".TP\n.B " + roff(term) + "\n" + roff(sentence) + "\n";
}

std::vector<std::string_view> nouns() {
  std::vector<std::string_view> out;
  for (const VerbSpec& verb : verbs()) {
    const std::string_view noun = verb.name.substr(0, verb.name.find(' '));
    if (std::find(out.begin(), out.end(), noun) == out.end()) out.push_back(noun);
  }
  return out;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

template <typename Name>
std::string all_names(unsigned count, Name name) {
  std::string out;
  for (unsigned i = 0; i < count; ++i) out.append(out.empty() ? "" : " ").append(name(i));
  return out;
}

// What bash offers behind an option or as a positional: words, or "" for files.
std::string completion_words(std::string_view completion) {
  if (completion == "kind") return all_names(kind_count, [](unsigned i) { return kind_name(static_cast<Kind>(i)); });
  if (completion == "mode") return all_names(8, [](unsigned i) { return mode_name(static_cast<MatchMode>(i)); });
  return std::string(completion);
}

void man_keys(std::string& out, const SectionSpec& section, const std::string& path) {
  for (const KeySpec& spec : section.keys) {
    const std::string name = path + std::string(spec.name);
    std::string sentence(spec.sentence);
    if (!spec.unit.empty()) sentence += " Unit: " + std::string(spec.unit) + ".";
    if (spec.presence == Presence::required) sentence += " Required.";
    else if (!spec.fallback.empty()) sentence += " Default: " + std::string(spec.fallback) + ".";
    man_entry(out, name, sentence);
    if (spec.nested != nullptr) man_keys(out, *spec.nested, name + (spec.shape == Shape::sections ? "[]." : "."));
  }
}

std::string modes_of_kind(Kind kind) {
  std::string out;
  for (unsigned i = 0; i < 8; ++i)
    if ((modes_of(form_of(kind)) & mode_bit(static_cast<MatchMode>(i))) != 0) out.append(out.empty() ? "" : ", ").append(mode_name(static_cast<MatchMode>(i)));
  return out;
}

std::string fields_of_kind(Kind kind) {
  std::string out;
  for (const FieldSpec& spec : field_specs)
    if ((spec.kinds & kind_bit(kind)) != 0) out.append(out.empty() ? "" : ", ").append(spec.name);
  if (kind == Kind::compound) return "where its terms are";
  return out.empty() ? "logs of hosts that control is given" : out;
}

}  // namespace

std::string help_overview() {
  std::string out = "Usage: sekishoctl [OPTIONS] VERB [ARGUMENTS]\n\nVerbs:\n";
  for (const VerbSpec& verb : verbs()) out += "  " + padded(std::string(verb.name), 18) + std::string(verb.sentence) + "\n";
  out += "\nOptions:\n";
  for (const GlobalOption& option : global_options)
    out += "  " + padded(std::string(option.name) + " " + std::string(option.placeholder), 18) + std::string(option.sentence) + "\n";
  out += "\nExit codes:\n";
  for (const ExitRow& row : exit_rows) out += "  " + std::string(row.code) + "  " + std::string(row.sentence) + "\n";
  return out;
}

std::string help_of(const VerbSpec& verb) {
  std::string out = "Usage: " + usage_of(verb) + "\n\n" + std::string(verb.sentence) + "\n";
  if (!verb.arguments.empty()) out += "\n";
  for (const ArgumentSpec& argument : verb.arguments) out += "  " + padded(option_text(argument), 24) + std::string(argument.sentence) + "\n";
  return out;
}

std::string bash_completion() {
  std::string out =
      "# SPDX-License-Identifier: Apache-2.0\n# bash completion of sekishoctl. Made by `sekishoctl completion bash`.\n"
      "_sekishoctl() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $word == -* ]] || verb+=\"${verb:+ }$word\"; done\n"
      "  COMPREPLY=()\n"
      "  case $before in\n"
      "    --socket) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;\n"
      "    --timeout) return ;;\n";
  std::vector<std::string_view> seen;
  for (const VerbSpec& verb : verbs())
    for (const ArgumentSpec& argument : verb.arguments) {
      if (argument.form != ArgumentForm::option || std::find(seen.begin(), seen.end(), argument.name) != seen.end()) continue;
      seen.push_back(argument.name);
      out += "    --" + std::string(argument.name) + ") ";
      if (argument.completion == "file") out += "mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); ";
      else if (!argument.completion.empty())
        out += "mapfile -t COMPREPLY < <(compgen -W '" + completion_words(argument.completion) + "' -- \"$current\"); ";
      out += "return ;;\n";
    }
  out += "  esac\n  local words=\n  case $verb in\n    '') words='" + joined(nouns()) + "' ;;\n";
  for (const std::string_view noun : nouns()) {
    std::vector<std::string_view> after;
    for (const VerbSpec& verb : verbs())
      if (verb.name.starts_with(std::string(noun) + " ")) after.push_back(verb.name.substr(noun.size() + 1));
    if (!after.empty()) out += "    '" + std::string(noun) + "') words='" + joined(after) + "' ;;\n";
  }
  for (const VerbSpec& verb : verbs()) {
    std::string words = "--json --socket --timeout --help";
    bool files = false;
    for (const ArgumentSpec& argument : verb.arguments) {
      if (argument.form != ArgumentForm::positional) words += " --" + std::string(argument.name);
      else if (argument.completion == "file") files = true;
      else if (!argument.completion.empty()) words += " " + completion_words(argument.completion);
    }
    out += "    '" + std::string(verb.name) + "'*) words='" + words + "'";
    if (files) out += "; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")";
    out += " ;;\n";
  }
  return out +
         "  esac\n"
         "  local found\n"
         "  mapfile -t found < <(compgen -W \"$words\" -- \"$current\")\n"
         "  COMPREPLY+=(\"${found[@]}\")\n"
         "}\n"
         "complete -o filenames -F _sekishoctl sekishoctl\n";
}

std::string man_sekishoctl() {
  std::string out = man_head("sekishoctl", "8", "the operator's command line of Sekisho");
  out += ".SH SYNOPSIS\n.B sekishoctl\n[\\fIOPTIONS\\fR] \\fIVERB\\fR [\\fIARGUMENTS\\fR]\n.SH DESCRIPTION\n"
         "Speaks to\n.BR sekisho\\-control (8)\nover its socket; some verbs need no daemon.\n.SH OPTIONS\n";
  for (const GlobalOption& option : global_options)
    man_entry(out, std::string(option.name) + (option.placeholder.empty() ? "" : " ") + std::string(option.placeholder), option.sentence);
  out += ".SH VERBS\n";
  for (const VerbSpec& verb : verbs()) {
    out += ".SS " + roff(usage_of(verb).substr(11)) + "\n" + roff(verb.sentence) + "\n";
    for (const ArgumentSpec& argument : verb.arguments) man_entry(out, option_text(argument), argument.sentence);
  }
  out += ".SH EXIT STATUS\n";
  for (const ExitRow& row : exit_rows) man_entry(out, row.code, row.sentence);
  return out + ".SH SEE ALSO\n.BR sekisho.yaml (5)\n";
}

std::string man_sekisho_indicators() {
  std::string out = man_head("sekisho\\-indicators", "7", "what indicators mean to Sekisho");
  out += ".SH DESCRIPTION\nAn indicator is a kind, a value and a match mode. Traffic's values and indicators' are brought to one normal form, then compared.\n.SH FORMS\n";
  for (unsigned i = 0; i <= static_cast<unsigned>(Form::terms); ++i)
    man_entry(out, form_name(static_cast<Form>(i)), form_sentence(static_cast<Form>(i)));
  out += ".SH MODES\n";
  constexpr std::string_view sentences[] = {"The whole value.", "A name and every name below it.", "A URL and what lies below it.", "Every address of a network.",
                                            "Text anywhere in the value, in either case.", "An expression of Hyperscan's, anywhere unless anchored.",
                                            "The whole value, with * for any text and ? for one character.", "Every number from low to high, both counted."};
  for (unsigned i = 0; i < std::size(sentences); ++i) man_entry(out, mode_name(static_cast<MatchMode>(i)), sentences[i]);
  out += ".SH KINDS\n";
  for (unsigned i = 0; i < kind_count; ++i) {
    const auto kind = static_cast<Kind>(i);
    man_entry(out, kind_name(kind), "Form: " + std::string(form_name(form_of(kind))) + ". Modes: " + modes_of_kind(kind) + ". Met in: " + fields_of_kind(kind) + ".");
  }
  return out + ".SH SEE ALSO\n.BR sekishoctl (8)\n(indicator where, indicator lookup),\n.BR sekisho.yaml (5)\n";
}

std::string man_sekisho_yaml() {
  std::string out = man_head("sekisho.yaml", "5", "configuration of Sekisho");
  out += ".SH DESCRIPTION\nA YAML file. Unknown and duplicate keys are refused. Check it with\n.BR \"sekishoctl config check\" .\n.SH KEYS\n";
  man_keys(out, root_section(), {});
  return out + ".SH SEE ALSO\n.BR sekishoctl (8)\n";
}

}  // namespace sekisho
