#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/text.h"
#include "kube/access.h"
#include "kube/api.h"
#include "rehearsal/api_server.h"

/// Pods that echo what their ports are sent, and one that does not answer.
class EchoPods final : public rehearsal::Pods {
 public:
  base::Result<std::unique_ptr<rehearsal::PortEnd>> connect(const std::string&, const std::string&,
                                                            int port) override {
    if (port != 15000) return base::fail({base::Kind::unavailable, "connection refused"});
    return std::make_unique<Echo>();
  }
  base::Result<rehearsal::ExecResult> execute(const std::string& ns, const std::string& pod,
                                              const std::string& container,
                                              const std::vector<std::string>& command) override {
    if (command.front() == "missing") return base::fail({base::Kind::failed, "exec: \"missing\": not found"});
    if (command.front() == "false") return rehearsal::ExecResult{"", "no", 3};
    return rehearsal::ExecResult{ns + "/" + pod + "/" + container + ": " + base::join(command, " "), "", 0};
  }

 private:
  /// Answers an HTTP request with its first line, and closes where it is asked to.
  class Echo final : public rehearsal::PortEnd {
   public:
    std::string feed(std::string_view bytes) override {
      heard_ += bytes;
      if (heard_.find("\r\n\r\n") == std::string::npos) return {};
      closed_ = heard_.find("Connection: close") != std::string::npos;
      const std::string body = heard_.substr(0, heard_.find('\r')) + std::string(100000, 'x');
      return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    [[nodiscard]] bool closed() const override { return closed_; }

   private:
    std::string heard_;
    bool closed_ = false;
  };
};

/// A server on a store, and the plugin's own client of it.
struct ServerTest : testing::Test {
  ServerTest() {
    for (const char* ns : {"istio-system", "shop"}) put({"", "namespaces", "", ns}, "{}");
    auto started = rehearsal::ApiServer::start(simulation, store, pods);
    if (!started) throw std::runtime_error(base::describe(started.error()));
    server = std::move(*started);
    kubeconfig = std::filesystem::temp_directory_path() / ("rehearsal-" + base::hex(base::randomBytes(8)));
    std::ofstream(kubeconfig) << server->kubeconfig();
    api = connect({});
  }
  ~ServerTest() override { std::filesystem::remove(kubeconfig); }

  std::unique_ptr<kube::Api> connect(const kube::AccessFlags& flags) {
    kube::Environment environment;
    environment.kubeconfig = kubeconfig.string();
    environment.home = environment.serviceAccountDirectory = "/nonexistent";
    auto access = kube::loadAccess(flags, environment);
    if (!access) throw std::runtime_error(base::describe(access.error()));
    auto made = kube::connect(*access, clock);
    if (!made) throw std::runtime_error(base::describe(made.error()));
    return std::move(*made);
  }

  static json::Value parsed(std::string_view text) {
    auto value = json::parse(text);
    if (!value) throw std::runtime_error(base::describe(value.error()));
    return std::move(*value);
  }
  void put(const rehearsal::Key& key, std::string_view object) {
    const std::lock_guard lock(simulation.mutex());
    const auto made = store.create(key, parsed(object), "test");
    if (!made) throw std::runtime_error(base::describe(made.error()));
  }
  static std::string why(const base::Result<json::Value>& result) {
    return result ? "" : result.error().reason;
  }

  base::SystemClock clock;
  rehearsal::Simulation simulation{std::chrono::sys_days(std::chrono::year(2026) / 11 / 28), 1};
  rehearsal::Store store{[this] { return base::formatTime(simulation.now()); }};
  EchoPods pods;
  std::unique_ptr<rehearsal::ApiServer> server;
  std::filesystem::path kubeconfig;
  std::unique_ptr<kube::Api> api;
};
