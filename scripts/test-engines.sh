#!/usr/bin/env bash
# Runs the tests that talk to database servers on the newest PostgreSQL, MySQL and MariaDB, which fetch-engines.sh gets.
# An engine that cannot be had is said, and no failure; one that is there and fails is. Ends with a line for each engine.
set -euo pipefail
cd "$(dirname "$0")/.."

fetched=0
engines=$(scripts/fetch-engines.sh) || fetched=$?
if [ "$fetched" != 0 ] && [ "$fetched" != 3 ]; then exit "$fetched"; fi

folder_of() { awk -v name="$1" '$1 == name { print $3 }' <<<"$engines"; }

# The test files that ask for a server, whichever they are by now.
mapfile -t files < <(grep -lE '\b(describeEngines|describeServers|testServer|freshUrl|freshDatabase|connectFresh)\(' \
  -r test --include='*.test.ts' | sort)

summary=""
on() {
  local folders="" name folder names=("$@")
  for name in "$@"; do
    folder=$(folder_of "$name")
    if [ -n "$folder" ]; then folders=$folders:$folder; else summary+="engines: MISSING, not tested: $name"$'\n'; fi
  done
  [ -n "$folders" ] || return 0
  TMI_TEST_SERVER_PATH=${folders#:} npx vitest run --testNamePattern "$pattern" "${files[@]}"
  for name in "${names[@]}"; do
    summary+=$(awk -v name="$name" '$1 == name { print "engines: tested " $1 " " $2 }' <<<"$engines")$'\n'
  done
}

# MySQL and MariaDB are one engine to the tool, so they take turns.
pattern='postgres|PostgreSQL|mysql|MySQL|MariaDB'
on postgres mysql
pattern='mysql|MySQL|MariaDB'
on mariadb
printf '%s' "$summary" | sed '/^$/d'
