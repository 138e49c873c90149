#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/global_options.h"
#include "cli/print.h"
#include "cli/run_progress.h"
#include "plan/plan.h"
#include "rotate/cluster.h"
#include "rotate/finish.h"
#include "rotate/gate_error.h"
#include "rotate/journaled_progress.h"
#include "trust/judge.h"
#include "ui/certificates.h"
#include "ui/output.h"
#include "ui/prompt.h"
#include "ui/terminal.h"
#include "ui/text.h"

namespace cli {

namespace {

using Left = std::vector<rotate::LeftBehind>;

constexpr std::size_t digits = 8;  // of a fingerprint, as everywhere

bool mayGo(const rotate::LeftBehind& left) {
  return !left.inUse && left.certificate;
}

/// The CAs whose keys would go, each once.
trust::Certificates casOf(const Left& left) {
  trust::Certificates cas;
  for (const auto& each : left) {
    if (mayGo(each) && std::find(cas.begin(), cas.end(), *each.certificate) == cas.end())
      cas.push_back(*each.certificate);
  }
  return cas;
}

std::string describe(const rotate::LeftBehind& left, base::Time now) {
  auto text = fmt::format("secret {}/{}", left.ns, left.name);
  text += left.certificate
              ? fmt::format(": key of {}, SHA-256 {}", ui::oneLine(trust::shortName(*left.certificate)),
                            left.certificate->fingerprint())
              : ": does not parse; look at it yourself";
  if (left.since) text += fmt::format(", {} old", base::formatDuration(now - *left.since));
  if (left.inUse) text += "; this CA signs now, so it stays";
  return text;
}

std::string listText(const Left& left, const trust::Observation& mesh, std::size_t width) {
  std::string text = "left behind by the rotation:\n";
  for (const auto& each : left) text += ui::hanging(describe(each, mesh.takenAt), width, 2);
  text += ui::hanging(fmt::format("config map {}/{}: who did what; no key is in it, and it stays",
                                  mesh.installation.ns, rotate::journalName),
                      width, 2);
  return text;
}

json::Value listJson(const Left& left, const trust::Observation& mesh) {
  auto document = ui::document("LeftBehind");
  document.set("observedAt", base::formatTime(mesh.takenAt));
  auto secrets = json::Value::array();
  for (const auto& each : left) {
    secrets.push(json::Value::object(
        {{"namespace", each.ns},
         {"name", each.name},
         {"certificate", each.certificate ? ui::certificateJson(*each.certificate) : json::Value()},
         {"since", each.since ? json::Value(base::formatTime(*each.since)) : json::Value()},
         {"inUse", each.inUse}}));
  }
  document.set("secrets", std::move(secrets));
  document.set("journal",
               json::Value::object({{"namespace", mesh.installation.ns}, {"name", rotate::journalName}}));
  return document;
}

ui::Table listTable(const Left& left, const trust::Observation& mesh, bool wide) {
  ui::Table table({{"NAMESPACE"}, {"SECRET"}, {"CA", 12}, {"SHA-256"}, {"AGE"}, {"IN USE"}});
  for (const auto& each : left) {
    const auto& ca = each.certificate;
    table.add({each.ns, each.name, ca ? ca->subject() : "does not parse",
               ca ? ca->fingerprint().substr(0, wide ? std::string::npos : digits) : "-",
               each.since ? base::formatDuration(mesh.takenAt - *each.since) : "-",
               each.inUse ? "yes" : "no"});
  }
  return table;
}

std::vector<std::string> listNames(const Left& left) {
  std::vector<std::string> names;
  for (const auto& each : left) names.push_back("secret/" + each.name);
  return names;
}

/// What is left, in the form that was asked for; nothing is changed by telling it.
void printLeft(Context& context, const Options& options, const Left& left, const trust::Observation& mesh,
               const std::string& note) {
  printAs(context, options,
          {.document = [&] { return listJson(left, mesh); },
           .names = [&] { return listNames(left); },
           .text =
               [&](const ui::Stream& out) {
                 const bool none = casOf(left).empty();
                 return (none ? "" : listText(left, mesh, out.tableWidth())) +
                        ui::hanging(note, out.tableWidth(), 0);
               },
           .table = [&](bool wide) { return listTable(left, mesh, wide); }});
}

/// The rotation is over, on this very observation.
base::Status isOver(const plan::Decision& decision) {
  if (decision.stage == plan::Stage::done) return {};
  const auto stage = fmt::format("the rotation is not done: stage {}", decision.nameOf(decision.stage));
  if (decision.missing()) return base::fail(rotate::gateError(decision, stage));
  return base::fail({base::Kind::gate, stage, decision.step ? "next: " + decision.step->title : "",
                     "finish it with: kubectl istio-ca rotate"});
}

/// Everything that is judged before a key goes, once more before each.
base::Result<plan::Decision> judge(const Context& context, const trust::Observation& mesh) {
  TRY_ASSIGN(auto decision, plan::next(mesh, {}, context.rules()));
  TRY(isOver(decision));
  auto answers = rotate::mayForget(mesh);
  for (auto& answer : answers) {
    if (!answer.yes()) {
      decision.answers = {std::move(answer)};
      return base::fail(rotate::gateError(decision, "no key is deleted"));
    }
  }
  decision.answers = std::move(answers);
  return decision;
}

bool means(std::string typed, const pki::Certificate& ca) {
  std::erase(typed, ':');
  std::transform(typed.begin(), typed.end(), typed.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return typed.size() >= digits && ca.fingerprint().starts_with(typed);
}

base::Status confirmEach(Context& context, const Options& options, const trust::Certificates& cas) {
  const auto given = options.all("confirm");
  for (const auto& typed : given) {
    if (std::none_of(cas.begin(), cas.end(), [&](const auto& ca) { return means(typed, ca); })) {
      return base::fail({base::Kind::usage, "--confirm: " + typed + " is no old CA that is left here", "",
                         "give the fingerprint, or its first 8 digits: kubectl istio-ca finish shows them"});
    }
  }
  for (const auto& ca : cas) {
    if (std::any_of(given.begin(), given.end(), [&](const auto& typed) { return means(typed, ca); }))
      continue;
    TRY_ASSIGN(const auto typed,
               ui::askLine(context.terminal(),
                           fmt::format("Type the first 8 digits of the fingerprint of {} to delete its key "
                                       "for good:",
                                       ui::oneLine(ca.subject())),
                           "give it with --confirm FINGERPRINT, once for each old CA"));
    if (!means(typed, ca)) {
      return base::fail(
          {base::Kind::failed, "nothing is deleted", "what you typed is not its fingerprint", ""});
    }
  }
  return {};
}

/// One by one, each on a fresh observation, with the lease held.
base::Status deleteAll(Context& context, kube::Api& api, const Left& agreed) {
  rotate::Cluster cluster(api, context.clock(), context.istioNamespace(), {});
  const auto terminal =
      makeRunProgress(context, {.command = context.command(), .staged = false, .yes = true, .plain = true});
  rotate::Journal journal(api, context.istioNamespace(), {"", context.commandLine()},
                          [&] { return context.moment(); });
  std::vector<rotate::Written> written;
  rotate::JournaledProgress progress(*terminal, journal, {}, [&] { return written; });
  cluster.lease().configure(progress, false);
  for (const auto& secret : agreed) {
    TRY(cluster.holdLease(true));
    TRY_ASSIGN(const auto mesh, cluster.observe(false));
    auto decision = judge(context, mesh);
    if (!decision) return base::fail(decision.error());
    progress.looked(mesh, *decision);
    const plan::Step step{plan::Stage::done,
                          fmt::format("delete secret {}/{}, the key of {}", secret.ns, secret.name,
                                      trust::shortName(*secret.certificate)),
                          "there is no way back to that CA from the cluster",
                          {}};
    TRY(progress.acting(step));
    auto done = rotate::deleteSecret(api, secret);
    if (!done) {
      progress.failed(step, done.error());
      progress.stopped(done.error());
      return base::fail(done.error().context("nothing more is deleted"));
    }
    written = {std::move(*done)};
    progress.acted(step, {});
  }
  progress.ended();
  return {};
}

base::Result<int> finish(Context& context, const Options& options) {
  if (options.on("delete-old-ca") && options.text("output") != "text") {
    return base::fail({base::Kind::usage, "-o " + options.text("output") + " is for the list", "",
                       "leave it out with --delete-old-ca"});
  }
  TRY_ASSIGN(kube::Api * api, context.api());
  mesh::ObserveOptions observe;
  observe.istioNamespace = context.istioNamespace();
  TRY_ASSIGN(const auto reading, mesh::observe(*api, context.clock(), observe));
  const auto& mesh = reading.observation;
  auto left = rotate::leftBehind(mesh);
  TRY_ASSIGN(const auto decision, plan::next(mesh, {}, context.rules()));
  if (casOf(left).empty() && mesh.cacerts && *mesh.cacerts) {
    printLeft(context, options, left, mesh,
              "no key of an old CA is left in the cluster, and so there is no way back");
    return 0;
  }
  TRY(isOver(decision));
  if (!options.on("delete-old-ca")) {
    printLeft(
        context, options, left, mesh,
        "nothing is changed. As long as an old CA's key is kept, kubectl istio-ca rollback can bring that CA "
        "back, and whoever can read these secrets can sign for it. --delete-old-ca deletes them for good.");
    return 0;
  }
  const auto width = context.terminal().out.tableWidth();
  context.print(listText(left, mesh, width));
  TRY(judge(context, mesh));
  context.say("deleting them leaves no way back: rollback will have nothing to go back to\n");
  TRY(confirmEach(context, options, casOf(left)));
  std::erase_if(left, [](const auto& each) { return !mayGo(each); });
  TRY(deleteAll(context, *api, left));
  context.print(
      ui::hanging(fmt::format("{} deleted; secret cacerts must stay: without it an istiod that starts "
                              "makes a new CA",
                              base::plural(left.size(), "secret", "secrets")),
                  width, 0));
  return 0;
}

}  // namespace

Command finishCommand() {
  return {
      .name = "finish",
      .group = Group::change,
      .summary = "show what is left of the old CA, and delete its key",
      .description =
          "Only when the rotation is done (else exit 3). Tells which secrets still hold the key of an old "
          "CA: istio-ca-secret and the backups, by fingerprint and age. Changes nothing by itself.\n\n"
          "--delete-old-ca deletes them, after every istiod is proven to run with secret cacerts, and asks "
          "to type the first 8 digits of the old CA's fingerprint, with --yes too; --confirm gives it in a "
          "script. There is no way back after that.",
      .options = {{.name = "delete-old-ca", .help = "delete the secrets with an old CA's key"},
                  {.name = "confirm",
                   .takes = Takes::text,
                   .value = "FINGERPRINT",
                   .help = "of the old CA, or its first 8 digits; may be repeated",
                   .repeatable = true},
                  {.name = "yes", .letter = 'y', .help = "ask nothing but the fingerprint"},
                  outputOption({"text", "table", "wide", "json", "yaml", "name"}, "text")},
      .examples = {{"what is left behind", "finish"},
                   {"delete the old CA's key in a script", "finish --delete-old-ca --confirm 3f2a91c0"}},
      .run = finish};
}

}  // namespace cli
