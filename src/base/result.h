#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace base {

/// A value, or why there is none. Expected failures travel this way; nothing of ours throws across a room.
template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace base

/// Returns the error of a Status from the enclosing function.
#define TRY(expression)                                                                     \
  do {                                                                                      \
    if (auto try_status = (expression); !try_status) return base::fail(try_status.error()); \
  } while (false)

#define TRY_CONCAT_(a, b) a##b
#define TRY_CONCAT(a, b) TRY_CONCAT_(a, b)
#define TRY_ASSIGN_(temporary, declaration, expression)            \
  auto temporary = (expression);                                   \
  if (!temporary) return base::fail(std::move(temporary).error()); \
  declaration = std::move(*temporary)

/// TRY_ASSIGN(auto x, f()): the value of a Result, or returns its error from the enclosing function.
#define TRY_ASSIGN(declaration, expression) \
  TRY_ASSIGN_(TRY_CONCAT(try_result_, __LINE__), declaration, expression)
