#include "mesh/json_table.h"
#include "mesh/observation_json.h"

namespace mesh {

namespace {

using json::Value;

/// Reads into its place what stands under the key, or why it was not read under that key with "Unreadable".
template <class T>
void reading(Reader& reader, const Value& object, const std::string& key, trust::Reading<T>& place,
             auto read) {
  const auto other = key + "Unreadable";
  if (object.has(other)) {
    trust::Unreadable why;
    readFields(reader, object[other], why);
    place = tl::unexpected(std::move(why));
  } else if (object.has(key)) {
    T value;
    read(value);
    place = std::move(value);
  } else {
    reader.fail("\"" + key + "\" is missing");
  }
}

void certificates(Reader& reader, const Value& object, const std::string& key,
                  trust::Reading<trust::Certificates>& place) {
  reading(reader, object, key, place, [&](trust::Certificates& value) { reader.read(object, key, value); });
}

void secret(Reader& reader, const Value& object, trust::CaSecret& secret) {
  readFields(reader, object, secret);
  if (!object.has("lastWritten")) return;
  secret.lastWritten.emplace();
  reader.read(object, "lastWritten", *secret.lastWritten);
}

void optionalSecret(Reader& reader, const Value& document, const std::string& key,
                    trust::Reading<std::optional<trust::CaSecret>>& place) {
  reading(reader, document, key, place, [&](std::optional<trust::CaSecret>& value) {
    if (!document[key].isNull()) secret(reader, reader.object(document, key), value.emplace());
  });
}

/// All entries of a list, each by `read`. Made at once: a vector that grows would be much code for each type.
template <class T>
void list(Reader& reader, const Value& object, std::string_view key, std::vector<T>& place, auto read) {
  const auto& items = reader.items(object, key);
  place = std::vector<T>(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) read(reader, items[i], place[i]);
}

void installation(Reader& reader, const Value& object, trust::Installation& installation) {
  readFields(reader, object, installation);
  installation.kind = trust::InstallationKind(reader.oneOf(object, "kind", installationWords));
  list(reader, object, "meshConfigs", installation.meshConfigs, [](auto&... all) { readFields(all...); });
  if (installation.kind != trust::InstallationKind::sail) return;
  readFields(reader, reader.object(object, "istio"), installation, sailFields());
}

void istiod(Reader& reader, const Value& object, trust::Istiod& istiod) {
  readFields(reader, object, istiod);
  certificates(reader, object, "serving", istiod.serving);
  if (!object.has("issued") && !object.has("issuedUnreadable"))
    return;  // saved before there was such a thing
  reading(reader, object, "issued", istiod.issued, [&](trust::Issued& value) {
    const auto& issued = reader.object(object, "issued");
    reader.read(issued, "chain", value.chain);
    reader.read(issued, "bundle", value.bundle);
    if (value.chain.empty()) reader.fail("\"chain\" is empty");
  });
}

void secrets(Reader& reader, const Value& object, trust::ProxySecrets& secrets) {
  readFields(reader, object, secrets);
  reader.read(object, "chain", secrets.chain);
  reader.read(object, "roots", secrets.roots);
  if (secrets.chain.empty()) reader.fail("\"chain\" is empty");
}

void proxy(Reader& reader, const Value& object, trust::Proxy& proxy) {
  readFields(reader, object, proxy);
  readFields(reader, reader.object(object, "workload"), proxy.workload);
  proxy.type = trust::ProxyType(reader.oneOf(object, "type", proxyTypeWords));
  reading(reader, object, "secrets", proxy.secrets,
          [&](trust::ProxySecrets& value) { secrets(reader, reader.object(object, "secrets"), value); });
  certificates(reader, object, "mounted", proxy.mounted);
}

void distribution(Reader& reader, const Value& object, trust::Distribution& distribution) {
  distribution.kind = trust::Distribution::Kind(reader.oneOf(object, "kind", distributionWords));
  reader.read(object, "name", distribution.name);
  certificates(reader, object, "roots", distribution.roots);
  if (!object.has("lastWritten")) return;
  distribution.lastWritten.emplace();
  reader.read(object, "lastWritten", *distribution.lastWritten);
}

void opaque(Reader& reader, const Value& object, trust::Opaque& opaque) {
  readFields(reader, object, opaque);
  readFields(reader, reader.object(object, "workload"), opaque.workload);
}

/// A list of things that belong to a workload, under its key.
template <class T>
void ofWorkloads(Reader& reader, const Value& object, const std::string& key,
                 trust::Reading<std::vector<T>>& place, trust::Workload T::*workload) {
  reading(reader, object, key, place, [&](std::vector<T>& value) {
    list(reader, object, key, value, [&](Reader& entries, const Value& each, T& entry) {
      readFields(entries, each, entry);
      readFields(entries, entries.object(each, "workload"), entry.*workload);
    });
  });
}

void surroundings(Reader& reader, const Value& object, trust::Surroundings& read) {
  ofWorkloads(reader, object, "rollouts", read.rollouts, &trust::Rollout::workload);
  ofWorkloads(reader, object, "autoscalers", read.autoscalers, &trust::Autoscaler::target);
  reading(reader, object, "budgets", read.budgets, [&](std::vector<trust::ShutBudget>& value) {
    list(reader, object, "budgets", value, [](auto&... all) { readFields(all...); });
  });
}

void unlisted(Reader& reader, const Value& object, std::pair<std::string, trust::Unreadable>& entry) {
  reader.read(object, "what", entry.first);
  readFields(reader, object, entry.second);
}

}  // namespace

base::Result<trust::Observation> observationFromJson(const Value& document) {
  if (document["apiVersion"].text() != observationVersion || document["kind"].text() != observationKind) {
    return base::fail({base::Kind::usage, "this is no observation",
                       "its apiVersion and kind are not istio-ca/v1 and Observation",
                       "write one with: status --save-observation FILE"});
  }
  Reader reader(document);
  base::Result<trust::Observation> result;
  trust::Observation& read = *result;
  readFields(reader, document, read);
  installation(reader, reader.object(document, "installation"), read.installation);
  list(reader, document, "istiodDeployments", read.istiodDeployments,
       [](auto&... all) { readFields(all...); });
  list(reader, document, "istiods", read.istiods, istiod);
  optionalSecret(reader, document, "cacerts", read.cacerts);
  optionalSecret(reader, document, "selfSigned", read.selfSigned);
  reading(reader, document, "backups", read.backups,
          [&](std::vector<trust::CaSecret>& value) { list(reader, document, "backups", value, secret); });
  list(reader, document, "distribution", read.distribution, distribution);
  list(reader, document, "proxies", read.proxies, proxy);
  list(reader, document, "opaque", read.opaque, opaque);
  list(reader, document, "ztunnels", read.ztunnels, [](auto&... all) { readFields(all...); });
  if (document.has("surroundings"))
    surroundings(reader, reader.object(document, "surroundings"), read.surroundings.emplace());
  list(reader, document, "unsupported", read.unsupported, [](auto&... all) { readFields(all...); });
  list(reader, document, "unlisted", read.unlisted, unlisted);
  TRY(reader.status());
  return result;
}

}  // namespace mesh
