#!/bin/bash
# Every test that needs neither root nor a mesh: formatting, then with sanitizers the unit tests, the parsers over
# their corpora and the command lines of tests/e2e/quick. What is built stays in build/test. The last line counts.
set -euo pipefail
cd "$(dirname "$0")"
clang_format=18.1.8

./build.sh --packages

format=build/venv/bin/clang-format
if [ "$("$format" --version 2>/dev/null | grep -o '[0-9.]*$')" != "$clang_format" ]; then
  python3 -m venv build/venv
  build/venv/bin/pip install --quiet --disable-pip-version-check "clang-format==$clang_format"
fi
find src tests \( -name '*.cc' -o -name '*.h' \) -print0 | xargs -0 "$format" --dry-run -Werror

# Most of the time goes into compiling: -O0, line numbers alone, and twenty files of a room at a time. Without
# position independence the program, which is started some hundred times, starts in half the time.
command -v mold >/dev/null && export CXX_LD=mold
[ -f build/test/build.ninja ] || meson setup build/test -Db_sanitize=address,undefined -Doptimization=0 -Ddebug=true \
  -Dunity=on -Dunity_size=20 -Db_staticpic=false '-Dcpp_args=-g1 -fno-pie' -Dcpp_link_args=-no-pie
ninja -C build/test
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
code=0
meson test -C build/test --no-rebuild --print-errorlogs || code=$?
python3 - build/test/meson-logs/testlog.json <<'END'
import json, sys
tests = [json.loads(line) for line in open(sys.argv[1])]
skipped = [test for test in tests if test["result"] == "SKIP"]
failed = [test for test in tests if test["result"] not in ("OK", "SKIP")]
for test in skipped:
    print(test["name"], test.get("stdout", "skipped").strip(), sep=": ")
print(f"{len(tests) - len(failed) - len(skipped)} passed, {len(failed)} failed")
END
exit "$code"
