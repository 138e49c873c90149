#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/file.h"

namespace support {

/// What is made, against tests/data/NAME; ICA_UPDATE=1 writes it anew.
inline void expectGolden(const std::string& name, const std::string& got) {
  const std::filesystem::path path = std::string(ICA_TEST_DATA) + "/" + name;
  if (std::getenv("ICA_UPDATE")) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << got;
  }
  const auto want = base::readFile(path);
  ASSERT_TRUE(want) << base::describe(want.error());
  EXPECT_EQ(got, *want) << name;
}

}  // namespace support
