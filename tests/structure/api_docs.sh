#!/usr/bin/env bash
# Holds docs/api.md to include/cresset/: the names that its tables give as ours are in the headers
# that they give, and what a program sets, decides and calls is in its tables.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

docs=docs/api.md
headers=include/cresset
failed=0

complain() {
    echo "$docs: $*"
    failed=1
}

without_comments() { sed 's@//.*@@'; }

# "header name" for each name of ours: in a row of a table, the cell before the header's.
documented() {
    awk -F'|' '/^\|/ {
        for (i = 3; i <= NF; ++i)
            if ($i ~ /^ *`[a-z_]+\.hpp` *$/) {
                header = $i
                gsub(/[` ]/, "", header)
                count = split($(i - 1), spans, "`")
                for (s = 2; s <= count; s += 2)
                    print header, spans[s]
            }
    }' "$docs"
}

# The struct, class, enum or namespace of that name, from its first line to its last. Brackets that
# end one stand at the beginning of a line, as clang-format puts them.
body_of() {
    awk -v name="(.*[^a-z0-9_])?$1([^a-z0-9_].*)?" '
        !end && $0 ~ "^(struct|class|enum class|namespace) " name "$" {
            end = /^namespace/ ? "^} // namespace" : "^};"
        }
        end { print }
        end && $0 ~ end { exit }
    ' "$2"
}

# The names of the members declared directly in a struct or class, but those that are private.
members_of() {
    body_of "$1" "$2" | without_comments | sed '/^private:/,$d; 1,/^{/d; /^};/d; /^public:/d' |
        tr '\n' ' ' |
        sed ':types; s/<[^<>]*>//; t types; s/= {}//g; :bodies; s/{[^{}]*}/;/; t bodies' |
        tr ';' '\n' |
        sed '/operator/d; /= delete/d; s/[(=].*//; s/ *$//; s/.*[^a-z0-9_]//; /^$/d'
}

names=$(documented)
[ -n "$names" ] || { complain "has no table with a column of headers"; exit 1; }

while read -r header name; do
    if [ ! -e "$headers/$header" ]; then
        complain "names $header, which does not exist"
        continue
    fi
    code=$(case $name in
        *::*) body_of "${name%::*}" "$headers/$header" ;;
        *) cat "$headers/$header" ;;
    esac | without_comments)
    grep -qw -- "${name##*::}" <<<"$code" || complain "$name is not in $header"
done <<<"$names"

while read -r header type; do
    members=$(members_of "$type" "$headers/$header")
    [ -n "$members" ] || complain "found no member of $type in $header"
    for member in $members; do
        grep -qx -- "$header $type::$member" <<<"$names" ||
            complain "lacks $type::$member of $header"
    done
done <<'END'
server.hpp server
server.hpp send_options
server.hpp server_stats
send_result.hpp send_result
options.hpp server_options
handlers.hpp handlers
client.hpp client_info
END

# What the prose names has its header in a table.
# shellcheck disable=SC2016 # the backquotes are Markdown's
while read -r name; do
    grep -q " $name\$" <<<"$names" || complain "gives no header for $name"
done < <(grep -oE '`[a-z_]+::[a-z_]+`' "$docs" | tr -d '`' | grep -v '^std::' | sort -u)

for header in "$headers"/*.hpp; do
    header=${header##*/}
    [ "$header" = export.hpp ] || grep -q "^$header " <<<"$names" || complain "lacks $header"
done
exit $failed
