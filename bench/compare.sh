#!/usr/bin/env bash
# The reference, Cresset and the least that any server must do, side by side: CPU a delivery, an
# echo and a client, memory a client, latency. Prints a table; exit status 1 if a message was lost.
# A figure over its bound is marked, and no failure.
#
#   bench/compare.sh [--write] [ROUNDS [FIGURE...]]
#       (5, all: fanout fanout16 echo connect latency excluded redis tls tls16
#       tlsecho tlsconnect memory threads)
#
# --write keeps the results in bench/results/compare.json, and puts them into docs/benchmarks.md and
# docs/images; that needs gnuplot.
#
# CRESSET_BIN_DIR says where cresset and floor_server are (build/bench/bin). Needs Node.js 18 or
# newer, redis-server and the npm packages of tests/conformance, which ./dev bench installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=${CRESSET_BIN_DIR:-build/bench/bin}
seconds_max=600 # a round; it takes about 180
descriptors=14000

die() { echo "compare: $*" >&2; exit 2; }

write=()
if [ "${1:-}" = --write ]; then
    write=(--write)
    shift
    command -v gnuplot >/dev/null || die "no gnuplot: run ./dev deps bench"
fi
rounds=${1:-5}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "ROUNDS is a number"
for program in cresset floor_server; do
    [ -x "$bin/$program" ] || die "no $bin/$program: run ./dev build bench"
done
[ -d tests/conformance/node_modules ] || die "no reference: run npm ci in tests/conformance"
command -v redis-server >/dev/null || die "no redis-server: run ./dev deps bench"
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge "$descriptors" ] ||
    die "needs $descriptors descriptors, has $(ulimit -n): raise the limit (ulimit -n)"

CRESSET_BIN_DIR=$(realpath "$bin")
export CRESSET_BIN_DIR
exec timeout --foreground -k 5 $((seconds_max * rounds)) \
    node bench/compare/run.mjs "${write[@]}" "$rounds" "${@:2}"
