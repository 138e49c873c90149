#include "pki/bundle.h"

#include <algorithm>
#include <set>

#include "pki/pem.h"

namespace pki {

namespace {

constexpr const char* what = "the root bundle";

std::set<Fingerprint> printsOf(const std::vector<Certificate>& certificates) {
  std::set<Fingerprint> prints;
  for (const auto& certificate : certificates) prints.insert(certificate.fingerprint());
  return prints;
}

/// The shortest run of whole blocks that holds exactly the wanted roots, the last one in the file; its begin
/// and end.
std::pair<std::size_t, std::size_t> lastRun(const std::vector<Block>& blocks,
                                            const std::set<Fingerprint>& wanted) {
  for (auto end = blocks.size(); end > 0; --end) {
    std::set<Fingerprint> held;
    for (auto begin = end; begin > 0; --begin) {
      const auto& print = blocks[begin - 1].certificate.fingerprint();
      if (!wanted.contains(print)) break;
      held.insert(print);
      if (held.size() == wanted.size()) return {blocks[begin - 1].begin, blocks[end - 1].end};
    }
  }
  return {0, 0};
}

base::Error notAsItShould() {
  return {base::Kind::failed, "the root bundle made would not hold the roots that it should"};
}

/// Reads a bundle that is about to be written once more.
base::Status checkRoots(std::string_view bundle, const std::set<Fingerprint>& wanted) {
  TRY_ASSIGN(const auto parsed, parseCertificates(bundle, what));
  return printsOf(parsed) == wanted ? base::Status() : base::fail(notAsItShould());
}

}  // namespace

base::Result<std::string> appendRoot(std::string_view bundle, const Certificate& root) {
  std::string result(bundle);
  if (!result.empty() && result.back() != '\n') result += '\n';
  result += root.pem();
  TRY_ASSIGN(const auto parsed, parseCertificates(result, what));
  if (parsed.back() != root) return base::fail(notAsItShould());
  return result;
}

base::Result<std::vector<std::string>> bundlePath(std::string_view current,
                                                  const std::vector<Certificate>& finalRoots) {
  if (finalRoots.empty()) {
    return base::fail(
        {base::Kind::failed, "a root bundle without a root was asked for"});  // no mesh survives it
  }
  TRY_ASSIGN(const auto blocks, locateCertificates(current, what));
  const auto wanted = printsOf(finalRoots);
  std::vector<Certificate> held;
  for (const auto& block : blocks) held.push_back(block.certificate);
  if (printsOf(held) == wanted) return std::vector<std::string>{};

  const auto [begin, end] = lastRun(blocks, wanted);
  if (end > 0) {
    std::string cut(current.substr(begin, end - begin));
    TRY(checkRoots(cut, wanted));
    if (cut.back() == '\n') return std::vector<std::string>{std::move(cut)};
    // Only a file's last block has no newline: it gets one while it stands in the bundle, or the cut were not
    // part.
    return std::vector<std::string>{std::string(current) + '\n', cut + '\n'};
  }
  std::string appended(current);
  if (appended.back() != '\n') appended += '\n';
  const auto last = toPem(finalRoots);
  appended += last;
  TRY_ASSIGN(const auto both, parseCertificates(appended, what));
  if (both.size() != blocks.size() + finalRoots.size()) return base::fail(notAsItShould());
  TRY(checkRoots(last, wanted));
  return std::vector<std::string>{std::move(appended), last};
}

}  // namespace pki
