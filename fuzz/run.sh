#!/usr/bin/env bash
# Runs one target of a build with the preset asan, on top of its seeds and of what earlier runs found
# worth keeping. What libFuzzer says goes to a log, and is shown only with a finding.
#   fuzz/run.sh BUILD TARGET SECONDS
# With the target canary it is the other way round: its defect has to be found, from nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$1 target=$2 seconds=$3
program=$build/bin/${target}_fuzz
corpus=$build/corpus/$target
findings=$build/findings/$target
log=$build/$target.log

say() { printf '%s\n' "$target: $*" >&2; }

# Where the kernel randomizes addresses by more than 28 bits (vm.mmap_rnd_bits), as on Ubuntu 24.04,
# AddressSanitizer of clang 14 to 17 may die at its start.
unrandomized=()
if setarch -R true 2>/dev/null; then unrandomized=(setarch -R); fi

# The longest input holds a few frames or requests and reaches every limit of the targets.
fuzz() {
    "${unrandomized[@]}" "$program" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -print_final_stats=1 -artifact_prefix="$findings/" "$@" >"$log" 2>&1
}

inputs() { sed -n 's/^stat::number_of_executed_units: *//p' "$log"; }
finding() { sed -n 's/.*Test unit written to //p' "$log" | tail -n 1; }

find_canary() {
    rm -rf "$corpus" "$findings"
    mkdir -p "$corpus" "$findings"
    if fuzz "$corpus"; then
        say "not found with $(inputs) inputs in $seconds s: fuzzing finds nothing here"
        return 1
    fi
    local input
    input=$(finding)
    # And what it left behind shows the defect by itself.
    if [ -z "$input" ] || "${unrandomized[@]}" "$program" "$input" >"$log" 2>&1 ||
        ! grep -q 'AddressSanitizer: heap-buffer-overflow' "$log"; then
        tail -n 20 "$log" >&2
        say "failed, but not by its defect; see $log"
        return 1
    fi
    say "found, as it has to be"
}

if [ "$target" = canary ]; then
    find_canary
    exit
fi

mkdir -p "$corpus" "$findings"
if fuzz "$corpus" "fuzz/seeds/$target"; then
    say "$(inputs) inputs in $seconds s, no finding"
    exit
fi
input=$(finding)
if [ -z "$input" ]; then
    tail -n 20 "$log" >&2
    say "failed without a finding; see $log"
    exit 1
fi
sed -n '/^Broken:\|ERROR:\|runtime error:/,/^SUMMARY:/p' "$log" >&2
say "a finding. The input lies in $input"
say "  once more:  $program $input"
say "  smaller:    $program -minimize_crash=1 -max_total_time=60 $input"
exit 1
