#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

/// Bytes that must not leak (a private key, a token): cleansed when destroyed or assigned over, no
/// operator<<, no fmt formatter, no implicit conversion. Empty means "none".
class Secret {
 public:
  Secret() = default;
  /// Takes the bytes and cleanses what it took them from.
  explicit Secret(std::string&& bytes);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The bytes, valid as long as this lives. The caller must not copy them into something that prints.
  [[nodiscard]] std::string_view reveal() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

/// Overwrites the bytes in a way that the compiler keeps, then empties the string.
void cleanse(std::string& bytes);
/// The same for memory that somebody else owns.
void cleanse(char* bytes, std::size_t size);

/// Appends to a string that is to become a Secret: where it has to grow, the old buffer is cleansed.
void appendCleansing(std::string& to, std::string_view bytes);

}  // namespace base
