#!/usr/bin/env bash
# Runs the archive where nothing is: unpacks it into an empty Debian and imports the README's file there.
#   scripts/empty-root.sh release/tmi-dbtool-0.1.0-linux-x64.tar.gz
# Needs root and debootstrap. Fails when anything stands on standard error, or when Node.js is on the path there.
set -euo pipefail
archive=$(readlink -f "$1")
here=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d)
# debootstrap may leave /proc mounted; here there is none, as in a bare chroot.
unmount() { if grep -qs " $root/" /proc/mounts; then umount "$root/proc" || umount --lazy "$root/proc"; fi; }
trap 'unmount; rm -rf --one-file-system "$root"' EXIT

# The mirror of this machine: apt knows it.
mirror=$(apt-get indextargets --format '$(SITE)' "Created-By: Packages" 2>/dev/null | head -n 1)
debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
unmount

mkdir -p "$root/opt/tmi-dbtool" "$root/work"
tar -xzf "$archive" -C "$root/opt/tmi-dbtool" --strip-components=1
ln -s /opt/tmi-dbtool/bin/tmi-dbtool "$root/usr/local/bin/tmi-dbtool"
if chroot "$root" sh -c 'command -v node' >/dev/null; then echo 'empty-root: there is a Node.js' >&2; exit 1; fi

# Runs all of a script in one shell, which has no variables but these, with the samples of the archive.
inside() {
  rm -rf "$root/work/try"
  cp -r "$root/opt/tmi-dbtool/share/doc/tmi-dbtool/fixtures/readme" "$root/work/try"
  chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root bash -c "cd /work
$1"
}

# What scripts and pipes rely on: the run ends well and says nothing on standard error.
quiet='set -e
export TMI_SECRET_SETTINGS_ENCRYPTION_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d " \n")
tmi-dbtool --version
tmi-dbtool import-legacy try/config.yml --dry-run --quiet >/dev/null
tmi-dbtool import-legacy try/config.yml --server documented --quiet >/dev/null
tmi-dbtool import-legacy try/config.yml --server documented | grep "Nothing to do."
tmi-dbtool settings get auth.jwt.expiration_seconds --config try/config.yml | grep "^7200$"
tmi-dbtool db backup --config try/config.yml --output backup.jsonl.gz --quiet >/dev/null
tmi-dbtool db verify backup.jsonl.gz --quiet >/dev/null
tmi-dbtool completion bash >/dev/null'
status=0
inside "$quiet" 2>"$root/errors" || status=$?
if [ "$status" != 0 ] || [ -s "$root/errors" ]; then
  echo "empty-root: exit code $status, and on standard error:" >&2
  cat "$root/errors" >&2
  exit 1
fi

# The README's walk-through, as it stands there, with the key that its first block makes.
readme="$here/README.md"
sed -n '/^```console$/,/^```$/p' "$readme" | grep -v '^```' >"$root/expected"
{
  grep '^export TMI_SECRET_SETTINGS_ENCRYPTION_KEY=' "$readme"
  grep '^\$ ' "$root/expected" | while IFS= read -r line; do
    printf "printf '%%s\\\\n' %q\n%s\n" "$line" "${line#\$ }"
  done
} >"$root/walk-through"
# What is another text each time stands in the README under a name.
inside 'bash /walk-through' 2>&1 | sed -E \
  -e 's/[0-9]{8}-[0-9]{6}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/<time>/g' \
  -e 's/, digest [0-9a-f]{16}$/, digest <digest>/' \
  -e 's/^(sha256 +)[0-9a-f]{64}$/\1<sha256>/' \
  -e 's/tmi-dbtool [0-9]+\.[0-9]+\.[0-9]+$/tmi-dbtool <version>/' \
  -e 's|/work/|/home/ann/|g' >"$root/seen"
diff --ignore-blank-lines --unified "$root/expected" "$root/seen" >&2 ||
  { echo 'empty-root: the archive does not do what the README shows' >&2; exit 1; }
echo 'empty-root: the archive works where nothing else is, as the README shows'
