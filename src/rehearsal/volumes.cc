#include "rehearsal/volumes.h"

#include <fmt/format.h>

#include "base/text.h"
#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;
using Content = std::map<std::string, std::string>;

/// One source of a projected volume; a secret or config map volume is one of those alone.
Value sourcesOf(const Value& volume) {
  if (volume["projected"].isObject()) return volume["projected"]["sources"];
  auto source = Value::object();
  for (const auto* kind : {"secret", "configMap", "downwardAPI"}) {
    if (volume[kind].isObject()) source.set(kind, volume[kind]);
  }
  return Value::array({std::move(source)});
}

Key keyOfSource(const Value& pod, std::string_view kind, const Value& source) {
  // A secret volume says secretName, a projection of one says name.
  const auto name = source.has("secretName") ? source["secretName"].text() : source["name"].text();
  return {"", kind == "secret" ? "secrets" : "configmaps", std::string(pod["metadata"]["namespace"].text()),
          std::string(name)};
}

Content contentOf(const Value& object, std::string_view kind) {
  Content content;
  for (const auto& [name, value] : object["data"].members()) {
    content[name] =
        kind == "secret" ? base::base64Decode(value.text()).value_or("") : std::string(value.text());
  }
  for (const auto& [name, value] : object["binaryData"].members())
    content[name] = base::base64Decode(value.text()).value_or("");
  return content;
}

base::Status addObject(Content& files, const Value& pod, std::string_view kind, const Value& source,
                       const Lookup& lookup) {
  const auto key = keyOfSource(pod, kind, source);
  const bool optional = source["optional"].boolean().value_or(false);
  const auto object = lookup(key);
  if (!object) {
    if (optional) return {};
    return base::fail(
        {base::Kind::notFound,
         fmt::format("{} \"{}\" not found", kind == "secret" ? "secret" : "configmap", key.name)});
  }
  auto content = contentOf(*object, kind);
  if (source["items"].items().empty()) {
    files.merge(content);
    return {};
  }
  for (const auto& item : source["items"].items()) {
    const auto found = content.find(std::string(item["key"].text()));
    if (found != content.end()) {
      files[std::string(item["path"].text())] = found->second;
    } else if (!optional) {
      return base::fail(
          {base::Kind::notFound, fmt::format("references non-existent {} key: {}",
                                             kind == "secret" ? "secret" : "config", item["key"].text())});
    }
  }
  return {};
}

std::string base64Url(std::string_view bytes) {
  auto text = base::base64Encode(bytes);
  for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

/// A bound token's claims; who verifies it in here looks at nothing else.
std::string tokenFor(const Value& pod, const Value& source, base::Time now) {
  const auto ns = pod["metadata"]["namespace"].text();
  const auto account = pod["spec"]["serviceAccountName"].text();
  const auto audience = source["audience"].text();
  const auto issued = now.time_since_epoch().count() / 1800 * 1800;  // another one every half hour
  const auto lifetime = source["expirationSeconds"].integer().value_or(3600);
  const auto claims = Value::object(
      {{"aud", Value::array({audience.empty() ? Value("https://kubernetes.default.svc.cluster.local")
                                              : Value(audience)})},
       {"exp", std::int64_t{issued} + lifetime},
       {"iat", std::int64_t{issued}},
       {"iss", "https://kubernetes.default.svc.cluster.local"},
       {"kubernetes.io", Value::object({{"namespace", ns},
                                        {"pod", Value::object({{"name", pod["metadata"]["name"]},
                                                               {"uid", pod["metadata"]["uid"]}})},
                                        {"serviceaccount", Value::object({{"name", account}})}})},
       {"sub", fmt::format("system:serviceaccount:{}:{}", ns, account)}});
  return fmt::format("{}.{}.{}", base64Url(R"({"alg":"RS256"})"), base64Url(json::dump(claims)),
                     base64Url(base::sha256Hex(json::dump(claims))));
}

/// kubernetes: pkg/fieldpath/fieldpath.go FormatMap.
std::string lines(const Value& map) {
  std::string text;
  for (const auto& [name, value] : map.members()) {
    if (!text.empty()) text += '\n';
    text += name + "=" + json::dump(value);
  }
  return text;
}

std::string fieldOf(const Value& pod, std::string_view path) {
  const auto& metadata = pod["metadata"];
  if (path == "metadata.labels" || path == "metadata.annotations") return lines(metadata[path.substr(9)]);
  const auto dot = path.find('.');
  return std::string(pod[path.substr(0, dot)][path.substr(dot + 1)].text());
}

void addDownward(Content& files, const Value& pod, const Value& source) {
  for (const auto& item : source["items"].items()) {
    files[std::string(item["path"].text())] =
        item.has("fieldRef") ? fieldOf(pod, item["fieldRef"]["fieldPath"].text()) : "2";
  }
}

base::Result<Content> volumeContent(const Value& pod, const Value& volume, const Lookup& lookup,
                                    base::Time now) {
  Content files;
  const auto sources = sourcesOf(volume);
  for (const auto& source : sources.items()) {
    for (const auto* kind : {"secret", "configMap"}) {
      if (source[kind].isObject()) TRY(addObject(files, pod, kind, source[kind], lookup));
    }
    if (source["downwardAPI"].isObject()) addDownward(files, pod, source["downwardAPI"]);
    if (const auto& token = source["serviceAccountToken"]; token.isObject())
      files[std::string(token["path"].text())] = tokenFor(pod, token, now);
  }
  return files;
}

}  // namespace

std::set<Key> volumeSources(const Value& pod) {
  std::set<Key> keys;
  for (const auto& volume : pod["spec"]["volumes"].items()) {
    const auto sources = sourcesOf(volume);
    for (const auto& source : sources.items()) {
      for (const auto* kind : {"secret", "configMap"}) {
        if (source[kind].isObject()) keys.insert(keyOfSource(pod, kind, source[kind]));
      }
    }
  }
  return keys;
}

base::Result<Files> mountedFiles(const Value& pod, const Lookup& lookup, base::Time now) {
  const auto& spec = pod["spec"];
  Files files;
  for (const auto& volume : spec["volumes"].items()) {
    auto read = volumeContent(pod, volume, lookup, now);
    if (!read)
      return base::fail(read.error().context(
          fmt::format("MountVolume.SetUp failed for volume \"{}\"", volume["name"].text())));
    for (const auto* list : {"initContainers", "containers"}) {
      for (const auto& container : spec[list].items()) {
        for (const auto& mount : container["volumeMounts"].items()) {
          if (mount["name"].text() != volume["name"].text()) continue;
          for (const auto& [path, bytes] : *read)
            files[std::string(mount["mountPath"].text()) + "/" + path] = bytes;
        }
      }
    }
  }
  return files;
}

}  // namespace rehearsal
