#include "cli/own_ca.h"

#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "pki/ca_files.h"

namespace cli {

namespace {

constexpr const char* intermediateName = "intermediate";

base::Result<std::filesystem::path> dataHome() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
    return std::filesystem::path(data);
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path(home) / ".local" / "share";
  return base::fail({base::Kind::usage, "there is nowhere to keep a new CA",
                     "neither XDG_DATA_HOME nor HOME is set",
                     "make one with create-ca and name it with --ca"});
}

}  // namespace

base::Result<std::filesystem::path> ownCaDirectory(Context& context) {
  TRY_ASSIGN(auto directory, dataHome());
  TRY_ASSIGN(kube::Api * api, context.api());
  const auto system = api->get(kube::namespaces.path("", "kube-system"));
  auto cluster = system ? std::string((*system)["metadata"]["uid"].text()) : "";
  if (cluster.empty()) cluster = base::sha256Hex(api->server()).substr(0, 16);
  return directory / "kubectl-istio-ca" / cluster;
}

std::optional<std::filesystem::path> findOwnCa(const std::filesystem::path& directory) {
  auto folder = directory / intermediateName;
  std::error_code none;
  if (std::filesystem::exists(folder / "ca-cert.pem", none)) return folder;
  return std::nullopt;
}

base::Result<std::filesystem::path> makeOwnCa(Context& context, const std::filesystem::path& directory) {
  TRY(base::makeDirectory(directory));
  pki::CaRequest request;
  request.outDirectory = directory;
  request.name = intermediateName;
  request.now = context.clock().now();
  TRY(pki::createCa(request));
  return directory / intermediateName;
}

}  // namespace cli
