#include "fuzz/check.h"
#include "fuzz/target.h"

FUZZ_TARGET(fuzz::checkHttpRequest)
