#!/usr/bin/env bash
# What permessage-deflate costs: CPU a delivery to 1,000 clients where a message is compressed once
# for all, where it is for each (with context takeover), and plain; what is sent; and memory. Prints
# a table; exit status 1 if a message was lost or could not be inflated. A figure over its bound is
# marked, and no failure.
#
#   bench/deflate.sh [ROUNDS [FIGURE...]]      (3, all: deliveries memory)
#
# CRESSET_BIN_DIR says where cresset is (build/release/bin). Needs Node.js 18 or newer and
# redis-server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-3}
cresset=${CRESSET_BIN_DIR:-build/release/bin}/cresset
seconds_max=600 # a round; it takes about 60
descriptors=5000

die() { echo "deflate: $*" >&2; exit 2; }

[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "ROUNDS is a number"
[ -x "$cresset" ] || die "no $cresset: run ./dev build"
command -v redis-server >/dev/null || die "no redis-server"
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge "$descriptors" ] ||
    die "needs $descriptors descriptors, has $(ulimit -n)"

CRESSET_BIN_DIR=$(dirname "$(realpath "$cresset")")
export CRESSET_BIN_DIR
exec timeout --foreground -k 5 $((seconds_max * rounds)) \
    node bench/deflate/run.mjs "$rounds" "${@:2}"
