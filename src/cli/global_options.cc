#include "cli/global_options.h"

namespace cli {

const std::vector<Option>& globalOptions() {
  static const std::vector<Option> options{
      {.name = "kubeconfig", .takes = Takes::file, .value = "FILE", .help = "the kubeconfig to use, alone"},
      {.name = "context",
       .takes = Takes::context,
       .value = "NAME",
       .help = "the kubeconfig's context to use"},
      {.name = "cluster",
       .takes = Takes::cluster,
       .value = "NAME",
       .help = "the kubeconfig's cluster to use"},
      {.name = "user", .takes = Takes::user, .value = "NAME", .help = "the kubeconfig's user to use"},
      {.name = "server",
       .letter = 's',
       .takes = Takes::text,
       .value = "URL",
       .help = "the API server's address"},
      {.name = "token", .takes = Takes::text, .value = "TOKEN", .help = "bearer token for the API server"},
      {.name = "as", .takes = Takes::text, .value = "USER", .help = "user to impersonate"},
      {.name = "as-uid", .takes = Takes::text, .value = "UID", .help = "UID to impersonate"},
      {.name = "as-group",
       .takes = Takes::text,
       .value = "GROUP",
       .help = "group to impersonate; may be repeated",
       .repeatable = true},
      {.name = "certificate-authority",
       .takes = Takes::file,
       .value = "FILE",
       .help = "certificates of the API server's CA"},
      {.name = "client-certificate",
       .takes = Takes::file,
       .value = "FILE",
       .help = "client certificate for TLS"},
      {.name = "client-key", .takes = Takes::file, .value = "FILE", .help = "its key"},
      {.name = "tls-server-name",
       .takes = Takes::text,
       .value = "NAME",
       .help = "name to verify the API server's certificate with, and to send as SNI"},
      {.name = "insecure-skip-tls-verify", .help = "do not verify the API server's certificate"},
      {.name = "request-timeout",
       .takes = Takes::duration,
       .value = "DURATION",
       .help = "give up on one request to the API server after this time (0: the default)"},
      {.name = "istio-namespace",
       .letter = 'i',
       .takes = Takes::nameSpace,
       .value = "NAMESPACE",
       .help = "namespace of istiod",
       .fallback = "istio-system"},
      {.name = "color",
       .takes = Takes::choice,
       .value = "WHEN",
       .help = "colour the output",
       .fallback = "auto",
       .choices = {"auto", "always", "never"}},
      {.name = "no-color", .help = "the same as --color never; NO_COLOR in the environment does it too"},
      {.name = "quiet", .letter = 'q', .help = "print nothing to standard error but errors and questions"},
      {.name = "verbose",
       .letter = 'v',
       .takes = Takes::number,
       .value = "LEVEL",
       .help =
           "tell of each request to the API server on standard error, by kubectl's levels: 6 URL, status and "
           "time, 7 its headers, 8 headers and bodies, 9 all of them; no token, key or value of a secret in "
           "any",
       .fallback = "0"},
      {.name = "help", .letter = 'h', .help = "show help and exit"},
      {.name = "version", .help = "show the version and exit"},
  };
  return options;
}

kube::AccessFlags accessFlags(const Options& options) {
  kube::AccessFlags flags;
  flags.kubeconfig = options.text("kubeconfig");
  flags.context = options.text("context");
  flags.cluster = options.text("cluster");
  flags.user = options.text("user");
  flags.server = options.text("server");
  flags.tlsServerName = options.text("tls-server-name");
  flags.as = options.text("as");
  flags.asUid = options.text("as-uid");
  flags.asGroups = options.all("as-group");
  flags.certificateAuthority = options.text("certificate-authority");
  flags.clientCertificate = options.text("client-certificate");
  flags.clientKey = options.text("client-key");
  flags.token = base::Secret(options.text("token"));
  flags.insecureSkipTlsVerify = options.on("insecure-skip-tls-verify");
  flags.requestTimeout = options.duration("request-timeout");
  return flags;
}

ui::ColourChoice colourChoice(const Options& options) {
  const std::string when = options.text("color");
  if (options.on("no-color") || when == "never") return ui::ColourChoice::never;
  return when == "always" ? ui::ColourChoice::always : ui::ColourChoice::automatic;
}

Option namespaceOption() {
  return {.name = "namespace",
          .letter = 'n',
          .takes = Takes::nameSpace,
          .value = "NAMESPACE",
          .help = "only this namespace"};
}

Option allNamespacesOption() {
  return {.name = "all-namespaces", .letter = 'A', .help = "all meshed namespaces (the default)"};
}

Option outputOption(std::vector<std::string_view> choices, std::string_view fallback) {
  return {.name = "output",
          .letter = 'o',
          .takes = Takes::choice,
          .value = "FORMAT",
          .help = "how to print",
          .fallback = fallback,
          .choices = std::move(choices)};
}

Option timeoutOption(std::string_view fallback) {
  return {.name = "timeout",
          .takes = Takes::duration,
          .value = "DURATION",
          .help = "how long to wait for what must hold before giving up with exit code 124",
          .fallback = fallback};
}

Option yesOption() {
  return {.name = "yes", .letter = 'y', .help = "do not ask before changing something"};
}

Option dryRunOption() {
  return {.name = "dry-run", .help = "change nothing: print the requests that would be sent, keys hidden"};
}

}  // namespace cli
