#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace cli {

/// What was given on the command line, already checked against the command's row: the accessors do not fail.
/// Asking for an option that the row does not have is our mistake and reads as not given.
class Options {
 public:
  /// Given on the command line (not by its default).
  [[nodiscard]] bool has(std::string_view name) const;
  /// A switch is on.
  [[nodiscard]] bool on(std::string_view name) const;
  /// The last value, or the default, or empty.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// All values in their order; the default alone if none was given.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] base::Millis duration(std::string_view name) const;
  [[nodiscard]] int number(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

  void add(std::string_view name, std::string value) {
    values_[std::string(name)].push_back(std::move(value));
  }
  void setDefault(std::string_view name, std::string value) {
    defaults_[std::string(name)] = std::move(value);
  }
  void addWord(std::string word) { words_.push_back(std::move(word)); }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> defaults_;
  std::vector<std::string> words_;
};

/// A wrong command line: Kind::usage.
base::Error usageError(std::string message, std::string hint = {});

}  // namespace cli
