#include "base/replace_file.h"

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

namespace base {

Status replaceFile(const std::filesystem::path& path, std::string_view bytes) {
  auto temporary = path;
  temporary += "." + hex(randomBytes(8)) + ".new";
  TRY(writeNewFile(temporary, bytes));
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (!error) return {};
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return fail({Kind::usage, "cannot write over " + path.string(), error.message(), ""});
}

}  // namespace base
