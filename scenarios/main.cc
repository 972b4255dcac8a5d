// honker-harness: the engine's command line over the scenarios of this folder.
#include "harness/cli/cli.h"
#include "scenarios/catalogue.h"

int main(int argc, char** argv) {
  return harness::HarnessMain(argc, argv, scenarios::TheCatalogue());
}
