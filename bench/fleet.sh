#!/usr/bin/env bash
# Nodes joined by Redis: what a node gets that it has no use for, CPU a delivery beside the
# reference's, many joins, and latency across nodes. Prints a table; exit status 1 if a message was
# lost or out of order. A figure over its bound is marked, and no failure.
#
#   bench/fleet.sh [ROUNDS [FIGURE...]]      (3, all: interest cpu joins latency)
#
# CRESSET_BIN_DIR says where cresset is (build/release/bin). Needs Node.js 18 or newer, redis-server
# and the npm packages of tests/conformance, which ./dev bench installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-3}
cresset=${CRESSET_BIN_DIR:-build/release/bin}/cresset
seconds_max=900 # a round; it takes about 90

die() { echo "fleet: $*" >&2; exit 2; }

[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "ROUNDS is a number"
[ -x "$cresset" ] || die "no $cresset: run ./dev build"
[ -d tests/conformance/node_modules ] || die "no reference: run npm ci in tests/conformance"
command -v redis-server >/dev/null || die "no redis-server"

CRESSET_BIN_DIR=$(dirname "$(realpath "$cresset")")
export CRESSET_BIN_DIR
exec timeout --foreground -k 5 $((seconds_max * rounds)) node bench/fleet/run.mjs "$rounds" "${@:2}"
