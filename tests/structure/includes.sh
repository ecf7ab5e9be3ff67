#!/usr/bin/env bash
# Holds the sources to the list of folders: a module includes only from modules above it in the list,
# as docs/ARCHITECTURE.md draws it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -t order < <(sed -n 's/^add_subdirectory(src\/\(.*\))$/\1/p' CMakeLists.txt)
failed=0
above=" "
for module in "${order[@]}"; do
    while IFS=: read -r file line include; do
        used=${include#*\"}
        used=${used%%/*}
        case "$above$module " in
        *" $used "*) ;;
        *)
            echo "$file:$line: src/$module may not include from src/$used, which is below it"
            failed=1
            ;;
        esac
    done < <(grep -nHE '^#include "[a-z_]+/' -r "src/$module" --include='*.[ch]pp')
    above="$above$module "
done
[ ${#order[@]} -gt 0 ] || { echo "found no module in CMakeLists.txt"; failed=1; }
exit $failed
