#include "explore/trace.h"

#include <sstream>
#include <utility>

namespace explore {

namespace {

Ca caOf(char name) {
  return name == 'O' ? Ca::old : Ca::fresh;
}

RootSet setOf(const std::string& names) {
  RootSet set = 0;
  for (const auto name : names) set |= name == 'O' ? 1 : 2;
  return set;
}

/// "N/O+N+N", "none"
Written writtenOf(const std::string& text) {
  if (text == "none") return {};
  Written::Secret secret{text.front(), ""};
  for (std::size_t i = 2; i < text.size(); i += 2) secret.bundle += text[i];
  return {secret};
}

/// "a1=N,plugged"
void addIstiod(Seen& seen, const std::string& word) {
  const auto equals = word.find('=');
  auto& istiod = seen.istiods[static_cast<std::size_t>(word[0] - 'a')];
  istiod.generation = std::stoi(word.substr(1, equals - 1));
  istiod.signer = caOf(word[equals + 1]);
  istiod.plugged = word.ends_with("plugged");
}

/// "shop/client#2=N:ON"
void addProxy(Seen& seen, const std::string& word) {
  const auto hash = word.find('#'), equals = word.find('=');
  seen.proxies.push_back({word.substr(0, hash), std::stoi(word.substr(hash + 1, equals - hash - 1)),
                          caOf(word[equals + 1]), setOf(word.substr(equals + 3))});
}

Seen seenOf(const std::string& line) {
  Seen seen;
  seen.line = line;
  std::istringstream words(line.substr(4));
  int part = 0;
  for (std::string word; words >> word;) {
    if (word == "|") {
      ++part;
    } else if (part == 0) {
      addIstiod(seen, word);
    } else if (part == 1) {
      seen.distributed |= 1U << setOf(word);
    } else {
      addProxy(seen, word);
    }
  }
  return seen;
}

}  // namespace

Trace readTrace(const std::string& text) {
  Trace trace;
  std::vector<Written> writes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("wrote ")) {
      writes.push_back(writtenOf(line.substr(6)));
    } else if (line.starts_with("saw ")) {
      trace.seen.push_back(seenOf(line));
      trace.seen.back().writes = std::exchange(writes, {});
    }
  }
  return trace;
}

}  // namespace explore
