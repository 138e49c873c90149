#include "rotate/journal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "base/random.h"
#include "base/text.h"

namespace rotate {

namespace {

using json::Value;

const kube::Resource selfReviews{"authentication.k8s.io", "v1", "selfsubjectreviews"};

/// More of a text than this helps nobody, and an object has an end.
constexpr std::size_t longestText = 4000;

std::string stampText(Journal::Moment moment, bool asKey) {
  const auto seconds = std::chrono::floor<base::Seconds>(moment);
  auto text = base::formatTime(seconds);
  text.pop_back();
  if (asKey) std::replace(text.begin(), text.end(), ':', '.');
  return text + fmt::format(".{:03}Z", (moment - seconds).count());
}

std::string userAtHost() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const char* user = std::getenv("USER");
  return fmt::format("{}@{}", user && *user ? user : "uid " + std::to_string(getuid()), host.data());
}

/// Empty where it is not answered (Kubernetes before 1.28 has no such review).
std::string kubeUser(kube::Api& api) {
  const auto review = api.write(kube::create(
      selfReviews, "",
      Value::object({{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "SelfSubjectReview"}})));
  return review ? std::string((*review)["status"]["userInfo"]["username"].text()) : "";
}

void shortenText(std::string& text) {
  if (text.size() <= longestText) return;
  const auto left = text.size() - longestText;
  text = text.substr(0, longestText) + fmt::format(" ... ({} bytes more)", left);
}

void shortenLists(Entry& entry) {
  constexpr std::size_t mostNames = 50;
  for (auto& proven : entry.proven) {
    if (proven.waived.size() <= mostNames) continue;
    const auto left = proven.waived.size() - mostNames;
    proven.waived.resize(mostNames);
    proven.waived.push_back(fmt::format("and {} more", left));
  }
}

}  // namespace

Journal::Journal(kube::Api& api, std::string ns, Author author, Now now)
    : api_(api),
      ns_(std::move(ns)),
      author_(std::move(author)),
      now_(std::move(now)),
      run_(base::hex(base::randomBytes(4))) {
  if (author_.who.empty()) author_.who = userAtHost();
  if (!now_) now_ = [] { return std::chrono::floor<base::Millis>(std::chrono::system_clock::now()); };
}

base::Result<std::vector<Entry>> Journal::read() {
  const auto object = api_.get(kube::configMaps.path(ns_, journalName));
  if (!object && object.error().kind != base::Kind::notFound) return base::fail(object.error());
  read_ = true;
  kept_.clear();
  std::vector<Entry> entries;
  if (!object) return entries;
  for (const auto& [key, value] : (*object)["data"].members()) {
    const auto document = json::parse(value.text());
    auto entry = document ? entryFromJson(*document) : std::nullopt;
    if (!entry) continue;
    entry->key = key;
    kept_.push_back({std::move(*entry), key.size() + value.text().size()});
  }
  std::sort(kept_.begin(), kept_.end(),
            [](const Kept& a, const Kept& b) { return a.entry.key < b.entry.key; });
  for (const auto& kept : kept_) entries.push_back(kept.entry);
  return entries;
}

void Journal::stamp(Entry& entry) {
  const auto moment = now_();
  entry.time = stampText(moment, false);
  entry.key = fmt::format("{}-{:04}-{}", stampText(moment, true), ++count_, run_);
  entry.run = run_;
  entry.who = author_.who;
  if (entry.event == Event::began) {
    entry.kubeUser = kubeUser(api_);
    entry.command = author_.command;
  }
  shortenText(entry.text);
  shortenLists(entry);
}

base::Status Journal::append(std::vector<Entry> entries) {
  if (entries.empty()) return {};
  if (!read_) (void)read();  // only to know when it is full
  auto data = Value::object();
  const auto before = kept_;
  const bool last = entries.back().event == Event::stopped;
  for (auto& entry : entries) {
    stamp(entry);
    auto text = json::dump(toJson(entry));
    const auto size = entry.key.size() + text.size();
    data.set(entry.key, std::move(text));
    kept_.push_back({std::move(entry), size});
  }
  dropOldest(data);
  auto done = write(std::move(data), last);
  if (!done) kept_ = before;
  return done;
}

void Journal::dropOldest(Value& data) {
  std::size_t total = 0;
  std::vector<Entry> entries;
  for (const auto& kept : kept_) {
    total += kept.size;
    entries.push_back(kept.entry);
  }
  if (total <= journalFull) return;
  std::set<std::string> present;
  const auto rotations = rotationsOf(entries);
  for (const auto& entry : rotations.back()) present.insert(entry.key);
  const auto beginning = rotations.back().front().key;
  for (const std::size_t limit : {journalFull, journalOverfull}) {
    std::erase_if(kept_, [&](const Kept& kept) {
      const auto& key = kept.entry.key;
      if (total <= limit || key == beginning || data.has(key)) return false;
      if (limit == journalFull && present.contains(key)) return false;
      total -= kept.size;
      data.set(key, nullptr);
      return true;
    });
  }
}

base::Status Journal::write(Value data, bool evenIfInterrupted) {
  auto patch =
      kube::patch(kube::configMaps, ns_, journalName, kube::Patch::merge, Value::object({{"data", data}}));
  patch.evenIfInterrupted = evenIfInterrupted;
  auto done = api_.write(patch);
  // A patch of keys of our own has nothing to conflict with but another write at the very same moment.
  for (int again = 0; again < 3 && !done && done.error().kind == base::Kind::conflict; ++again) {
    done = api_.write(patch);
  }
  if (!done && done.error().kind == base::Kind::notFound) {
    auto added = Value::object();
    for (const auto& [key, text] : data.members()) {
      if (!text.isNull()) added.set(key, text);
    }
    done = api_.write(
        kube::create(kube::configMaps, ns_,
                     Value::object({{"apiVersion", "v1"},
                                    {"kind", "ConfigMap"},
                                    {"metadata", Value::object({{"name", journalName}, {"namespace", ns_}})},
                                    {"data", std::move(added)}})));
    if (!done && done.error().kind == base::Kind::conflict) done = api_.write(patch);  // someone was faster
  }
  if (!done) return base::fail(done.error().context("the journal " + ns_ + "/" + journalName));
  return {};
}

}  // namespace rotate
