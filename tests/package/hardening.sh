#!/usr/bin/env bash
# Looks at what was built for what makes mistakes in memory hard to use (cmake/hardening.cmake).
#   hardening.sh PROGRAM SHARED_LIBRARY STATIC_LIBRARY
set -euo pipefail
program=$1 shared=$2 static=$3
export LC_ALL=C
failed=0

# must FILE WHAT PATTERN READELF_FLAGS...: what readelf says has a line like that. (It is read to its
# end: readelf fails if it is not.)
must() {
    local file=$1 what=$2 pattern=$3
    shift 3
    readelf -W "$@" "$file" 2>/dev/null | grep -E -- "$pattern" >/dev/null && return
    echo "hardening: $file: $what"
    failed=1
}

must_not() {
    local file=$1 what=$2 pattern=$3 line
    shift 3
    line=$(readelf -W "$@" "$file" 2>/dev/null | grep -E -- "$pattern" | head -n 1) || true
    [ -n "$line" ] || return 0
    echo "hardening: $file: $what: $line"
    failed=1
}

must "$program" "has a fixed address" 'Type: +DYN ' -h
must "$program" "is no position-independent executable" 'FLAGS_1\).*\bPIE\b' -d

for file in "$program" "$shared"; do
    must "$file" "can have its functions replaced while it runs" 'FLAGS\).*\bBIND_NOW\b' -d
    must "$file" "has no part that is read-only once it has started" 'GNU_RELRO' -l
    must "$file" "has no word on its stack" 'GNU_STACK' -l
    must_not "$file" "has a stack that can be run" 'GNU_STACK.* RWE ' -l
    must_not "$file" "has memory that can be written and run" 'LOAD.* RWE ' -l
    must_not "$file" "changes its own code at the start" 'TEXTREL' -d
    must "$file" "checks no return address" 'UND __stack_chk_fail' --dyn-syms
    must "$file" "checks no size" 'UND __(memcpy|memmove|snprintf|vsnprintf|read|recv)_chk' --dyn-syms
done
# Wherever it lies, nobody else's libraries are loaded.
must_not "$program" "looks for libraries in folders of this build" '(RPATH|RUNPATH)' -d

# Where jumps may end. The linker says so of a program only if all that goes into it does, and the
# start code of some systems' C library, Debian 12's among them, does not; so our own objects are
# asked, one by one.
case $(readelf -h "$program" | sed -n 's/^ *Machine: *//p') in
*X86-64) branches='x86 feature: IBT, SHSTK' ;;
AArch64) branches='AArch64 feature: BTI, PAC' ;;
*) branches='' ;;
esac
if [ -n "$branches" ]; then
    objects=$(ar t "$static" | wc -l)
    marked=$(readelf -nW "$static" | grep -c "$branches") || true
    if [ "$objects" = 0 ] || [ "$marked" != "$objects" ]; then
        echo "hardening: $static: only $marked of $objects objects have '$branches'"
        failed=1
    fi
fi
exit "$failed"
