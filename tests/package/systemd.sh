#!/usr/bin/env bash
# Has systemd read the unit, and say how much of the system it leaves to the server (0 nothing, 10 all).
#   systemd.sh UNIT PROGRAM
set -euo pipefail
unit=$1 program=$2 exposure_max=1.5

command -v systemd-analyze >/dev/null || { echo "no systemd-analyze here"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# With a program that is there.
sed -E "s#^(ExecStart=)[^ ]+#\\1$program#" "$unit" >"$folder/cresset.service"
export SYSTEMD_LOG_LEVEL=warning

complaints=$(systemd-analyze verify "$folder/cresset.service" 2>&1) || true
if [ -n "$complaints" ]; then
    echo "$complaints"
    exit 1
fi
threshold=$(awk "BEGIN { print $exposure_max * 10 }")
if ! systemd-analyze security --offline=yes --threshold="$threshold" "$folder/cresset.service" \
    >"$folder/security" 2>&1; then
    cat "$folder/security"
    exit 1
fi
tail -n 1 "$folder/security"
