#include <gtest/gtest.h>

#include "mesh/ca_token.h"
#include "mesh/csr_exchange.h"
#include "mesh/observation_json.h"
#include "mesh/serving.h"
#include "net/protobuf.h"
#include "pki/issue.h"
#include "pki/pem.h"
#include "support/fake_api.h"
#include "support/fake_clock.h"
#include "support/fake_istiod.h"

namespace {

using json::Value;
using net::Http2Server;
using support::FakeApi;
using support::FakeIstiod;
using support::TestCa;

const std::string tokenPath = "/api/v1/namespaces/istio-system/serviceaccounts/default/token";

Value granted(const std::string& token, std::int64_t seconds) {
  return Value::object({{"spec", Value::object({{"expirationSeconds", seconds}})},
                        {"status", Value::object({{"token", token}})}});
}

mesh::CsrTerms termsFor(const TestCa& ca) {
  return {base::Secret("a token"), {ca.root}, support::start};
}

/// An istiod pod that was read over this port.
struct Read {
  std::vector<Http2Server::Request> seen{};
  std::vector<trust::Istiod> istiods{1};

  Read(const FakeApi::Stream* stream, const trust::Reading<mesh::CsrTerms>& terms) {
    istiods[0].ns = "istio-system";
    istiods[0].pod = "istiod-1";
    FakeApi api;
    if (stream != nullptr) api.stream("forwards/istio-system/istiod-1:15012", *stream);
    mesh::ServingReader reader(istiods, {true}, terms);
    EXPECT_TRUE(reader.finish(kube::forward(api, reader.forwards(), base::Millis{1000})));
  }
};

struct Asked {
  trust::Istiod istiod;
  std::vector<Http2Server::Request> seen;
};
Asked ask(const FakeIstiod& port, const trust::Reading<mesh::CsrTerms>& terms) {
  Asked asked;
  const auto stream = port.stream(asked.seen);
  asked.istiod = Read(&stream, terms).istiods.front();
  return asked;
}

TEST(CsrExchange, ShowsTheSignerAndTheBundleOfAnIstiod) {
  const auto plugged = TestCa::withIntermediate("N"), own = TestCa::selfSigned("O");
  const auto bundle = plugged.root.pem() + own.root.pem();
  for (const auto& [ca, chainSize] : {std::pair(plugged, 3U), std::pair(own, 1U)}) {
    FakeIstiod istiod{.ca = ca, .plugged = chainSize > 1, .bundle = bundle};
    const auto [read, seen] = ask(istiod, termsFor(ca));
    ASSERT_TRUE(read.serving);
    ASSERT_TRUE(read.issued) << read.issued.error().reason;
    EXPECT_EQ(read.issued->bundle, bundle);
    ASSERT_EQ(read.issued->chain.size(), chainSize);
    EXPECT_TRUE(read.issued->chain.front().signedBy(ca.signer));
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.front().header("authorization"), "Bearer a token");
    EXPECT_EQ(seen.front().header(":path"), "/istio.v1.auth.IstioCertificateService/CreateCertificate");
    const auto message = seen.front().body.substr(5);
    EXPECT_TRUE(message.ends_with(std::string("\x18\x3c", 2))) << "validity_duration (3) of 60 seconds";
    EXPECT_EQ(net::textsOf(message, 1)->size(), 1U);
    EXPECT_EQ(net::textsOf(message, 4)->size(), 0U) << "no metadata: nobody is impersonated";
  }
}

TEST(CsrExchange, WhatBecomesOfItNeverSpoilsTheCertificatesSeen) {
  const auto ca = TestCa::withIntermediate("N"), other = TestCa::withIntermediate("X");
  const auto bundle = ca.root.pem();
  const FakeIstiod good{.ca = ca, .bundle = bundle};
  const auto answering = [&](const Http2Server::Answer& answer) {
    auto istiod = good;
    istiod.answer = [answer](const auto&) { return answer; };
    return istiod;
  };
  const auto with = [&](auto change) {
    auto istiod = good;
    change(istiod);
    return istiod;
  };
  struct Case {
    FakeIstiod istiod;
    std::string reason;
    std::size_t shown = 1;  // how often it got to see the token
  };
  const Case cases[] = {
      {answering(net::grpcStatus(16, "request authenticate failure")),
       "gRPC status UNAUTHENTICATED: request authenticate failure"},
      {answering(net::grpcStatus(12, "unknown service")), "gRPC status UNIMPLEMENTED: unknown service"},
      {answering({}), "the connection ended before the answer"},
      {answering(net::grpcAnswer("")), "it holds no certificate with a root bundle"},
      {answering(net::grpcAnswer("\x0a\x7f")), "the message is not protobuf: it ends within a field"},
      {with([&](auto& istiod) { istiod.ca = other; }), "does not verify with istio-ca-root-cert", 0},
      {with([](auto& istiod) { istiod.dnsName = "server.shop.svc"; }),
       "the certificate that it presents is not for istiod.istio-system.svc", 0},
      {with([](auto& istiod) { istiod.now += base::Seconds{86400}; }), "certificate is not yet valid", 0},
      {with([](auto& istiod) { istiod.protocol = "http/1.1"; }), "it does not speak HTTP/2", 0},
      {with([](auto& istiod) { istiod.wantsClientCertificate = true; }), "certificate required", 0},
  };
  for (const auto& [istiod, reason, shown] : cases) {
    const auto [read, seen] = ask(istiod, termsFor(ca));
    EXPECT_TRUE(read.serving) << reason;
    ASSERT_FALSE(read.issued) << reason;
    EXPECT_NE(read.issued.error().reason.find(reason), std::string::npos) << read.issued.error().reason;
    EXPECT_FALSE(read.issued.error().forbidden);
    EXPECT_EQ(seen.size(), shown) << reason;
  }
}

TEST(CsrExchange, IsLeftOutWithoutTerms) {
  const auto ca = TestCa::withIntermediate("N");
  const auto [read, seen] =
      ask({.ca = ca, .bundle = ca.root.pem()}, tl::unexpected(trust::Unreadable{"may not", true}));
  EXPECT_TRUE(read.serving);
  ASSERT_FALSE(read.issued);
  EXPECT_EQ(read.issued.error().reason, "may not");
  EXPECT_TRUE(read.issued.error().forbidden);
  EXPECT_TRUE(seen.empty());

  const auto nobody = Read(nullptr, termsFor(ca)).istiods.front();
  ASSERT_FALSE(nobody.serving || nobody.issued);
  EXPECT_EQ(nobody.issued.error().reason, nobody.serving.error().reason);
}

TEST(CsrExchange, TakesNoAnswerThatIsNotForItsKey) {
  const auto ca = TestCa::withIntermediate("N");
  const auto key = *pki::PrivateKey::generate(pki::KeyType::ecP256);
  const pki::Validity minute{support::start, support::start + base::Seconds{60}};
  const auto leaf =
      pki::makeWorkload(key, "spiffe://cluster.local/ns/istio-system/sa/default", minute, ca.signer, ca.key)
          ->pem();
  const auto foreign = ca.issue("x").front().pem(), root = ca.root.pem();
  struct Case {
    std::vector<std::string> elements;
    std::string error;
  };
  const Case cases[] = {
      {{leaf, ca.signer.pem(), root, root + root}, ""},
      {{leaf + "\n", ca.signer.pem() + root, "no certificate, but as it stands"}, ""},  // of older releases
      {{leaf, root.substr(0, root.size() - 1)}, ""},
      {{}, "it holds no certificate with a root bundle"},
      {{leaf}, "it holds no certificate with a root bundle"},
      {{leaf, ""}, "the root bundle is no text"},
      {{leaf, "\xff"}, "the root bundle is no text"},
      {{foreign, root}, "the certificate is not for our key"},
      {{ca.signer.pem(), leaf, root}, "the certificate is not for our key"},
      {{"", root}, "holds no certificate"},
      {{leaf, "-----BEGIN CERTIFICATE-----\n", root}, "the answer to a certificate request"},
  };
  for (const auto& [elements, error] : cases) {
    std::string message;
    for (const auto& element : elements) net::appendText(message, 1, element);
    const auto issued = mesh::issuedOf(message, key);
    if (error.empty()) {
      ASSERT_TRUE(issued) << base::describe(issued.error());
      EXPECT_EQ(issued->bundle, elements.back());
      EXPECT_TRUE(key.matches(issued->chain.front()));
    } else {
      ASSERT_FALSE(issued) << error;
      EXPECT_NE(base::describe(issued.error()).find(error), std::string::npos)
          << base::describe(issued.error());
    }
  }
}

TEST(CaToken, IsAskedForOnceInItsLife) {
  FakeApi api;
  test::FakeClock clock;
  mesh::CaToken token;
  const auto get = [&](const std::string& audience = "istio-ca") {
    const auto got = token.get(api, clock, "istio-system", audience);
    return got ? std::string(got->reveal()) : base::describe(got.error());
  };
  api.answer("POST " + tokenPath, granted("first", 600));
  EXPECT_EQ(get(), "first");
  ASSERT_EQ(api.written.size(), 1U);
  EXPECT_EQ(api.written[0].path, tokenPath);
  EXPECT_EQ(api.written[0].body["spec"]["expirationSeconds"].integer(), 600);
  EXPECT_EQ(api.written[0].body["spec"]["audiences"].items().front().text(), "istio-ca");

  api.answer("POST " + tokenPath, granted("second", 120));
  clock.advance(base::Millis{539'000});
  EXPECT_EQ(get(), "first");
  clock.advance(base::Millis{1'000});
  EXPECT_EQ(get(), "second");
  api.answer("POST " + tokenPath, granted("third", 3600));
  clock.advance(base::Millis{60'000});  // the server gave it for less than what was asked for
  EXPECT_EQ(get(), "third");
  api.answer("POST " + tokenPath, granted("other", 600));
  EXPECT_EQ(get("another"), "other");
  EXPECT_EQ(api.written.size(), 4U);
}

TEST(CaToken, ARefusalIsRememberedForAMinute) {
  FakeApi api;
  test::FakeClock clock;
  mesh::CaToken token;
  const auto get = [&] { return token.get(api, clock, "istio-system", "istio-ca"); };
  api.answer("POST " + tokenPath, base::fail(support::refused("create token")));
  EXPECT_EQ(get().error().kind, base::Kind::forbidden);
  clock.advance(base::Millis{59'000});
  EXPECT_EQ(get().error().kind, base::Kind::forbidden);
  EXPECT_EQ(api.written.size(), 1U);
  api.answer("POST " + tokenPath, granted("", 600));
  clock.advance(base::Millis{1'000});
  EXPECT_EQ(get().error().reason, "the answer to the TokenRequest holds none");

  mesh::CaToken interrupted;
  api.answer("POST " + tokenPath, base::fail({base::Kind::interrupted, "interrupted"}));
  EXPECT_EQ(interrupted.get(api, clock, "istio-system", "istio-ca").error().kind, base::Kind::interrupted);
  api.answer("POST " + tokenPath, granted("now", 600));
  EXPECT_TRUE(interrupted.get(api, clock, "istio-system", "istio-ca"));
}

TEST(ObservationJson, HoldsWhatWasIssued) {
  const auto ca = TestCa::withIntermediate("N");
  trust::Observation mesh;
  mesh.istiods.resize(2);
  mesh.istiods[0].issued = trust::Issued{ca.issue("x"), ca.root.pem() + "# as it is"};
  const auto document = mesh::observationToJson(mesh);
  const auto again = mesh::observationFromJson(document);
  ASSERT_TRUE(again) << base::describe(again.error());
  ASSERT_TRUE(again->istiods[0].issued);
  EXPECT_EQ(again->istiods[0].issued->chain, mesh.istiods[0].issued->chain);
  EXPECT_EQ(again->istiods[0].issued->bundle, mesh.istiods[0].issued->bundle);
  ASSERT_FALSE(again->istiods[1].issued);
  EXPECT_EQ(again->istiods[1].issued.error().reason, "not asked");
  EXPECT_EQ(json::dump(mesh::observationToJson(*again)), json::dump(document));
}

}  // namespace
