// Distinguished names as people write them, and as OpenSSL holds them.

#include "pki/name.h"

#include <fmt/format.h>

#include "base/text.h"
#include "pki/issue.h"

namespace pki {
namespace {

base::Error badName(std::string_view text, std::string reason) {
  return {base::Kind::usage, fmt::format("cannot read the subject \"{}\"", text), std::move(reason),
          R"(Write it as "O=Istio,CN=Root CA" (a comma in a value as \,) or as "/O=Istio/CN=Root CA".)"};
}

/// Cuts at unescaped separators and takes the escapes away.
std::vector<std::string> pieces(std::string_view text, char separator) {
  std::vector<std::string> found(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      found.back() += text[++i];
    } else if (text[i] == separator) {
      found.emplace_back();
    } else {
      found.back() += text[i];
    }
  }
  return found;
}

}  // namespace

base::Result<Name> parseName(std::string_view text) {
  const bool slashes = text.starts_with('/');
  Name name;
  for (const std::string& piece : pieces(slashes ? text.substr(1) : text, slashes ? '/' : ',')) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string::npos) {
      return base::fail(badName(text, fmt::format("no \"=\" in \"{}\"", piece)));
    }
    const std::string key(base::trim(std::string_view(piece).substr(0, equals)));
    const std::string value(base::trim(std::string_view(piece).substr(equals + 1)));
    if (value.empty()) return base::fail(badName(text, fmt::format("{} has no value", key)));
    name.emplace_back(key, value);
  }
  if (auto made = toX509Name(name); !made) {
    return base::fail(badName(text, made.error().reason));
  }
  return name;
}

base::Result<X509NamePtr> toX509Name(const Name& name) {
  const ErrorScope errors;
  X509NamePtr made(X509_NAME_new());
  for (const auto& [key, value] : name) {
    if (OBJ_txt2nid(key.c_str()) == NID_undef) {
      return base::fail({base::Kind::usage, "cannot make the subject",
                         fmt::format("unknown attribute \"{}\"", key),
                         "Known are C, ST, L, O, OU, CN, DC and more, in capitals."});
    }
    if (X509_NAME_add_entry_by_txt(made.get(), key.c_str(), MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) != 1) {
      return base::fail({base::Kind::usage, "cannot make the subject",
                         fmt::format("{}={}: {}", key, value, errors.reason())});
    }
  }
  return made;
}

}  // namespace pki
