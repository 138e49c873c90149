#include "cli/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

#define CXXOPTS_NO_REGEX true  // <regex> takes seconds to compile and recurses on long arguments
#include <cxxopts.hpp>

namespace cli {
namespace {

std::string helpHint(const Command* command) {
  return command == nullptr ? "\"kubectl istio-ca --help\" lists the commands and options"
                            : fmt::format("\"kubectl istio-ca {} --help\" lists the options", command->name);
}

/// What the parser's message quotes first: what it is about. cxxopts 3.0 writes \u2018x\u2019, 3.2 'x'.
std::string quoted(std::string_view message) {
  using Quotes = std::pair<std::string_view, std::string_view>;
  for (const auto& [open, close] : {Quotes{"\u2018", "\u2019"}, Quotes{"'", "'"}}) {
    const std::size_t begin = message.find(open);
    if (begin == std::string_view::npos) continue;
    const std::size_t end = message.find(close, begin + open.size());
    if (end != std::string_view::npos)
      return std::string(message.substr(begin + open.size(), end - begin - open.size()));
  }
  return {};
}

std::string dashed(const std::string& option) {
  return (option.size() == 1 ? "-" : "--") + option;
}

/// "rotate, plan and status": the commands that have this option.
std::string ownersOf(const std::string& option, const std::vector<Command>& commands) {
  std::vector<std::string> owners;
  for (const Command& command : commands) {
    const bool has =
        std::any_of(command.options.begin(), command.options.end(), [&](const Option& candidate) {
          return candidate.name == option || (option.size() == 1 && candidate.letter == option[0]);
        });
    if (has && !command.hidden) owners.emplace_back(command.name);
  }
  return base::join(owners, ", ");
}

base::Error unknownOption(const std::string& option, const Command* command,
                          const std::vector<const Option*>& all, const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Option* candidate : all) names.push_back("--" + std::string(candidate->name));
  const auto close = base::didYouMean(dashed(option), names);
  const std::string of = command == nullptr ? "" : fmt::format(" for {}", command->name);
  const std::string owners = ownersOf(option, commands);
  return usageError(fmt::format("unknown option {}{}", dashed(option), of),
                    close             ? fmt::format("did you mean {}?", *close)
                    : !owners.empty() ? fmt::format("it is an option of {}", owners)
                                      : helpHint(command));
}

base::Status checkChoice(const std::vector<std::string_view>& choices, const std::string& value,
                         const std::string& of) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  const std::vector<std::string> names(choices.begin(), choices.end());
  const auto close = base::didYouMean(value, names);
  return base::fail(usageError(
      fmt::format("{}: there is no \"{}\"", of, value),
      (close ? fmt::format("did you mean \"{}\"? ", *close) : "") + "one of: " + base::join(names, ", ")));
}

base::Status checkValue(const Option& option, const std::string& value) {
  const std::string name = "--" + std::string(option.name);
  switch (option.takes) {
    case Takes::duration:
      if (auto parsed = base::parseDuration(value); !parsed) {
        return base::fail(usageError(fmt::format("{}: \"{}\" is not a duration", name, value),
                                     "write it like 90s, 5m or 1h30m"));
      }
      return {};
    case Takes::number: {
      int number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc() || end != value.data() + value.size() || number < 0) {
        return base::fail(usageError(fmt::format("{}: \"{}\" is not a number", name, value)));
      }
      return {};
    }
    case Takes::choice:
      return checkChoice(option.choices, value, name);
    case Takes::file:
    case Takes::directory:
    case Takes::nameSpace:
    case Takes::backup:
      if (value.empty()) return base::fail(usageError(fmt::format("{} is empty", name)));
      return {};
    case Takes::nothing:
    case Takes::text:
    case Takes::command:
    case Takes::context:  // empty is as good as not given, as with kubectl
    case Takes::cluster:
    case Takes::user:
    case Takes::workload:  // checked where they are read
    case Takes::waiver:
      return {};
  }
  return {};
}

base::Status checkWords(const Command& command, const Options& options) {
  const std::size_t count = options.words().size();
  if (count > command.words.most) {
    return base::fail(
        usageError(fmt::format("{} does not take \"{}\"", command.name, options.words()[command.words.most]),
                   helpHint(&command)));
  }
  if (count < command.words.least) {
    return base::fail(
        usageError(fmt::format("{} wants {}", command.name, command.words.name), helpHint(&command)));
  }
  if (command.words.takes != Takes::choice) return {};
  for (const std::string& word : options.words())
    TRY(checkChoice(command.words.choices, word, std::string(command.name)));
  return {};
}

/// One strict parser for what this command takes.
cxxopts::Options parserFor(const std::vector<const Option*>& options) {
  cxxopts::Options parser("kubectl-istio-ca");
  auto add = parser.add_options();
  for (const Option* option : options) {
    const std::string name = option->letter == 0
                                 ? std::string(option->name)
                                 : std::string{option->letter, ','} + std::string(option->name);
    // Strings, not vectors: cxxopts cuts a vector's values at commas. Repetition is read from arguments().
    if (option->takes == Takes::nothing) {
      add(name, "", cxxopts::value<bool>());
    } else {
      add(name, "", cxxopts::value<std::string>());
    }
  }
  return parser;
}

struct Parsed {
  std::vector<std::pair<std::string, std::string>> options;  // long name and value, as given
  std::vector<std::string> words;
};

base::Result<Parsed> parseStrictly(const std::vector<std::string>& words, const Command* command,
                                   const std::vector<const Option*>& options,
                                   const std::vector<Command>& commands) {
  std::vector<const char*> argv{"kubectl-istio-ca"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  try {
    cxxopts::Options parser = parserFor(options);
    const cxxopts::ParseResult result = parser.parse(static_cast<int>(argv.size()), argv.data());
    Parsed parsed;
    for (const auto& argument : result.arguments())
      parsed.options.emplace_back(argument.key(), argument.value());
    parsed.words = result.unmatched();
    return parsed;
  } catch (const cxxopts::exceptions::no_such_option& e) {
    return base::fail(unknownOption(quoted(e.what()), command, options, commands));
  } catch (const cxxopts::exceptions::missing_argument& e) {
    return base::fail(
        usageError(fmt::format("{} wants a value", dashed(quoted(e.what()))), helpHint(command)));
  } catch (const cxxopts::exceptions::incorrect_argument_type& e) {
    return base::fail(
        usageError(fmt::format("\"{}\" is neither true nor false", quoted(e.what())), helpHint(command)));
  } catch (const cxxopts::exceptions::exception& e) {
    return base::fail(usageError(fmt::format("cannot read \"{}\"", quoted(e.what())), helpHint(command)));
  }
}

base::Result<Options> collect(const Parsed& parsed, const Command* command,
                              const std::vector<const Option*>& rows) {
  Options options;
  for (const auto& [name, value] : parsed.options) {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&wanted = name](const Option* o) { return o->name == wanted; });
    if (row == rows.end()) continue;
    TRY(checkValue(**row, value));
    options.add(name, (*row)->takes != Takes::nothing    ? value
                      : value == "false" || value == "0" ? "false"
                                                         : "true");
  }
  for (const Option* row : rows) {
    if (!row->fallback.empty()) options.setDefault(row->name, std::string(row->fallback));
  }
  for (const std::string& word : parsed.words) options.addWord(word);
  if (command == nullptr || options.on("help")) return options;
  TRY(checkWords(*command, options));
  for (const Option* row : rows) {
    if (row->required && !options.has(row->name)) {
      return base::fail(usageError(fmt::format("{} wants --{} {}", command->name, row->name, row->value),
                                   helpHint(command)));
    }
  }
  return options;
}

std::vector<const Option*> pointers(const std::vector<Option>& first, const std::vector<Option>& second) {
  std::vector<const Option*> all;
  for (const Option& option : first) all.push_back(&option);
  for (const Option& option : second) all.push_back(&option);
  return all;
}

}  // namespace

base::Result<const Command*> findCommand(const std::string& word, const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (command.name == word) return &command;
    if (!command.hidden) names.emplace_back(command.name);
  }
  const auto close = base::didYouMean(word, names);
  return base::fail(usageError(fmt::format("unknown command \"{}\"", word),
                               close ? fmt::format("did you mean \"{}\"?", *close) : helpHint(nullptr)));
}

base::Result<Invocation> parse(const std::vector<std::string>& arguments,
                               const std::vector<Command>& commands, const std::vector<Option>& globals) {
  Scan scanned = scan(arguments, commands, globals);
  Invocation invocation;
  if (scanned.commandAt != Scan::npos) {
    TRY_ASSIGN(invocation.command, findCommand(scanned.words[scanned.commandAt], commands));
    if (invocation.command->raw) {
      const auto begin = std::find(arguments.begin(), arguments.end(), invocation.command->name);
      for (auto word = begin + 1; word < arguments.end(); ++word) invocation.options.addWord(*word);
      return invocation;
    }
    scanned.words.erase(scanned.words.begin() + static_cast<std::ptrdiff_t>(scanned.commandAt));
  }
  const std::vector<Option> none;
  const auto rows = pointers(globals, invocation.command == nullptr ? none : invocation.command->options);
  TRY_ASSIGN(const Parsed parsed, parseStrictly(scanned.words, invocation.command, rows, commands));
  TRY_ASSIGN(invocation.options, collect(parsed, invocation.command, rows));
  invocation.help = invocation.options.on("help");
  invocation.version = invocation.options.on("version");
  return invocation;
}

}  // namespace cli
