#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "json/value.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// Why a request is not done, as Kubernetes says it (apimachinery: pkg/api/errors/errors.go): becomes the
/// body of kind Status.
struct Refusal {
  int code = 500;
  std::string reason;  // "NotFound"; "" for none
  std::string message;
  json::Value details{};

  [[nodiscard]] json::Value status() const;
};

template <class T>
using Granted = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(Refusal refusal) {
  return tl::unexpected<Refusal>(std::move(refusal));
}

/// One field that is wrong: reason "FieldValueInvalid", message `Invalid value: "x": why`, field "data[x]".
struct Cause {
  std::string reason, message, field;
};

Refusal notFound(const Key& key);
Refusal noSuchPath();
Refusal alreadyExists(const Key& key);
Refusal conflict(const Key& key, std::string_view why);
Refusal badRequest(std::string message);
Refusal methodNotAllowed();
Refusal gone(std::string message);
Refusal unsupportedMediaType(std::string_view accepted);
/// `kind`: "Secret".
Refusal invalid(const Key& key, std::string_view kind, const std::vector<Cause>& causes);
/// `why`: what follows "is forbidden: ".
Refusal forbidden(const Key& key, std::string_view why);
Refusal internal(std::string message);
/// For an HTTP status that a fault answers with.
Refusal injected(int code);
/// What the store says.
Refusal refusalOf(const Key& key, const base::Error& error);

}  // namespace rehearsal

/// Returns the refusal of a Granted from the enclosing function.
#define GRANT(expression)                                                                            \
  do {                                                                                               \
    if (auto granted = (expression); !granted) return rehearsal::refuse(std::move(granted).error()); \
  } while (false)

#define GRANT_ASSIGN_(temporary, declaration, expression)                 \
  auto temporary = (expression);                                          \
  if (!temporary) return rehearsal::refuse(std::move(temporary).error()); \
  declaration = std::move(*temporary)

/// GRANT_ASSIGN(auto x, f()): the value of a Granted, or returns its refusal from the enclosing function.
#define GRANT_ASSIGN(declaration, expression) \
  GRANT_ASSIGN_(TRY_CONCAT(grant_result_, __LINE__), declaration, expression)
