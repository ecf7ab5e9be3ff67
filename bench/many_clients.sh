#!/usr/bin/env bash
# Many clients on one server: what each costs in memory and CPU, and whether all of them get
# everything. Prints a table, for 1 and for 2 threads; exit status 1 if anything was lost.
#
#   bench/many_clients.sh [CLIENTS] [ROUNDS]      (15000, 40)
#
# CRESSET_BIN_DIR says where cresset is (build/release/bin). Needs Node.js 18 or newer, no npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clients=${1:-15000}
rounds=${2:-40}
cresset=${CRESSET_BIN_DIR:-build/release/bin}/cresset
seconds_max=240 # for one server; it takes about 30

die() { echo "many_clients: $*" >&2; exit 2; }

[[ $clients =~ ^[1-9][0-9]*$ && $rounds =~ ^[1-9][0-9]*$ ]] || die "CLIENTS and ROUNDS are numbers"
[ -x "$cresset" ] || die "no $cresset: run ./dev build"
wanted=$((clients + 100))
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge "$wanted" ] ||
    die "needs $wanted descriptors, has $(ulimit -n): 'ulimit -n $wanted' as root, or fewer clients"

work=$(mktemp -d)
server=
client=
trap 'end "$client" || true; end "$server" || true; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Ends a process of ours, by its pid, and returns its status.
end() {
    [ -n "$1" ] || return 0
    kill "$1" 2>/dev/null || true
    local i
    for ((i = 0; i < 100; ++i)); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1"
}

# Sets server and port. Pings and heartbeats would disturb the figures, so they are off.
start_server() {
    : >"$work/ready.$1"
    "$cresset" serve --port 0 --threads "$1" --join 'public-*' --publish 'public-*' \
        --idle-timeout 0s --heartbeat-timeout 1h --log-level warn >>"$work/ready.$1" &
    server=$!
    local i
    for ((i = 0; i < 100; ++i)); do
        port=$(sed -n 's|.* is ready: http://.*:\([0-9]*\)/$|\1|p' "$work/ready.$1" || true)
        [ -z "$port" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    die "the server did not start"
}

stop_server() {
    local status=0
    end "$server" || status=$?
    server=
    [ "$status" != 0 ] || return 0
    echo "many_clients: the server ended with status $status" >&2
    return 1
}

# Figures for one server into a file.
measure() {
    local threads=$1 status=0
    echo "$clients clients, $threads thread(s)" >&2
    start_server "$threads"
    timeout -k 5 "$seconds_max" node bench/many_clients.mjs --pid "$server" --port "$port" \
        --clients "$clients" --rounds "$rounds" >"$work/$threads" &
    client=$!
    wait "$client" || status=1
    client=
    stop_server || status=1
    return "$status"
}

failed=0
measure 1 || failed=1
measure 2 || failed=1

echo "$clients clients, $rounds messages one by one and $((rounds * 4)) with 16 in flight"
printf '%-52s %10s %10s\n' '' '1 thread' '2 threads'
join -t $'\t' -a 1 <(nl -s $'\t' -w 3 "$work/1") <(nl -s $'\t' -w 3 "$work/2") |
    awk -F '\t' '{ printf "%-52s %10s %10s\n", $2, $3, $5 }'
[ "$failed" = 0 ] || echo "FAILED: see above" >&2
exit "$failed"
