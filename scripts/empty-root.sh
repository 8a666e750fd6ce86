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
cp -r "$here/fixtures/readme" "$root/work/try"

inside() {
  local status=0
  chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root \
    TMI_SECRET_SETTINGS_ENCRYPTION_KEY="$key" sh -c "cd /work && $1" 2>"$root/errors" || status=$?
  if [ "$status" != 0 ] || [ -s "$root/errors" ]; then
    echo "empty-root: exit code $status and on standard error of: $1" >&2
    cat "$root/errors" >&2
    exit 1
  fi
}
key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')

if chroot "$root" sh -c 'command -v node' >/dev/null; then echo 'empty-root: there is a Node.js' >&2; exit 1; fi
inside 'tmi-dbtool --version'
inside 'tmi-dbtool import-legacy try/config.yml --dry-run --quiet' >/dev/null
inside 'tmi-dbtool import-legacy try/config.yml --server documented --quiet' >/dev/null
inside 'tmi-dbtool import-legacy try/config.yml --server documented' | grep 'Nothing to do.'
inside 'tmi-dbtool settings get auth.jwt.expiration_seconds --config try/config.yml' | grep '^7200$'
inside 'tmi-dbtool db backup --config try/config.yml --output backup.jsonl.gz --quiet' >/dev/null
inside 'tmi-dbtool db verify backup.jsonl.gz --quiet' >/dev/null
inside 'tmi-dbtool completion bash' >/dev/null
echo 'empty-root: the archive works where nothing else is'
