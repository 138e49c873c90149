#include <gtest/gtest.h>

#include "net/header.h"
#include "net/proxy.h"
#include "net/trust_store.h"
#include "net/url.h"

namespace net {
namespace {

TEST(Url, takesServersApart) {
  struct Case {
    const char *text, *host;
    int port;
    const char *authority, *full;
  };
  const Case cases[] = {
      {"https://127.0.0.1:6443", "127.0.0.1", 6443, "127.0.0.1:6443", "https://127.0.0.1:6443"},
      {"https://k8s.example", "k8s.example", 443, "k8s.example", "https://k8s.example:443"},
      {"http://localhost:80/", "localhost", 80, "localhost", "http://localhost:80"},
      {"https://[::1]:6443", "::1", 6443, "[::1]:6443", "https://[::1]:6443"},
      {"https://rancher/k8s/clusters/c-1/", "rancher", 443, "rancher",
       "https://rancher:443/k8s/clusters/c-1"},
  };
  for (const auto& [text, host, port, authority, full] : cases) {
    const auto url = parseUrl(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(url->host, host);
    EXPECT_EQ(url->port, port);
    EXPECT_EQ(url->authority(), authority);
    EXPECT_EQ(url->text(), full);
  }
  EXPECT_EQ(parseUrl("https://10.0.0.1:6443/x")->text("kubernetes"), "https://kubernetes:6443/x");
}

TEST(Url, refusesWhatIsNoServer) {
  for (const char* text : {"", "127.0.0.1:6443", "foo", "ftp://x", "https://", "https://a b", "https://u:p@h",
                           "https://h?x=1", "https://h:99999", "unix:///run/x"}) {
    const auto url = parseUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, base::Kind::usage);
    EXPECT_EQ(base::describe(url.error()).find(":p@"), std::string::npos);
  }
}

TEST(Proxy, isChosenAsGoDoesIt) {
  const ProxyEnvironment corporate{.httpsProxy = "http://proxy:3128", .httpProxy = "plain:80", .noProxy = ""};
  const auto except = [&](const char* noProxy) {
    auto environment = corporate;
    environment.noProxy = noProxy;
    return environment;
  };
  struct Case {
    const char *server, *explicitProxy;
    ProxyEnvironment environment;
    const char* proxy;
  };
  const Case cases[] = {
      {"https://k8s.example", "", {}, ""},
      {"https://k8s.example", "", corporate, "http://proxy:3128"},
      {"http://k8s.example", "", corporate, "http://plain:80"},
      {"https://localhost:6443", "", corporate, ""},
      {"https://127.9.9.9", "", corporate, ""},
      {"https://[::1]", "", corporate, ""},
      {"https://128.0.0.1", "", corporate, "http://proxy:3128"},
      {"https://127.0.0.1", "socks5://s:1080", corporate, "socks5h://s:1080"},
      {"https://k8s.example", "https://p:1", except("*"), "https://p:1"},
      {"https://k8s.example", "", except("*"), ""},
      {"https://k8s.example", "", except("other, k8s.example"), ""},
      {"https://k8s.example", "", except("example"), ""},
      {"https://K8S.Example", "", except("eXample"), ""},
      {"https://k8s.example", "", except("ample"), "http://proxy:3128"},
      {"https://k8s.example", "", except(".example"), ""},
      {"https://k8s.example", "", except("*.example"), ""},
      {"https://example", "", except(".example"), "http://proxy:3128"},
      {"https://k8s.example:6443", "", except("k8s.example:6443"), ""},
      {"https://k8s.example:6443", "", except("k8s.example:443"), "http://proxy:3128"},
      {"https://10.1.2.3:6443", "", except("10.0.0.0/8"), ""},
      {"https://11.1.2.3:6443", "", except("10.0.0.0/8"), "http://proxy:3128"},
      {"https://10.1.2.3", "", except("10.1.2.2/31"), ""},
      {"https://10.1.2.4", "", except("10.1.2.2/31"), "http://proxy:3128"},
      {"https://10.1.2.3", "", except("10.1.2.3"), ""},
      {"https://10.1.2.3", "", except("10.0.0.0/33,10.0.0.0/x,/8,,:"), "http://proxy:3128"},
      {"https://10.1.2.3", "", except("::/0"), "http://proxy:3128"},
      {"https://[fd00::1]:6443", "", except("fd00::/8"), ""},
      {"https://[fd00::1]:6443", "", except("[fd00::1]:6443"), ""},
      {"https://[fd00::1]:6443", "", except("fd00::1"), ""},
      {"https://[fe00::1]:6443", "", except("fd00::/8"), "http://proxy:3128"},
  };
  for (const auto& [server, explicitProxy, environment, expected] : cases) {
    const auto proxy = chooseProxy(*parseUrl(server), explicitProxy, environment);
    ASSERT_TRUE(proxy);
    EXPECT_EQ(*proxy, expected) << server << " except " << environment.noProxy;
  }
  const auto wrong = chooseProxy(*parseUrl("https://a"), "ftp://u:secret@p", {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(base::describe(wrong.error()).find("secret"), std::string::npos);
}

TEST(TrustStore, isFoundWhereverTheSystemHasIt) {
  const std::string debian = "/etc/ssl/certs/ca-certificates.crt",
                    fedora = "/etc/pki/tls/certs/ca-bundle.crt";
  struct Case {
    std::string fileVariable, directoryVariable;
    TrustStore builtIn;
    std::vector<std::string> existing;
    TrustStore found;
  };
  const Case cases[] = {
      {"", "", {debian, "/etc/ssl/certs"}, {debian, fedora, "/etc/ssl/certs"}, {debian, "/etc/ssl/certs"}},
      {"", "", {debian, "/etc/ssl/certs"}, {fedora}, {fedora, ""}},
      {"", "", {"", ""}, {debian}, {debian, ""}},
      {"", "", {debian, ""}, {}, {"", ""}},
      {"/my.pem", "", {debian, "/etc/ssl/certs"}, {debian}, {"/my.pem", ""}},
      {"", "/my", {debian, ""}, {debian}, {"", "/my"}},
  };
  for (const auto& test : cases) {
    const auto found = findTrustStore(
        [&](const char* name) {
          return std::string(name) == "SSL_CERT_FILE" ? test.fileVariable : test.directoryVariable;
        },
        test.builtIn,
        [&](const std::string& path) {
          return std::count(test.existing.begin(), test.existing.end(), path) > 0;
        });
    EXPECT_EQ(found.file, test.found.file);
    EXPECT_EQ(found.directory, test.found.directory);
  }
}

TEST(Request, cannotSmuggleHeaders) {
  const auto isGood = [](Request request) { return bool(checkRequest(request)); };
  EXPECT_TRUE(isGood({.path = "/api/v1/pods?limit=500", .headers = {{"Accept", "application/json, */*"}}}));
  EXPECT_TRUE(isGood({.method = "PATCH", .path = "/", .bearerToken = base::Secret(std::string("abc.def"))}));
  EXPECT_FALSE(isGood({.path = "/a b"}));
  EXPECT_FALSE(isGood({.path = "/a\r\nX: y"}));
  EXPECT_FALSE(isGood({.path = "a"}));
  EXPECT_FALSE(isGood({.method = "GET /x", .path = "/"}));
  EXPECT_FALSE(isGood({.path = "/", .headers = {{"A", "b\r\nC: d"}}}));
  EXPECT_FALSE(isGood({.path = "/", .headers = {{"A b", "c"}}}));
  EXPECT_FALSE(isGood({.path = "/", .headers = {{"A\n", "c"}}}));
  const auto token = checkRequest({.path = "/", .bearerToken = base::Secret(std::string("abc\n"))});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, base::Kind::usage);
  EXPECT_EQ(base::describe(token.error()).find("abc"), std::string::npos);
}

}  // namespace
}  // namespace net
