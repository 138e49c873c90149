#include "cli/parse.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/roff.h"

namespace {

using cli::Command;
using cli::Option;
using cli::Takes;
using Arguments = std::vector<std::string>;

/// A small table of its own, so that the real one may change.
const std::vector<Command>& table() {
  static const std::vector<Command> commands{
      {.name = "verify",
       .group = cli::Group::look,
       .summary = "check who trusts whom",
       .description = "Reads every proxy.\n\nThen tells.",
       .words = {.name = "TYPE/NAME", .most = 2, .takes = Takes::workload},
       .options = {cli::namespaceOption(),
                   cli::allNamespacesOption(),
                   cli::outputOption({"table", "json"}),
                   cli::timeoutOption(),
                   {.name = "trusts",
                    .takes = Takes::file,
                    .value = "FILE",
                    .help = "every proxy trusts these",
                    .repeatable = true},
                   {.name = "wait", .help = "wait for it"}},
       .examples = {{"wait for the new root", "verify --trusts root-cert.pem --wait"}}},
      {.name = "create-ca",
       .group = cli::Group::files,
       .summary = "make a CA",
       .options =
           {cli::outputOption({"text", "yaml"}),
            {.name = "out", .takes = Takes::directory, .value = "DIR", .help = "where to", .required = true},
            {.name = "days",
             .takes = Takes::number,
             .value = "DAYS",
             .help = "how long",
             .fallback = "730"}}},
      {.name = "shell",
       .summary = "print a script",
       .words = {.name = "SHELL", .most = 1, .takes = Takes::choice, .choices = {"bash", "zsh"}}},
      {.name = "__raw", .words = {.name = "WORD", .most = 9}, .hidden = true, .raw = true},
  };
  return commands;
}

base::Result<cli::Invocation> parse(const Arguments& arguments) {
  return cli::parse(arguments, table(), cli::globalOptions());
}

TEST(Parse, FindsTheCommandWhereverItStands) {
  const Arguments lines[] = {
      {"verify", "-n", "shop", "deploy/a,b", "--context", "east"},
      {"-n", "shop", "--context", "east", "verify", "deploy/a,b"},
      {"-nshop", "--context=east", "verify", "deploy/a,b"},
      {"-n=shop", "verify", "--context", "east", "--", "deploy/a,b"},
  };
  for (const Arguments& line : lines) {
    const auto read = parse(line);
    ASSERT_TRUE(read) << base::describe(read.error());
    EXPECT_EQ(read->command->name, "verify");
    EXPECT_EQ(read->options.text("namespace"), "shop");
    EXPECT_EQ(read->options.text("context"), "east");
    EXPECT_EQ(read->options.words(), Arguments{"deploy/a,b"});
  }
}

TEST(Parse, ReadsValues) {
  const auto read = parse({"verify", "--trusts", "a,b.pem", "--trusts=c.pem", "-A", "--wait=false",
                           "--timeout", "1m30s", "-f", "x"});
  ASSERT_FALSE(read);  // -f is not in this table
  const auto good = parse({"verify", "--trusts", "a,b.pem", "--trusts=c.pem", "-Av", "2", "--wait=false",
                           "--timeout", "1m30s", "-ojson", "-i", "istio-dash-ed"});
  ASSERT_TRUE(good) << base::describe(good.error());
  const cli::Options& options = good->options;
  EXPECT_EQ(options.all("trusts"), (Arguments{"a,b.pem", "c.pem"}));
  EXPECT_TRUE(options.on("all-namespaces"));
  EXPECT_FALSE(options.on("wait"));
  EXPECT_EQ(options.duration("timeout"), base::Millis(90'000));
  EXPECT_EQ(options.text("output"), "json");
  EXPECT_EQ(options.number("verbose"), 2);
  EXPECT_EQ(options.text("istio-namespace"), "istio-dash-ed");
  EXPECT_FALSE(options.has("namespace"));
}

/// rehearse --workloads takes a number, restart --workloads nothing.
TEST(Parse, TakesAnOptionAsItsCommandDoes) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"restart", "--workloads", "-iistios"}, {"--workloads", "restart", "-i=istios"}}) {
    const auto read = cli::parse(words, cli::commands(), cli::globalOptions());
    ASSERT_TRUE(read) << base::describe(read.error());
    EXPECT_EQ(read->command->name, "restart");
    EXPECT_TRUE(read->options.on("workloads"));
    EXPECT_EQ(read->options.text("istio-namespace"), "istios");
  }
  const auto read =
      cli::parse({"-iistios", "rehearse", "--workloads", "7"}, cli::commands(), cli::globalOptions());
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ(read->options.number("workloads"), 7);
}

TEST(Parse, Defaults) {
  const auto read = parse({"verify"});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->options.text("output"), "table");
  EXPECT_FALSE(read->options.has("output"));
  EXPECT_EQ(read->options.duration("timeout"), base::Millis(300'000));
  EXPECT_EQ(read->options.text("istio-namespace"), "istio-system");
  EXPECT_TRUE(read->options.all("trusts").empty());
  const auto nothing = parse({});
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->command, nullptr);
  EXPECT_TRUE(parse({"--version"})->version);
  EXPECT_TRUE(parse({"create-ca", "--help"})->help);  // although --out is required
  EXPECT_EQ(parse({"__raw", "--what", "-n"})->options.words(), (Arguments{"--what", "-n"}));
}

TEST(Parse, SaysWhatIsWrongAndWhatIsMeant) {
  struct Case {
    Arguments arguments;
    std::string message, hint;
  };
  const Case cases[] = {
      {{"verfy"}, "unknown command \"verfy\"", "did you mean \"verify\"?"},
      {{"zzz"}, "unknown command \"zzz\"", "\"kubectl istio-ca --help\" lists the commands and options"},
      {{"verify", "--trust", "x"}, "unknown option --trust for verify", "did you mean --trusts?"},
      {{"verify", "-Z"},
       "unknown option -Z for verify",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"create-ca", "--out", "x", "-A"}, "unknown option -A for create-ca", "it is an option of verify"},
      {{"verify", "--trusts"},
       "--trusts wants a value",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"verify", "-n"}, "-n wants a value", "\"kubectl istio-ca verify --help\" lists the options"},
      {{"verify", "-o", "xml"}, "--output: there is no \"xml\"", "one of: table, json"},
      {{"verify", "-o", "jsn"},
       "--output: there is no \"jsn\"",
       "did you mean \"json\"? one of: table, json"},
      {{"create-ca", "--out", "d", "--trusts", "x"},
       "unknown option --trusts for create-ca",
       "it is an option of verify"},
      {{"shell", "bsh"}, "shell: there is no \"bsh\"", "did you mean \"bash\"? one of: bash, zsh"},
      {{"verify", "--timeout", "soon"},
       "--timeout: \"soon\" is not a duration",
       "write it like 90s, 5m or 1h30m"},
      {{"verify", "a", "b", "c"},
       "verify does not take \"c\"",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"create-ca"}, "create-ca wants --out DIR", "\"kubectl istio-ca create-ca --help\" lists the options"},
      {{"create-ca", "--out", ""}, "--out is empty", ""},
      {{"create-ca", "--out", "d", "--days", "-3"}, "--days: \"-3\" is not a number", ""},
      {{"create-ca", "--out", "d", "--days", "3x"}, "--days: \"3x\" is not a number", ""},
      {{"verify", "--wait=maybe"},
       "\"maybe\" is neither true nor false",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"verify", "--=x"}, "cannot read \"--=x\"", "\"kubectl istio-ca verify --help\" lists the options"},
  };
  for (const Case& c : cases) {
    const auto read = parse(c.arguments);
    ASSERT_FALSE(read) << c.message;
    EXPECT_EQ(read.error().kind, base::Kind::usage);
    EXPECT_EQ(read.error().message, c.message);
    EXPECT_EQ(read.error().hint, c.hint) << c.message;
  }
}

TEST(Help, OfACommand) {
  EXPECT_EQ(cli::commandHelp(table()[0], "kubectl istio-ca", 80),
            "Check who trusts whom.\n\n"
            "Usage: kubectl istio-ca verify [TYPE/NAME...] [OPTIONS]\n\n"
            "Reads every proxy.\n\nThen tells.\n\n"
            "Options:\n"
            "  -n, --namespace NAMESPACE  only this namespace\n"
            "  -A, --all-namespaces       all meshed namespaces (the default)\n"
            "  -o, --output FORMAT        how to print (one of: table, json; default: table)\n"
            "      --timeout DURATION     how long to wait for what must hold before giving\n"
            "                             up with exit code 124 (default: 5m)\n"
            "      --trusts FILE          every proxy trusts these\n"
            "      --wait                 wait for it\n\n"
            "Examples:\n"
            "  # wait for the new root\n"
            "  kubectl istio-ca verify --trusts root-cert.pem --wait\n\n"
            "kubectl istio-ca help options shows the options that every command takes.\n");
}

TEST(Help, OfTheProgramListsWhatIsNotHidden) {
  const std::string help = cli::programHelp(table(), "kubectl istio-ca", 80);
  EXPECT_NE(help.find("\nLook, changing nothing:\n  verify  check who trusts whom\n"), std::string::npos)
      << help;
  EXPECT_NE(help.find("\nWork on files:\n  create-ca  make a CA\n"), std::string::npos) << help;
  EXPECT_NE(help.find("\n  124  what was waited for did not hold within --timeout\n"), std::string::npos)
      << help;
  EXPECT_EQ(help.find("__raw"), std::string::npos);
}

TEST(Man, OfTheProgramNamesThePagesOfItsCommands) {
  const std::string page = cli::manPage(table(), {cli::namespaceOption()});
  EXPECT_TRUE(page.starts_with(".TH KUBECTL\\-ISTIO\\-CA 1 20")) << page;
  for (const char* part :
       {".SH NAME\nkubectl\\-istio\\-ca \\- move an Istio mesh to a new CA\n.SH SYNOPSIS\n",
        ".SS Look, changing nothing\n.TP\n\\fBkubectl\\-istio\\-ca\\-verify\\fR(1)\ncheck who trusts whom\n",
        ".TP\n\\fB\\-n\\fR, \\fB\\-\\-namespace\\fR \\fINAMESPACE\\fR\nonly this namespace\n",
        ".TP\n\\fB124\\fR\nwhat was waited for"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << page;
  }
  EXPECT_EQ(page.find("raw"), std::string::npos);
}

TEST(Man, OfACommand) {
  const std::string page = cli::manPage(table()[0]);
  for (const char* part : {".SH NAME\nkubectl\\-istio\\-ca\\-verify \\- check who trusts whom\n",
                           "\\fBkubectl istio\\-ca\\fR verify [TYPE/NAME...] [OPTIONS]\n",
                           ".SH DESCRIPTION\nReads every proxy.\n.PP\nThen tells.\n.SH OPTIONS\n.TP\n",
                           ".SH EXAMPLES\nwait for the new root:\n.PP\n.RS 4\n.nf\n"
                           "kubectl istio\\-ca verify \\-\\-trusts root\\-cert.pem \\-\\-wait\n.fi\n.RE\n"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << page;
  }
}

TEST(Man, ParagraphsOfRoff) {
  EXPECT_EQ(cli::roff::paragraphs("One.\nTwo.\n\n  a --b\n  \\c\n\n.Three\n"),
            "One.\nTwo.\n.PP\n.nf\n  a \\-\\-b\n  \\ec\n.fi\n.PP\n\\&.Three\n");
  EXPECT_EQ(cli::roff::paragraphs("Faults:\n a\n b"), "Faults:\n.nf\n a\n b\n.fi\n");
}

std::string completed(const Arguments& words) {
  return cli::complete(words, table(), cli::globalOptions(),
                       [](Takes takes, std::string_view typed, const cli::Options& options) -> Arguments {
                         if (takes == Takes::nameSpace) return {"shop", "default"};
                         if (takes == Takes::context) return {"arn:aws:eks:east"};
                         if (takes == Takes::workload)
                           return {"deployment/" + options.text("namespace"),
                                   "pod/" + options.text("context"), std::string(typed) + "!"};
                         return {};
                       });
}

TEST(Complete, OffersWhatMayStandThere) {
  struct Case {
    Arguments words;
    std::string candidates;
  };
  const std::string all = "verify\tcheck who trusts whom\ncreate-ca\tmake a CA\nshell\tprint a script\n:4\n";
  const Case cases[] = {
      {{""}, all},
      {{"ver"}, "verify\tcheck who trusts whom\n:4\n"},
      {{"--context", "x", "cr"}, "create-ca\tmake a CA\n:4\n"},
      {{"--context", "arn:a"}, "arn:aws:eks:east\n:4\n"},
      {{"verify", "--tr"}, "--trusts\tevery proxy trusts these\n:4\n"},
      {{"verify", "--trusts", "x", "--tr"}, "--trusts\tevery proxy trusts these\n:4\n"},
      {{"verify", "--wait", "--wa"}, ":4\n"},
      {{"verify", "--kubec"}, "--kubeconfig\tthe kubeconfig to use, alone\n:4\n"},
      {{"verify", "-o", ""}, "table\njson\n:4\n"},
      {{"verify", "--output=j"}, "json\n:4\n"},
      {{"verify", "--trusts", "ro"}, ":0\n"},
      {{"verify", "-nshop", "--context=east", "de"}, "deployment/shop\nde!\n:4\n"},
      {{"-n", "shop", "--context", "east", "verify", ""}, "deployment/shop\npod/east\n!\n:4\n"},
      {{"verify", "a", "b", "c"}, ":4\n"},
      {{"verify", "--", "-"}, "-!\n:4\n"},
      {{"shell", "z"}, "zsh\n:4\n"},
      {{"shell", "zsh", ""}, ":4\n"},
      {{"create-ca", "--out", ""}, ":16\n"},
      {{"create-ca", "-o", ""}, "text\nyaml\n:4\n"},
      {{"create-ca", "--output=y"}, "yaml\n:4\n"},
      {{"verify", "-n", "s"}, "shop\n:4\n"},
      {{"create-ca", ""}, ":4\n"},
      {{"nonsense", ""}, ":4\n"},
      {{}, all},
  };
  for (const Case& c : cases) EXPECT_EQ(completed(c.words), c.candidates) << testing::PrintToString(c.words);
  for (const char* shell : {"bash", "zsh", "fish", "kubectl"})
    EXPECT_FALSE(cli::completionScript(shell).empty());
  EXPECT_TRUE(cli::completionScript("csh").empty());
}

TEST(ExitCodes, FirstThatFits) {
  EXPECT_EQ(cli::combine({}), 0);
  EXPECT_EQ(cli::combine({0, 4, 3}), 3);
  EXPECT_EQ(cli::combine({4, 0}), 4);
  EXPECT_EQ(cli::combine({3, 124, 1, 5, 6, 130, 2}), 2);
  EXPECT_EQ(cli::combine({3, 124}), 124);
}

/// A name or letter takes a value everywhere or nowhere, so that an option may stand before its command, and
/// no command has two options of one name. Apart from --workloads (Parse.TakesAnOptionAsItsCommandDoes).
TEST(Table, NamesMeanTheSameEverywhere) {
  std::map<std::string_view, bool> takesValue;
  std::map<char, std::string_view> letters;
  auto check = [&](const Option& option, std::set<std::string_view>& own) {
    EXPECT_TRUE(own.insert(option.name).second) << option.name;
    EXPECT_GT(option.name.size(), 1u);
    const bool takes = option.takes != Takes::nothing;
    if (option.name != "workloads") {
      EXPECT_EQ(takesValue.emplace(option.name, takes).first->second, takes) << option.name;
    }
    EXPECT_EQ(option.value.empty(), !takes) << option.name;
    EXPECT_FALSE(option.help.empty() || option.help.ends_with('.')) << option.name;
    if (option.letter != 0) {
      EXPECT_EQ(letters.emplace(option.letter, option.name).first->second, option.name);
    }
  };
  for (const Command& command : cli::commands()) {
    std::set<std::string_view> own;
    for (const Option& option : cli::globalOptions()) check(option, own);
    for (const Option& option : command.options) check(option, own);
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_FALSE(command.summary.empty() || command.summary.size() > 60) << command.name;
  }
}

TEST(Table, EveryCommandHasExamplesThatParse) {
  for (const Command& command : cli::commands()) {
    if (command.hidden) continue;
    EXPECT_FALSE(command.examples.empty()) << command.name;
    for (const cli::Example& example : command.examples) {
      std::string line(example.command.substr(0, example.command.find(" > ")));
      const auto read = cli::parse(base::split(line, ' '), cli::commands(), cli::globalOptions());
      ASSERT_TRUE(read) << line << ": " << base::describe(read.error());
      ASSERT_NE(read->command, nullptr) << line;
      EXPECT_EQ(read->command->name, command.name) << line;
    }
  }
}

}  // namespace
