#!/bin/bash
# Every test that needs neither root nor a mesh: formatting, then with sanitizers the unit tests, the parsers over
# their corpora and the command lines of tests/e2e/quick. What is built stays in build/test. The last line counts.
set -euo pipefail
cd "$(dirname "$0")"
clang_format=18.1.8

# clang takes half of the time that g++ takes for the sanitizers' checks; they need what belongs to its version.
export CXX=${CXX:-clang++}
case $CXX in
  *clang*)
    ./build.sh --packages clang
    ./build.sh --packages "libclang-rt-$("$CXX" -dumpversion | cut -d. -f1)-dev" ;;
  *) ./build.sh --packages ;;
esac

format=build/venv/bin/clang-format
if [ "$("$format" --version 2>/dev/null | grep -o '[0-9.]*$')" != "$clang_format" ]; then
  python3 -m venv build/venv
  build/venv/bin/pip install --quiet --disable-pip-version-check "clang-format==$clang_format"
fi
find src tests \( -name '*.cc' -o -name '*.h' \) -print0 | xargs -0 "$format" --dry-run -Werror

# Most of the time goes into compiling: -O0, no line numbers in a sanitizer's trace, twenty files of a room at a
# time, and without what is checked at each access and AddressSanitizer finds too (null), or -O0 cannot (object-size),
# or x86 and a program that casts nothing down do not need (alignment, vptr). Without position independence the
# program, which is started some hundred times, starts in half the time.
command -v mold >/dev/null && export CXX_LD=mold
[ -f build/test/build.ninja ] || meson setup build/test -Db_sanitize=address,undefined -Doptimization=0 -Ddebug=true \
  -Dunity=on -Dunity_size=20 -Db_staticpic=false -Db_lundef=false -Dcpp_link_args=-no-pie \
  '-Dcpp_args=-g0 -fno-pie -fno-sanitize=null,alignment,object-size,vptr'
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
