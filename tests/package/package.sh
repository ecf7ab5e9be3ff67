#!/usr/bin/env bash
# Installs the build BUILD into a temporary folder, moves it, and builds a stranger's project against it
# in each way that the documentation names; then runs what came out.
#   package.sh BUILD CXX [FLAGS...]      FLAGS: what the build itself was compiled with, for sanitizers
set -euo pipefail
build=$(cd "$1" && pwd) cxx=$2
shift 2
flags=("$@")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "package: $*" >&2; exit 1; }

# Starts a program, asks it for a page, and ends it: all that a stranger can see.
run() {
    local what=$1 program=$2 url body
    coproc stranger { LD_LIBRARY_PATH=$libdir "$program"; }
    # shellcheck disable=SC2154 # coproc sets it
    local pid=$stranger_PID out=${stranger[0]} in=${stranger[1]}
    read -r -t 60 url <&"$out" || fail "$what: did not start"
    body=$(curl -sS --max-time 20 "${url}hello") || fail "$what: serves nothing"
    [ "$body" = "Hello, /hello" ] || fail "$what: answered '$body'"
    echo "enough" >&"$in"
    wait "$pid" || fail "$what: ended with status $?"
    echo "$what: built and ran"
}

cmake --install "$build" --prefix "$work/first" >"$work/install.log"
mv "$work/first" "$work/prefix" # nothing installed may know where it was
prefix=$work/prefix
libdir=$(dirname "$(find "$prefix" -name libcresset.a)")
export PKG_CONFIG_PATH=$libdir/pkgconfig

"$prefix/bin/cresset" --version | grep -q '^cresset [0-9]' || fail "the server does not start"

# Symbols: what the headers declare, and no more.
nm -DC --defined-only "$libdir/libcresset.so" | cut -d' ' -f3- >"$work/symbols"
grep -q '^cresset::server::start()$' "$work/symbols" || fail "the library exports no server"
if grep -vE '^((typeinfo|typeinfo name|vtable) for )?cresset::' "$work/symbols" >"$work/foreign" ||
    grep -E 'cresset::(base|crypto|protocol|ws|net|broker|hub|serve)::' "$work/symbols" >"$work/foreign"; then
    fail "the library exports more than its API: $(head -5 "$work/foreign")"
fi

for static in OFF ON; do
    cmake -G Ninja -S "$here/stranger" -B "$work/cmake-$static" -DSTATIC=$static -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_FLAGS="${flags[*]}" >"$work/log" 2>&1 ||
        { cat "$work/log"; fail "find_package failed"; }
    cmake --build "$work/cmake-$static" >"$work/log" 2>&1 ||
        { cat "$work/log"; fail "the build with find_package failed"; }
    run "find_package, static $static" "$work/cmake-$static/stranger"
done

for pc in cresset cresset-static; do
    # Unquoted: pkg-config gives words.
    # shellcheck disable=SC2046
    "$cxx" -std=c++20 "${flags[@]}" "$here/stranger/main.cpp" -o "$work/$pc" \
        $(pkg-config --cflags --libs "$pc")
    run "pkg-config $pc" "$work/$pc"
done
ldd "$work/cresset-static" | grep libcresset && fail "cresset-static is linked with the shared library"
exit 0
