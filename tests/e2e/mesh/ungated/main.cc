// The program with its gates taken out, which no flag and no environment variable can do: for the twin of a
// case that has to fail without them.
#include "cli/run.h"

int main(int argc, char** argv) {
  plan::Rules rules;
  rules.gates = false;
  return cli::run(argc, argv, rules);
}
