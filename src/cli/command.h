#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cli {

class Context;
class Options;

/// What an option or a word takes: decides how it is checked and how it is completed.
enum class Takes {
  nothing,
  text,
  file,
  directory,
  duration,
  number,
  choice,
  command,
  // names of the kubeconfig
  context,
  cluster,
  user,
  // names of the cluster
  nameSpace,
  workload,  // TYPE/NAME, of proxies
  waiver,    // KIND/NAMESPACE/NAME
  backup,    // a secret with an old CA
};

/// One option of a command, as data: feeds the parser, the help, the man page and completion.
struct Option {
  std::string_view name;         // "timeout", without dashes
  char letter = 0;               // 'n' for -n, or none
  Takes takes = Takes::nothing;  // nothing: a switch
  std::string_view value{};      // "DURATION", as help shows it
  std::string_view help{};       // one sentence without a full stop
  std::string_view fallback{};   // used when not given; may be empty
  bool repeatable = false;       // else the last one wins, as with kubectl
  bool required = false;
  std::vector<std::string_view> choices{};
};

/// The words after the command.
struct Words {
  std::string_view name{};  // "TYPE/NAME"
  std::size_t least = 0, most = 0;
  Takes takes = Takes::text;
  std::vector<std::string_view> choices{};
};

struct Example {
  std::string_view text;     // what it does
  std::string_view command;  // arguments, without the program's name
};

/// Headings of the help, in their order.
enum class Group { look, change, files, other };

/// One command, as a row of the table in commands.cc.
struct Command {
  std::string_view name;
  Group group = Group::other;
  std::string_view summary;      // for lists: lower case, no full stop, at most 60 characters
  std::string_view description;  // paragraphs separated by empty lines
  Words words{};
  std::vector<Option> options{};
  std::vector<Example> examples{};
  /// The exit code (0, or 3 and 4 where the answer is "no" and "unproven"), or an error, which cli::run
  /// prints.
  base::Result<int> (*run)(Context&, const Options&) = nullptr;
  bool hidden = false;  // not in lists: __complete, __man
  /// Words and options are passed on as they are (__complete).
  bool raw = false;
};

}  // namespace cli
