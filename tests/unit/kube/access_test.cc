#include "kube/access.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/text.h"
#include "kube/kubeconfig.h"

namespace kube {
namespace {

using base::Kind;

const std::string folder = std::string(ICA_TEST_DATA) + "/kubeconfig/";
const std::string first = folder + "first.yaml", second = folder + "second.yaml";

Environment environmentOf(const std::string& list) {
  Environment environment;
  environment.kubeconfig = list;
  environment.home = "/nonexistent";
  environment.serviceAccountDirectory = "/nonexistent";
  return environment;
}

/// Both files, as $KUBECONFIG, with a file between them that does not exist.
base::Result<ClusterAccess> load(const AccessFlags& flags) {
  return loadAccess(flags, environmentOf(first + ":/nonexistent/config::" + second));
}

AccessFlags inContext(std::string context) {
  AccessFlags flags;
  flags.context = std::move(context);
  return flags;
}

std::string pem(std::string_view what) {
  return "-----BEGIN CERTIFICATE-----\n" + std::string(what) + "\n-----END CERTIFICATE-----\n";
}

TEST(Access, TheFirstFileWinsByNameAndCurrentContextByBeingSet) {
  const auto access = load({});
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->context, "dev");
  EXPECT_EQ(access->origin, first + ", " + second);
  EXPECT_EQ(access->namespaceName, "default");
  EXPECT_EQ(access->server, "https://10.0.0.1:6443");
  EXPECT_EQ(access->caPem, pem("dev CA")) << "relative to its own file";
  EXPECT_EQ(access->clientCertificatePem, pem("dev client"));
  EXPECT_EQ(access->clientKeyPem.reveal(), "not a key, but what stands where one would\n");
}

TEST(Access, ReadsEverythingThatAClusterSays) {
  const auto access = load(inContext("prod"));
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->server, "https://prod.example:6443/k8s/clusters/c-1");
  EXPECT_EQ(access->caPem, pem("prod")) << "inline data wins over the file";
  EXPECT_EQ(access->proxyUrl, "socks5://user:pass@proxy.example:1080");
  EXPECT_EQ(access->tlsServerName, "kubernetes.default");
  EXPECT_TRUE(access->disableCompression);
  EXPECT_FALSE(access->insecureSkipTlsVerify);
  EXPECT_EQ(access->namespaceName, "shop");
  EXPECT_EQ(access->token.reveal(), "first-token");
  EXPECT_EQ(
      json::dump(access->clusterInfo),
      R"({"server":"https://prod.example:6443/k8s/clusters/c-1","tls-server-name":"kubernetes.default",)"
      R"("certificate-authority-data":")" +
          base::base64Encode(pem("prod")) +
          R"(","proxy-url":"socks5://user:pass@proxy.example:1080","disable-compression":true,)"
          R"("config":{"audience":"mesh"}})");
}

TEST(Access, ReadsEverythingThatAUserSays) {
  const auto jane = load(inContext("prod-as-jane"));
  ASSERT_TRUE(jane) << jane.error().message;
  EXPECT_EQ(jane->tokenFile, folder + "certs/token");
  EXPECT_EQ(jane->impersonateUser + jane->impersonateUid, "jane7");
  EXPECT_EQ(jane->impersonateGroups, (std::vector<std::string>{"dev", "ops"}));
  EXPECT_EQ(jane->impersonateExtra.size(), 2U);
  const auto lab = load(inContext("lab"));
  ASSERT_TRUE(lab);
  EXPECT_TRUE(lab->insecureSkipTlsVerify);
  EXPECT_EQ(lab->username + std::string(lab->password.reveal()), "up");
  const auto robot = load(inContext("robot"));
  ASSERT_TRUE(robot && robot->exec);
  EXPECT_EQ(robot->exec->command, folder + "./plugin.py");
  EXPECT_EQ(robot->exec->args, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(robot->exec->env.at("PLUGIN_SALT"), "salt");
  EXPECT_EQ(robot->exec->interactiveMode + robot->exec->installHint, "Neverinstall it");
  EXPECT_TRUE(robot->exec->provideClusterInfo);
}

TEST(Access, OverPlainHttpNoCredentialIsSent) {
  const auto access = load(inContext("plain"));
  ASSERT_TRUE(access);
  EXPECT_EQ(access->server, "http://127.0.0.1:8001");
  EXPECT_TRUE(access->token.empty());
}

struct FlagCase {
  std::string name;
  AccessFlags flags;
  std::function<std::string(const ClusterAccess&)> seen;
  std::string expected;
};

TEST(Access, FlagsReplaceWhatTheFilesSay) {
  const auto flags = [](auto change) {
    AccessFlags out;
    change(out);
    return out;
  };
  const auto server = [](const ClusterAccess& a) { return a.server + " " + a.tlsServerName; };
  const auto trust = [](const ClusterAccess& a) {
    return a.caPem.value_or("none") + (a.insecureSkipTlsVerify ? "!" : "");
  };
  const auto who = [](const ClusterAccess& a) {
    return std::string(a.token.reveal()) + a.tokenFile + a.username + a.clientCertificatePem +
           (a.exec ? "exec" : "");
  };
  const auto as = [](const ClusterAccess& a) {
    return a.impersonateUser + "," + a.impersonateUid + "," + base::join(a.impersonateGroups, "+");
  };
  const std::vector<FlagCase> cases = {
      {"--cluster", flags([](auto& f) { f.cluster = "lab"; }), server, "https://lab.example "},
      {"--server drops tls-server-name", flags([](auto& f) {
         f.context = "prod";
         f.server = "https://other/";
       }),
       server, "https://other "},
      {"--tls-server-name", flags([](auto& f) {
         f.context = "prod";
         f.tlsServerName = "n";
       }),
       server, "https://prod.example:6443/k8s/clusters/c-1 n"},
      {"--server without a scheme", flags([](auto& f) { f.server = "other:6443?x#y"; }), server,
       "https://other:6443 "},
      {"--insecure-skip-tls-verify drops the CA", flags([](auto& f) { f.insecureSkipTlsVerify = true; }),
       trust, "none!"},
      {"--certificate-authority drops insecure", flags([](auto& f) {
         f.context = "lab";
         f.certificateAuthority = folder + "certs/ca.pem";
       }),
       trust, pem("dev CA")},
      {"--certificate-authority wins over data", flags([](auto& f) {
         f.context = "prod";
         f.certificateAuthority = folder + "certs/ca.pem";
       }),
       trust, pem("dev CA")},
      {"--user", flags([](auto& f) { f.user = "admin"; }), who, "first-token"},
      {"--token wins over a token file", flags([](auto& f) {
         f.user = "jane";
         f.token = base::Secret("mine");
       }),
       who, "mine"},
      {"--token wins over a plugin", flags([](auto& f) {
         f.user = "robot";
         f.token = base::Secret("mine");
       }),
       who, "mine"},
      {"--token wins over a password", flags([](auto& f) {
         f.user = "basic";
         f.token = base::Secret("mine");
       }),
       who, "mine"},
      {"--client-certificate", flags([](auto& f) {
         f.user = "basic";
         f.clientCertificate = folder + "certs/dev.pem";
         f.clientKey = folder + "certs/dev-key.txt";
       }),
       who, "u" + pem("dev client")},
      {"--as keeps the groups", flags([](auto& f) {
         f.user = "jane";
         f.as = "joe";
       }),
       as, "joe,7,dev+ops"},
      {"--as-group --as-uid", flags([](auto& f) {
         f.as = "joe";
         f.asUid = "1";
         f.asGroups = {"g"};
       }),
       as, "joe,1,g"},
  };
  for (const FlagCase& each : cases) {
    const auto access = load(each.flags);
    ASSERT_TRUE(access) << each.name << ": " << access.error().message << ": " << access.error().reason;
    EXPECT_EQ(each.seen(*access), each.expected) << each.name;
  }
}

struct WrongCase {
  std::string name, text, message, hint;
};

constexpr std::string_view oneContext =
    "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n";

TEST(Access, SaysWhichFileAndWhatIsWrongInIt) {
  const std::string file = testing::TempDir() + "kube_access_wrong.yaml";
  const std::string cluster = "clusters: [{name: k, cluster: {server: 'https://h'}}]\n";
  const auto user = [&](const std::string& text) {
    return std::string(oneContext) + cluster + "users: [{name: u, user: " + text + "}]\n";
  };
  const auto clusterOf = [](const std::string& text) {
    return std::string(oneContext) + "users: [{name: u}]\nclusters: [{name: k, cluster: " + text + "}]\n";
  };
  const std::string userHere = "user \"u\" in FILE cannot be used: ";
  const std::string clusterHere = "cluster \"k\" in FILE cannot be used: ";
  const std::string plugin = "exec plugin of user \"u\" in FILE cannot be used: ";
  const std::vector<WrongCase> cases = {
      {"not YAML", "clusters: [", "FILE is not a kubeconfig: ", ""},
      {"a list", "[1]", "FILE is not a kubeconfig: it is not a map", ""},
      {"a wrong list", "clusters: 7", "FILE is not a kubeconfig: clusters is not a list", ""},
      {"no name", "users: [{user: {}}]", "FILE is not a kubeconfig: an entry of users has no name", ""},
      {"twice", "users: [{name: a}, {name: a}]", "FILE is not a kubeconfig: users has a twice", ""},
      {"not a map", "contexts: [{name: a, context: 1}]", "FILE is not a kubeconfig: context a is not a map",
       ""},
      {"empty", "", "FILE holds no cluster, user or context", ""},
      {"no current context", "contexts: [{name: b}, {name: a}]", "FILE has no current-context",
       "--context: a, b"},
      {"no such context", "current-context: prod1\ncontexts: [{name: prod}]",
       "no context \"prod1\" in FILE: current-context names it",
       "did you mean \"prod\"? contexts there: prod"},
      {"no such cluster", oneContext.data(), "no cluster \"k\" in FILE: context \"c\" names it",
       "clusters there: none"},
      {"no such user", std::string(oneContext) + cluster, "no user \"u\" in FILE: context \"c\" names it",
       "users there: none"},
      {"no cluster", "current-context: c\ncontexts: [{name: c}]", "context \"c\" in FILE names no cluster",
       "--cluster"},
      {"no server", clusterOf("{}"), clusterHere + "it has no server", ""},
      {"no address", clusterOf("{server: 'ftp://h'}"), "\"ftp://h\" is not the address of a server", "FILE"},
      {"no host", clusterOf("{server: 'https:///x'}"), "\"https:///x\" is not the address of a server",
       "FILE"},
      {"a proxy-url", clusterOf("{server: 'https://h', proxy-url: 'ftp://u:S3cret@p'}"),
       "the proxy-url in FILE cannot be used: it must begin with", ""},
      {"bad base64", clusterOf("{server: 'https://h', certificate-authority-data: '%'}"),
       clusterHere + "certificate-authority-data is not base64", ""},
      {"no PEM", clusterOf("{server: 'https://h', certificate-authority-data: 'YQ=='}"),
       "the certificate authority of cluster \"k\" in FILE holds no certificate", ""},
      {"no CA file", clusterOf("{server: 'https://h', certificate-authority: none.pem}"),
       clusterHere + "certificate-authority: cannot read ", ""},
      {"insecure with a CA",
       clusterOf("{server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: "
                 "LS0tLS1CRUdJTiA=}"),
       clusterHere + "it has both a certificate authority and insecure-skip-tls-verify", "take one"},
      {"not a boolean", clusterOf("{server: 'https://h', insecure-skip-tls-verify: 'yes'}"),
       clusterHere + "insecure-skip-tls-verify is neither true nor false", ""},
      {"not a string", user("{token: 1234}"), userHere + "token is not a string", ""},
      {"two ways", user("{token: a, username: b}"), userHere + "it has both a token and a username", ""},
      {"no key", user("{client-certificate-data: YQ==}"),
       userHere + "it has a client certificate but no client-key", ""},
      {"gcp", user("{auth-provider: {name: gcp}}"), userHere + "it uses the legacy auth-provider \"gcp\"",
       "gke-gcloud-auth-plugin"},
      {"azure", user("{auth-provider: {name: azure}}"),
       userHere + "it uses the legacy auth-provider \"azure\"", "kubelogin"},
      {"oidc", user("{auth-provider: {name: oidc}}"), userHere + "it uses the legacy auth-provider \"oidc\"",
       "oidc_login"},
      {"groups of nobody", user("{as-groups: [a]}"),
       "impersonation of a uid, groups or extra needs a user too", "--as"},
      {"no command", user("{exec: {apiVersion: client.authentication.k8s.io/v1}}"),
       plugin + "it has no command", ""},
      {"an old plugin", user("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}"),
       plugin + "its apiVersion is \"client.authentication.k8s.io/v1alpha1\"", "/v1beta1"},
      {"no mode", user("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}"),
       plugin + "its interactiveMode is none of", ""},
      {"args", user("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, args: [1]}}"),
       plugin + "one of its args is not a string", ""},
      {"env",
       user("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: a}]}}"),
       plugin + "one of its env has no name", ""},
  };
  for (const WrongCase& each : cases) {
    std::ofstream(file) << each.text;
    AccessFlags flags;
    flags.kubeconfig = file;
    const auto access = loadAccess(flags, environmentOf(""));
    ASSERT_FALSE(access) << each.name;
    const auto named = [&](std::string text) {
      for (std::size_t at = 0; (at = text.find(file)) != std::string::npos;)
        text.replace(at, file.size(), "FILE");
      return text;
    };
    EXPECT_EQ(access.error().kind, Kind::usage) << each.name;
    EXPECT_TRUE(named(base::describe(access.error())).starts_with(each.message))
        << each.name << ": " << base::describe(access.error());
    EXPECT_NE(named(access.error().hint).find(each.hint), std::string::npos)
        << each.name << ": " << access.error().hint;
    EXPECT_EQ(base::describe(access.error()).find("S3cret"), std::string::npos) << each.name;
  }
  std::filesystem::remove(file);
}

TEST(Access, AMissingFileIsAnErrorOnlyIfItWasNamed) {
  AccessFlags flags;
  flags.kubeconfig = "/nonexistent/config";
  const auto named = loadAccess(flags, environmentOf(first));
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().kind, Kind::usage);
  EXPECT_NE(named.error().message.find("/nonexistent/config"), std::string::npos) << named.error().message;
  EXPECT_EQ(named.error().hint, "check --kubeconfig");
  const auto listed = loadAccess({}, environmentOf("/nonexistent/a:/nonexistent/b"));
  ASSERT_FALSE(listed);
  EXPECT_EQ(base::describe(listed.error()),
            "there is no kubeconfig: nothing in /nonexistent/a:/nonexistent/b, and not in a pod");
}

TEST(Access, TheKubeconfigFlagNamesOneFileAlone) {
  AccessFlags flags;
  flags.kubeconfig = first;
  flags.context = "dev";
  const auto access = loadAccess(flags, environmentOf(second));
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().hint, "contexts there: prod, prod-as-jane");
}

TEST(Access, AServerAloneIsEnough) {
  AccessFlags flags;
  flags.server = "https://h:6443/";
  flags.token = base::Secret("t");
  const auto access = loadAccess(flags, environmentOf(""));
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->server + " " + std::string(access->token.reveal()), "https://h:6443 t");
  EXPECT_EQ(access->origin, "the command line");
}

TEST(Access, FlagsThatContradictEachOther) {
  AccessFlags flags;
  flags.insecureSkipTlsVerify = true;
  flags.certificateAuthority = folder + "certs/ca.pem";
  EXPECT_FALSE(load(flags));
  AccessFlags half;
  half.clientKey = folder + "certs/dev-key.txt";
  half.user = "admin";
  const auto access = load(half);
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().message, "a client certificate needs its key, and a key its certificate");
}

TEST(Access, InAPodWithoutAKubeconfigItIsTheServiceAccounts) {
  const std::filesystem::path account = testing::TempDir() + "kube_access_sa";
  std::filesystem::create_directories(account);
  std::ofstream(account / "token") << "t";
  std::ofstream(account / "ca.crt") << pem("pod CA");
  std::ofstream(account / "namespace") << "istio-system\n";
  Environment environment = environmentOf("");
  environment.serviceHost = "fd00::1";
  environment.servicePort = "443";
  environment.serviceAccountDirectory = account.string();
  const auto access = loadAccess({}, environment);
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->origin, "in-cluster");
  EXPECT_EQ(access->server, "https://[fd00::1]:443");
  EXPECT_EQ(access->tokenFile, account / "token");
  EXPECT_EQ(access->caPem, pem("pod CA"));
  EXPECT_EQ(access->namespaceName, "istio-system");
  AccessFlags flags;
  flags.token = base::Secret("mine");
  EXPECT_EQ(loadAccess(flags, environment).value().tokenFile, "");
  environment.kubeconfig = second;
  EXPECT_EQ(loadAccess({}, environment).value().context, "dev") << "a kubeconfig comes first";
  std::filesystem::remove_all(account);
}

}  // namespace
}  // namespace kube
