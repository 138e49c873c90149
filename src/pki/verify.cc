#include "pki/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "pki/openssl.h"

namespace pki {
namespace {

using Why = std::optional<std::string>;

struct Question {
  const Certificate& leaf;
  const std::vector<Certificate>& untrusted;
  const std::vector<Certificate>& roots;
  Purpose purpose;
  bool partialChain;

  /// Everything that the verdict depends on but the time.
  [[nodiscard]] std::string key() const {
    std::string key = fmt::format("{}{}", static_cast<int>(purpose), partialChain ? 'p' : 'w');
    key += leaf.fingerprint();
    for (const Certificate& certificate : untrusted) key += certificate.fingerprint();
    key += '|';
    for (const Certificate& certificate : roots) key += certificate.fingerprint();
    return key;
  }
};

/// A verdict and the times for which it is the same: from `begin`, before `end`.
struct Remembered {
  base::Time begin = base::Time::min(), end = base::Time::max();
  Why why;
};

/// Narrows the window around `at` to where no date of the certificate lies.
void narrow(Remembered& window, const Certificate& certificate, base::Time at) {
  for (const base::Time date : {certificate.notBefore(), certificate.notAfter()}) {
    for (const base::Time edge :
         {date, date + base::Seconds(1)}) {  // whichever of the two OpenSSL counts to it
      if (edge <= at) window.begin = std::max(window.begin, edge);
      if (edge > at) window.end = std::min(window.end, edge);
    }
  }
}

std::string nameOf(const Certificate& certificate) {
  const std::string subject = certificate.subject();
  if (!subject.empty()) return subject;
  const auto uris = certificate.uris();
  if (!uris.empty()) return uris.front();
  const auto names = certificate.dnsNames();
  return names.empty() ? "serial " + certificate.serial() : names.front();
}

/// Which certificate of the path OpenSSL's error is about, in words.
std::string subjectAt(X509_STORE_CTX* context, const Question& question) {
  X509* about = X509_STORE_CTX_get_current_cert(context);
  if (about == nullptr) return nameOf(question.leaf);
  const auto certificate = Certificate::fromDer(toDer<X509>(about, i2d_X509));
  return certificate ? nameOf(*certificate) : "a certificate that cannot be read";
}

std::string explain(X509_STORE_CTX* context, const Question& question) {
  const int code = X509_STORE_CTX_get_error(context);
  std::string text = fmt::format("{} (depth {}, {}", X509_verify_cert_error_string(code),
                                 X509_STORE_CTX_get_error_depth(context), subjectAt(context, question));
  X509* about = X509_STORE_CTX_get_current_cert(context);
  if (about != nullptr && (code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                           code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT)) {
    if (const auto certificate = Certificate::fromDer(toDer<X509>(about, i2d_X509))) {
      text += fmt::format("; nothing known here issued it as {}", certificate->issuer());
    }
  }
  return text + ")";
}

X509StorePtr storeOf(const std::vector<Certificate>& roots) {
  X509StorePtr store(X509_STORE_new());
  for (const Certificate& root : roots) {
    X509_STORE_add_cert(store.get(), root.native());  // one that is in it already is no error
  }
  return store;
}

CertificateStackPtr stackOf(const std::vector<Certificate>& certificates) {
  CertificateStackPtr stack(sk_X509_new_null());
  for (const Certificate& certificate : certificates) sk_X509_push(stack.get(), certificate.native());
  return stack;
}

/// The path that was found serves TLS clients too; OpenSSL itself looks at one purpose at a time.
Why whyNotClient(X509_STORE_CTX* context) {
  const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context);
  for (int depth = 0; depth < sk_X509_num(path); ++depth) {
    X509* x509 = sk_X509_value(path, depth);
    if (X509_check_purpose(x509, X509_PURPOSE_SSL_CLIENT, depth > 0 ? 1 : 0) > 0) continue;
    const auto certificate = Certificate::fromDer(toDer<X509>(x509, i2d_X509));
    return fmt::format("unsuitable certificate purpose: not for TLS clients (depth {}, {})", depth,
                       certificate ? nameOf(*certificate) : "a certificate that cannot be read");
  }
  return std::nullopt;
}

/// The one that OpenSSL looks at; 0 for none.
int purposeOf(Purpose purpose) {
  if (purpose == Purpose::any) return 0;
  return purpose == Purpose::tlsClient ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER;
}

Why verify(const Question& question, base::Time at) {
  const ErrorScope errors;
  const X509StorePtr store = storeOf(question.roots);
  const CertificateStackPtr untrusted = stackOf(question.untrusted);
  const X509StoreContextPtr context(X509_STORE_CTX_new());
  if (!store || !untrusted || !context ||
      X509_STORE_CTX_init(context.get(), store.get(), question.leaf.native(), untrusted.get()) != 1) {
    return "cannot verify: " + errors.reason();
  }
  if (const int purpose = purposeOf(question.purpose); purpose != 0)
    X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(at));
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  if (question.partialChain) X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);

  if (X509_verify_cert(context.get()) != 1) return explain(context.get(), question);
  return question.purpose == Purpose::tlsServerAndClient ? whyNotClient(context.get()) : std::nullopt;
}

constexpr std::size_t memoryBound = 65536;

/// The verdicts so far; all threads share them.
class Memory {
 public:
  /// The verdict, if the same was asked for a time for which it is the same.
  std::optional<Why> recall(const std::string& key, base::Time at) {
    const std::lock_guard lock(mutex_);
    const auto known = verdicts_.find(key);
    if (known == verdicts_.end() || known->second.begin > at || at >= known->second.end) return std::nullopt;
    return known->second.why;
  }
  void keep(std::string key, Remembered verdict) {
    const std::lock_guard lock(mutex_);
    if (verdicts_.size() >= memoryBound) verdicts_.clear();
    verdicts_.insert_or_assign(std::move(key), std::move(verdict));
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> verdicts_;
};

Why answer(const Question& question, base::Time at) {
  static Memory memory;
  std::string key = question.key();
  if (auto known = memory.recall(key, at)) return *std::move(known);
  Remembered verdict;
  verdict.why = verify(question, at);
  narrow(verdict, question.leaf, at);
  for (const Certificate& certificate : question.untrusted) narrow(verdict, certificate, at);
  for (const Certificate& certificate : question.roots) narrow(verdict, certificate, at);
  memory.keep(std::move(key), verdict);
  return verdict.why;
}

}  // namespace

std::optional<std::string> whyNotTrusted(const Certificate& leaf, const std::vector<Certificate>& untrusted,
                                         const std::vector<Certificate>& roots, base::Time at,
                                         Purpose purpose) {
  return answer({leaf, untrusted, roots, purpose, false}, at);
}

std::optional<std::string> whyNotIssuedBy(const Certificate& leaf, const std::vector<Certificate>& untrusted,
                                          const Certificate& anchor, base::Time at) {
  return answer({leaf, untrusted, {anchor}, Purpose::any, true}, at);
}

}  // namespace pki
