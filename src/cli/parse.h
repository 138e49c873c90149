#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/options.h"

namespace cli {

/// A command line, read.
struct Invocation {
  const Command* command = nullptr;  // none: no command word
  bool help = false;                 // -h, --help
  bool version = false;              // --version
  Options options{};
};

/// Reads the arguments (without the program's name) against the table and the global options. The command
/// word is the first word that is no option and no option's value, wherever it stands; then cxxopts reads the
/// rest strictly. Errors: Kind::usage, with the closest command or option as a hint.
base::Result<Invocation> parse(const std::vector<std::string>& arguments,
                               const std::vector<Command>& commands, const std::vector<Option>& globals);

/// The row of that name. Kind::usage, with the closest name as a hint.
base::Result<const Command*> findCommand(const std::string& word, const std::vector<Command>& commands);

/// The global ones, then those of each command, in their order.
std::vector<const Option*> everyOption(const std::vector<Command>& commands,
                                       const std::vector<Option>& globals);

/// Arguments as cxxopts takes them: kubectl's "-nNS" and "-n=NS" become two words. `commandAt` is the index
/// of the command word in `words`, or npos. An option may stand before its command, so that those of all
/// commands are known until it is found; where a name then could take a value or not, it takes none.
struct Scan {
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  std::vector<std::string> words;
  std::size_t commandAt = npos;
  const Option* open = nullptr;  // the last option, if its value has yet to come
  std::size_t plain = 0;         // how many are no option and no option's value, the command word among them
  bool onlyWords = false;        // "--" was among them
};
Scan scan(const std::vector<std::string>& arguments, const std::vector<Command>& commands,
          const std::vector<Option>& globals);

}  // namespace cli
