#pragma once

#include <filesystem>

#include "base/result.h"

namespace cli {

/// A folder of 0700 for the time of a command, removed with all that is in it.
class Scratch {
 public:
  static base::Result<Scratch> make();
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&& other) = delete;
  ~Scratch();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace cli
