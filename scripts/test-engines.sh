#!/usr/bin/env bash
# Runs the tests that talk to database servers on the newest PostgreSQL, MySQL and MariaDB, which fetch-engines.sh gets.
#   scripts/test-engines.sh          every test that asks for a server
#   scripts/test-engines.sh --lean   the tests of what differs between versions alone, each run within a limit
# An engine that cannot be had is said to be MISSING, and is no failure; one that is there and fails, or does not end
# within its limit, is one. Ends with a line for each engine.
set -euo pipefail
cd "$(dirname "$0")/.."

lean=
case ${1:-} in
  '') ;;
  --lean) lean=1 ;;
  *) echo "test-engines: no such option: $1" >&2; exit 2 ;;
esac

# Runs a command within so many seconds where the run is to be lean.
within() {
  local seconds=$1
  shift
  if [ -n "$lean" ]; then timeout --kill-after=10 "$seconds" "$@"; else "$@"; fi
}

if ! engines=$(within 150 scripts/fetch-engines.sh); then
  echo "test-engines: not all of the newest servers could be had; what is missing is not tested" >&2
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

pattern_of() { if [ "$1" = postgres ]; then echo 'postgres|PostgreSQL'; else echo 'mysql|MySQL|MariaDB'; fi; }

lines=""
failed=0
# Tests the engines that are there, at once.
on() {
  local folders="" pattern="" there=() name folder result=tested
  for name in "$@"; do
    folder=$(folder_of "$name")
    if [ -z "$folder" ]; then
      lines+="engines: MISSING, not tested: $name"$'\n'
      continue
    fi
    folders=$folders:$folder
    pattern="$pattern|$(pattern_of "$name")"
    there+=("$name")
  done
  [ -n "$folders" ] || return 0
  # Setting up a new MySQL takes a busy machine longer than the usual limit of a test.
  TMI_TEST_SERVER_PATH=${folders#:} within 480 npx vitest run --testTimeout 120000 --hookTimeout 180000 \
    --testNamePattern "${pattern#|}" "${files[@]}" || { failed=1; result=FAILED; }
  for name in "${there[@]}"; do
    lines+=$(awk -v name="$name" -v result="$result" \
      '$1 == name { print "engines: " result " " $1 " " $2 }' <<<"$engines")$'\n'
  done
}

# MySQL and MariaDB are one engine to the tool, so they take turns.
on postgres mysql
on mariadb
printf '%s' "$lines"
exit "$failed"
