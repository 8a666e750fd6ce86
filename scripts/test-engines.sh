#!/usr/bin/env bash
# Runs the tests that talk to database servers on the newest PostgreSQL, MySQL and MariaDB, which fetch-engines.sh gets.
#   scripts/test-engines.sh          every test that asks for a server; an engine that cannot be had is said, and no failure
#   scripts/test-engines.sh --lean   the tests of what differs between versions alone; an engine that cannot be had fails
# One that is there and fails is a failure in both. Ends with a line for each engine.
set -euo pipefail
cd "$(dirname "$0")/.."

lean=
case ${1:-} in
  '') ;;
  --lean) lean=1 ;;
  *) echo "test-engines: no such option: $1" >&2; exit 2 ;;
esac

fetched=0
engines=$(scripts/fetch-engines.sh) || fetched=$?
if [ "$fetched" != 0 ] && { [ -n "$lean" ] || [ "$fetched" != 3 ]; }; then
  echo "test-engines: the newest servers could not all be had, so they were not tested" >&2
  exit "$fetched"
fi

folder_of() { awk -v name="$1" '$1 == name { print $3 }' <<<"$engines"; }

# Sessions and their faults, introspection and bulk copy, the round trip of a backup, and settings: where versions differ.
lean_files=(
  test/database/connect.test.ts
  test/database/faults.test.ts
  test/database/lock.test.ts
  test/settings/store.test.ts
  test/backup/round-trip.test.ts
  test/backup/mysql.test.ts
)

# The test files that ask for a server, whichever they are by now.
mapfile -t files < <(grep -lE '\b(describeEngines|describeServers|testServer|freshUrl|freshDatabase|connectFresh)\(' \
  -r test --include='*.test.ts' | sort)
if [ -n "$lean" ]; then files=("${lean_files[@]}"); fi

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
