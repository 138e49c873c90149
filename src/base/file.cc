#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "base/random.h"
#include "base/text.h"

namespace base {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largestFile = std::size_t{256} << 20;

tl::unexpected<Error> failure(std::string_view doing, const fs::path& path, std::string reason,
                              std::string hint = {}) {
  return fail({.kind = Kind::usage,
               .message = std::string(doing) + " " + path.string(),
               .reason = std::move(reason),
               .hint = std::move(hint)});
}

tl::unexpected<Error> systemFailure(std::string_view doing, const fs::path& path) {
  return failure(doing, path, std::strerror(errno));
}

Result<std::string> readAll(int fd, const fs::path& path) {
  const auto tooLarge = [&] { return failure("cannot read", path, "it is larger than 256 MiB"); };
  struct stat status {};
  if (fstat(fd, &status) == 0 && status.st_size > off_t(largestFile)) return tooLarge();
  std::string bytes;
  std::array<char, 65536> chunk;
  while (true) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return systemFailure("cannot read", path);
    if (count == 0) break;
    if (bytes.size() + std::size_t(count) > largestFile) {
      cleanse(bytes);
      return tooLarge();
    }
    appendCleansing(bytes, {chunk.data(), std::size_t(count)});
  }
  cleanse(chunk.data(), chunk.size());  // it may be a key's file
  return bytes;
}

Status writeAll(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return systemFailure("cannot write", path);
    bytes.remove_prefix(std::size_t(count));
  }
  return {};
}

/// A name in the same folder (a link can't cross file systems) that nobody else uses.
fs::path temporaryFor(const fs::path& path) {
  const auto suffix = hex(randomBytes(8));
  return path.parent_path() / ("." + path.filename().string() + "." + suffix + ".tmp");
}

/// Removes the temporary name, whatever comes.
class Unlinker {
 public:
  explicit Unlinker(fs::path path) : path_(std::move(path)) {}
  Unlinker(const Unlinker&) = delete;
  Unlinker& operator=(const Unlinker&) = delete;
  ~Unlinker() { unlink(path_.c_str()); }

 private:
  fs::path path_;
};

/// So that the new name survives a crash, too. Some file systems can't; the file itself is safe by then.
void syncDirectory(const fs::path& file) {
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const Fd directory(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) fsync(directory.get());
}

}  // namespace

Result<std::string> readFile(const fs::path& path) {
  if (path == "-") return readAll(STDIN_FILENO, "standard input");
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return systemFailure("cannot read", path);
  return readAll(file.get(), path);
}

Result<Secret> readSecretFile(const fs::path& path) {
  TRY_ASSIGN(std::string bytes, readFile(path));
  return Secret(std::move(bytes));
}

Status writeNewFile(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = temporaryFor(path);
  Fd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!file) return systemFailure("cannot create", path);
  const Unlinker unlinker(temporary);
  TRY(writeAll(file.get(), bytes, path));
  if (fsync(file.get()) != 0) return systemFailure("cannot write", path);
  if (link(temporary.c_str(), path.c_str()) != 0) {
    if (errno != EEXIST) return systemFailure("cannot create", path);
    return failure("cannot create", path, "it exists already",
                   "files are never overwritten: move it away or choose another place");
  }
  syncDirectory(path);
  return {};
}

Status makeDirectory(const fs::path& path) {
  fs::path built;
  for (const auto& part : path) {
    built /= part;
    if (part.empty() || mkdir(built.c_str(), S_IRWXU) == 0) continue;
    const int error = errno;
    std::error_code ignored;
    if (fs::is_directory(built, ignored)) continue;
    return failure("cannot create the directory", path,
                   error == EEXIST ? built.string() + " is not a directory" : std::strerror(error));
  }
  return {};
}

}  // namespace base
