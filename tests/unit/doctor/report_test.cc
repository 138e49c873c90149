#include "ui/findings_report.h"

#include <gtest/gtest.h>

#include "doctor/diagnose.h"
#include "ui/output.h"

namespace {

trust::Observation emptyMesh() {
  trust::Observation mesh;
  mesh.server = "https://host:6443";
  mesh.cacerts = std::optional<trust::CaSecret>();
  mesh.selfSigned = std::optional<trust::CaSecret>();
  mesh.backups = std::vector<trust::CaSecret>();
  mesh.unsupported.push_back({"ambient", "pod a/ztunnel-1 is a \x1b[31mztunnel", "x"});
  return mesh;
}

TEST(FindingsReport, TextIsGroupedAndTellsWhatToDo) {
  const auto mesh = emptyMesh();
  const auto findings = doctor::diagnose(doctor::Facts(mesh));
  const auto text = ui::findingsText({mesh, findings}, ui::Style(), 80);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  const std::string start =
      "Cluster: https://host:6443\n"
      "Istio:   istio-system, plain istiod\n"
      "\n"
      "Not handled\n"
      "  error    ICA0101  ambient mode\n"
      "    seen   pod a/ztunnel-1 is a \\x1b[31mztunnel\n"
      "    why    A ztunnel takes new roots with a new certificate only, half a day\n"
      "           later; the trigger that moves Envoys does not reach it.\n"
      "    do     Take the namespaces out of ambient mode, or wait for a version that\n"
      "           handles it.\n"
      "\n"
      "Istiod and its installation\n"
      "  warning  ICA0204  no istiod runs\n";
  EXPECT_EQ(text.substr(0, start.size()), start) << text;
  EXPECT_TRUE(
      text.ends_with("\n2 errors, 1 warning, 0 infos: do not begin before the errors are dealt with\n"))
      << text;
  EXPECT_NE(ui::findingsText({mesh, findings}, ui::Style(true), 80).find("\x1b["), std::string::npos);
}

TEST(FindingsReport, NothingFound) {
  const trust::Observation mesh;
  EXPECT_TRUE(ui::findingsText({mesh, {}}, ui::Style(), 80)
                  .ends_with("\n0 errors, 0 warnings, 0 infos: nothing here keeps rotate from beginning\n"));
}

TEST(FindingsReport, Json) {
  const auto mesh = emptyMesh();
  const auto document = ui::findingsJson({mesh, doctor::diagnose(doctor::Facts(mesh))});
  EXPECT_EQ(document["apiVersion"].text(), "istio-ca/v1");
  EXPECT_EQ(document["kind"].text(), "Findings");
  EXPECT_EQ(document["errors"].integer(), 2);
  const auto& first = document["findings"].items()[0];
  EXPECT_EQ(first["code"].text(), "ICA0101");
  EXPECT_EQ(first["severity"].text(), "error");
  EXPECT_EQ(first["group"].text(), "Not handled");
  for (const auto* key : {"title", "why", "remedy"}) EXPECT_FALSE(first[key].text().empty()) << key;
  EXPECT_TRUE(first["seen"].items()[0].has("what"));
}

TEST(FindingsReport, ManySightingsAreCounted) {
  trust::Observation mesh;
  for (int i = 0; i < 5000; ++i)
    mesh.opaque.push_back({"WorkloadEntry", "shop", "vm-" + std::to_string(i), {}, "a machine"});
  std::vector<doctor::Finding> findings;
  for (auto& finding : doctor::diagnose(doctor::Facts(mesh))) {
    if (finding.hazard->code == "ICA0510") findings.push_back(finding);
  }
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(ui::findingsText({mesh, findings}, ui::Style(), 0).find("and 4990 more"), std::string::npos);
  EXPECT_NE(ui::findingLine(findings[0]).find("vm-2: a machine and 4997 more"), std::string::npos)
      << ui::findingLine(findings[0]);
}

}  // namespace
