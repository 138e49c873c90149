// Any bytes as a bundle: what the strict reading accepts, Go and our own writing read the same, and edits
// keep it so.
#include "fuzz/check.h"

#include <algorithm>
#include <cstdlib>

#include "pki/bundle.h"
#include "pki/pem.h"

namespace fuzz {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void checkBlocks(std::string_view bundle, const std::vector<pki::Certificate>& certificates) {
  const auto blocks = pki::locateCertificates(bundle, "bundle");
  require(blocks && blocks->size() == certificates.size());
  std::size_t end = 0;
  for (const auto& block : *blocks) {
    require(end <= block.begin && block.begin < block.end && block.end <= bundle.size());
    end = block.end;
    const auto alone = pki::parseCertificates(bundle.substr(block.begin, block.end - block.begin), "block");
    require(alone && alone->size() == 1 && alone->front() == block.certificate);
  }
}

void checkEdits(const std::string& bundle, const std::vector<pki::Certificate>& certificates) {
  const auto& last = certificates.back();
  const auto appended = pki::appendRoot(bundle, last);
  require(appended && appended->starts_with(bundle));
  require(pki::parseCertificates(*appended, "appended")->size() == certificates.size() + 1);
  const auto path = pki::bundlePath(bundle, {last});
  require(path.has_value());
  std::string before = bundle;
  for (const auto& step : *path) {
    require(before.find(step) != std::string::npos || step.find(before) != std::string::npos);
    before = step;
  }
  const auto final = pki::parseCertificates(before, "final");
  require(final && std::all_of(final->begin(), final->end(), [&](const auto& one) { return one == last; }));
}

}  // namespace

void checkPem(std::string_view bytes) {
  const std::string bundle(bytes);
  const auto strict = pki::parseCertificates(bundle, "bundle");
  auto asGo = pki::certificatesAsGoReads(bundle);
  if (!strict) return;
  std::vector<pki::Certificate> readable;  // Go refuses negative serial numbers
  std::copy_if(strict->begin(), strict->end(), std::back_inserter(readable),
               [](const auto& one) { return !one.serial().starts_with('-'); });
  require(asGo == readable);
  const auto again = pki::parseCertificates(pki::toPem(*strict), "again");
  require(again && *again == *strict);
  checkBlocks(bundle, *strict);
  checkEdits(bundle, *strict);
}

}  // namespace fuzz
