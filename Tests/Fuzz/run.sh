#!/usr/bin/env bash
# Fuzzes every target for FUZZ_SECONDS each (10), two at a time, beginning from the corpus.
# What crashes is kept in .build/fuzz/crashes, and the command that repeats it is printed.
set -euo pipefail
cd "$(dirname "$0")"
# libFuzzer keeps the input of a crash only when Swift does not catch it first.
export SWIFT_BACKTRACE=enable=no
seconds=${FUZZ_SECONDS:-10}
build=../../.build/fuzz
mkdir -p "$build/crashes" "$build/found"
swift build -c release --sanitize=fuzzer --scratch-path "$build" >"$build/build.log" 2>&1 ||
  { tail -n 30 "$build/build.log" >&2; echo "fuzz: the targets cannot be built; see above" >&2; exit 1; }

fuzz() {
  local name=$1 corpus=$2
  mkdir -p "$build/found/$name"
  if "$build/release/$name" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$name-" "$build/found/$name" "$corpus" >"$build/$name.log" 2>&1; then
    echo "fuzz: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") inputs in $seconds s, no crash"
  else
    tail -n 25 "$build/$name.log" >&2
    echo "fuzz: $name: failed; repeat it by .build/fuzz/release/$name .build/fuzz/crashes/$name-…" >&2
    return 1
  fi
}

# Each target's corpus bears its name; templates begin from markup.
targets="markup template commands status card reader keys reports document"
failed=0
for target in $targets; do
  corpus=Corpus/${target/template/markup}
  if [ -z "${first:-}" ]; then
    fuzz "fuzz-$target" "$corpus" & first=$!
  else
    fuzz "fuzz-$target" "$corpus" || failed=1
    wait "$first" || failed=1
    first=
  fi
done
[ -z "${first:-}" ] || wait "$first" || failed=1
exit "$failed"
