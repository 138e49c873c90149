#include "ui/advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "ui/text.h"

namespace ui {
namespace {

/// "istiod istio-system/istiod-5d4b": what it is ("istiod"; empty for a proxy), its namespace and its name.
struct Subject {
  std::string kind, ns, name;
};

Subject parse(const std::string& subject) {
  const std::size_t space = subject.rfind(' ');
  const std::string path = space == std::string::npos ? subject : subject.substr(space + 1);
  const std::size_t slash = path.find('/');
  Subject parsed;
  parsed.kind = space == std::string::npos ? "" : subject.substr(0, space);
  parsed.ns = slash == std::string::npos ? "" : path.substr(0, slash);
  parsed.name = slash == std::string::npos ? path : path.substr(slash + 1);
  return parsed;
}

bool says(const trust::Blocker& blocker, std::string_view words) {
  return blocker.what.find(words) != std::string::npos;
}

std::string aboutIstiod(const trust::Blocker& blocker, const Subject& subject) {
  if (says(blocker, "terminating")) return "it leaves by itself when its grace period is over";
  if (blocker.kind == trust::Blocker::Kind::no && (says(blocker, "reloaded") || says(blocker, "still")))
    return fmt::format("its kubelet refreshes the secret within 2m; then: kubectl -n {} logs {}", subject.ns,
                       subject.name);
  return fmt::format("kubectl -n {} describe pod {}", subject.ns, subject.name);
}

std::string aboutProxy(const trust::Blocker& blocker, const Subject& subject) {
  if (says(blocker, "terminating")) return "it leaves by itself when its grace period is over";
  if (says(blocker, "restarted"))
    return "kubectl istio-ca restart --workloads restarts those that need it; so does --restart-workloads";
  if (says(blocker, "mounted"))
    return "its kubelet refreshes what is mounted within 2m30s: nothing to do but to wait";
  if (blocker.kind == trust::Blocker::Kind::unproven)
    return fmt::format("kubectl -n {} get pod {}: does it run, is it ready?", subject.ns, subject.name);
  return fmt::format("kubectl -n {} logs {} -c istio-proxy", subject.ns, subject.name);
}

std::string about(const trust::Blocker& blocker) {
  if (blocker.forbidden) return "you may not read it: kubectl istio-ca doctor names the missing permissions";
  const Subject subject = parse(blocker.subject);
  if (subject.kind == "istiod") return aboutIstiod(blocker, subject);
  if (subject.kind == "deployment")
    return fmt::format("kubectl -n {} rollout status deployment/{}", subject.ns, subject.name);
  if (subject.kind == "config map" || subject.kind == "mutating webhook" ||
      subject.kind == "validating webhook")
    return "istiod writes it: see istiod's logs";
  if (subject.kind == "secret") return fmt::format("kubectl -n {} get secret {}", subject.ns, subject.name);
  if (subject.kind.empty() && !subject.ns.empty()) return aboutProxy(blocker, subject);
  return "";
}

}  // namespace

std::vector<std::string> adviceFor(const trust::Blockers& blockers, std::size_t most) {
  std::vector<std::string> lines;
  std::vector<std::string> kinds;  // already advised about: the first of a kind stands for the others
  for (const trust::Blocker& blocker : blockers) {
    const std::string kind = parse(blocker.subject).kind + "/" + blocker.what;
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) continue;
    kinds.push_back(kind);
    std::string advice = oneLine(about(blocker));
    if (advice.empty() || std::find(lines.begin(), lines.end(), advice) != lines.end()) continue;
    lines.push_back(std::move(advice));
    if (lines.size() == most) break;
  }
  return lines;
}

}  // namespace ui
