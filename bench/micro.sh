#!/usr/bin/env bash
# What single parts of the server cost, by Google Benchmark: a table of ns an operation, operations
# a second, and bytes a second where that means something.
#
#   bench/micro.sh [REGEX] [FLAG...]       those whose names match; flags of Google Benchmark
#
# CRESSET_BIN_DIR says where micro_bench is (build/bench/bin).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=${CRESSET_BIN_DIR:-build/bench/bin}/micro_bench
[ -x "$program" ] || { echo "micro: no $program: run ./dev bench micro" >&2; exit 2; }

pattern=.
case ${1:-} in
-* | '') ;;
*) pattern=$1; shift ;;
esac
ulimit -n "$(ulimit -Hn)" # a room of 1,000 has 2,000 ends
exec "$program" --benchmark_filter="$pattern" "$@"
