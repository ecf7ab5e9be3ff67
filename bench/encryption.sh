#!/usr/bin/env bash
# What encryption costs: CPU a delivery to encrypted members and CPU a handshake beside the
# reference's, a delivery beside a plain one, and memory. Prints a table; exit status 1 if a message
# was lost or could not be decrypted. A figure over its bound is marked, and no failure.
#
#   bench/encryption.sh [ROUNDS [FIGURE...]]      (3, all: deliveries handshakes memory)
#
# CRESSET_BIN_DIR says where cresset is (build/release/bin). Needs Node.js 18 or newer, redis-server
# and the npm packages of tests/conformance, which ./dev bench installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-3}
cresset=${CRESSET_BIN_DIR:-build/release/bin}/cresset
seconds_max=600 # a round; it takes about 60
descriptors=7000

die() { echo "encryption: $*" >&2; exit 2; }

[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "ROUNDS is a number"
[ -x "$cresset" ] || die "no $cresset: run ./dev build"
[ -d tests/conformance/node_modules ] || die "no reference: run npm ci in tests/conformance"
command -v redis-server >/dev/null || die "no redis-server"
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge "$descriptors" ] ||
    die "needs $descriptors descriptors, has $(ulimit -n)"

CRESSET_BIN_DIR=$(dirname "$(realpath "$cresset")")
export CRESSET_BIN_DIR
exec timeout --foreground -k 5 $((seconds_max * rounds)) \
    node bench/encryption/run.mjs "$rounds" "${@:2}"
