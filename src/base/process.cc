#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/fd.h"
#include "base/interrupt.h"

extern char** environ;  // NOLINT: POSIX has it in no header

namespace base {

namespace {

constexpr std::size_t largestOutput = std::size_t{64} << 20;

/// The strings and the null-terminated array of pointers that exec wants.
class Strings {
 public:
  explicit Strings(std::vector<std::string> strings) : strings_(std::move(strings)) {
    for (auto& string : strings_) pointers_.push_back(string.data());
    pointers_.push_back(nullptr);
  }
  char* const* get() { return pointers_.data(); }

 private:
  std::vector<std::string> strings_;
  std::vector<char*> pointers_;
};

std::vector<std::string> environmentWith(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!extra.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : extra) all.push_back(name + "=" + value);
  return all;
}

/// What the child is started with: its descriptors, and SIGPIPE as programs expect it.
class SpawnSettings {
 public:
  SpawnSettings(const Command& command, int out) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    if (!command.inheritStdin) {
      posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A started program; killed and reaped if nobody has seen it end.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (status_) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  /// Its exit status if it has ended.
  std::optional<int> ended() {
    int status = 0;
    if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return status_;
  }

 private:
  pid_t pid_;
  std::optional<int> status_;
};

/// The end that we read and the end that the child writes; neither is inherited as such.
Result<std::pair<Fd, Fd>> makePipe() {
  int ends[2];
  if (pipe(ends) != 0) return fail({.message = "cannot create a pipe", .reason = std::strerror(errno)});
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

/// One program's output and end, before a deadline.
class Run {
 public:
  Run(const Command& command, Millis timeout)
      : name_(command.argv.front()), timeout_(timeout), deadline_(clock_.elapsed() + timeout) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    cleanse(out_);
    cleanse(chunk_.data(), chunk_.size());
  }

  /// Reads until the program closes its standard output.
  Status collect(int fd) {
    while (true) {
      TRY_ASSIGN(const bool readable, waitFor(fd, Millis(60'000)));
      if (!readable) continue;
      const ssize_t count = read(fd, chunk_.data(), chunk_.size());
      if (count == 0) return {};
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(error(Kind::failed, std::strerror(errno)));
      appendCleansing(out_, {chunk_.data(), std::size_t(count)});
      if (out_.size() > largestOutput) return fail(error(Kind::failed, "it printed more than 64 MiB"));
    }
  }

  /// No portable descriptor tells the end of a process: after its output ended, asks every few milliseconds.
  Result<int> awaitEnd(Child& child) {
    while (true) {
      if (const auto status = child.ended()) return *status;
      TRY(waitFor(-1, Millis(5)));
    }
  }

  Secret takeOutput() { return Secret(std::move(out_)); }

 private:
  /// Whether the descriptor became readable within `longest`; fails at the deadline and on an interrupt.
  Result<bool> waitFor(int fd, Millis longest) {
    const Millis left = deadline_ - clock_.elapsed();
    if (left <= Millis(0)) {
      return fail(error(Kind::timedOut, "it did not end within " + std::to_string(timeout_.count()) + " ms"));
    }
    std::array<pollfd, 2> fds{{{fd, POLLIN, 0}, {interruptFd(), POLLIN, 0}}};
    const int ready = poll(fds.data(), fds.size(), int(std::min(left, longest).count()));
    TRY(checkInterrupt());
    return ready > 0 && fds[0].revents != 0;
  }

  [[nodiscard]] Error error(Kind kind, std::string reason) const {
    return {.kind = kind, .message = "cannot run '" + name_ + "'", .reason = std::move(reason)};
  }

  std::string name_;
  SystemClock clock_;
  Millis timeout_, deadline_;
  std::string out_;
  std::array<char, 16384> chunk_{};
};

}  // namespace

Result<ProcessOutput> run(const Command& command, Millis timeout) {
  if (command.argv.empty() || command.argv.front().empty())
    return fail({.message = "cannot run an empty command"});
  TRY(checkInterrupt());
  TRY_ASSIGN(auto ends, makePipe());
  auto& [readEnd, writeEnd] = ends;

  Strings argv(command.argv);
  Strings env(environmentWith(command.extraEnv));
  const SpawnSettings settings(command, writeEnd.get());
  pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, argv.get()[0], settings.actions(), settings.attributes(), argv.get(), env.get());
  if (failed != 0) {
    return fail({.message = "cannot run '" + command.argv.front() + "'", .reason = std::strerror(failed)});
  }
  Child child(pid);
  writeEnd.reset();

  Run running(command, timeout);
  TRY(running.collect(readEnd.get()));
  TRY_ASSIGN(const int status, running.awaitEnd(child));
  return ProcessOutput{.exitStatus = status, .out = running.takeOutput()};
}

}  // namespace base
