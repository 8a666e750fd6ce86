#!/usr/bin/env bash
# Fetches newer database servers than Debian's stable release has, for the tests: PostgreSQL, MariaDB and MySQL.
#   scripts/fetch-engines.sh            all of them
#   scripts/fetch-engines.sh mysql      one of them
# They come from Debian's unstable release; apt checks signatures and sums. Each is unpacked with its own C library into
# a cache (TMI_TEST_ENGINES; else a folder below /var/cache for root, below ~/.cache for others) and touches nothing else of the machine; a version that
# is there is not fetched again. Prints a line for each engine that is there: its name, version and folder of programs.
# Ends with 3, saying which and why, when one of them could not be fetched. Nothing is waited for without a limit; where
# the mirror does not answer at all, that takes seconds.
set -euo pipefail

# Servers refuse to run as root, and whom they run as has to reach them.
if [ "$(id -u)" = 0 ]; then home=/var/cache/tmi-dbtool; else home=${XDG_CACHE_HOME:-$HOME/.cache}/tmi-dbtool; fi
cache=${TMI_TEST_ENGINES:-$home/engines}
apt=$cache/apt
if ! command -v patchelf >/dev/null || ! command -v apt-get >/dev/null; then
  echo "fetch-engines: MISSING all engines: this needs apt-get and patchelf" >&2
  exit 3
fi
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
# Two runs at once would unpack into each other's folders.
exec 9>"$apt/lock"
flock --timeout 300 9 || { echo "fetch-engines: MISSING all engines: another run has not ended" >&2; exit 3; }

mirror=$(env -u APT_CONFIG apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} sid main" >"$apt/sources.list"
# A mirror that stands still is good enough for tests, so the index may be old.
cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$apt/state";
Dir::State::status "/dev/null";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Retries "1";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
END
export APT_CONFIG=$apt/apt.conf DEBIAN_FRONTEND=noninteractive

# name, packages (the first one's version counts), folder of the server's programs
engines='
postgres postgresql-18,postgresql-client-18 usr/lib/postgresql/18/bin
mariadb mariadb-server-core,mariadb-client-core usr/sbin
mysql mysql-server-core usr/sbin
'

# Has the programs below $1 find their own loader and libraries once the folder is called $2.
at_home() {
  local root=$1 home=$2 loader file
  loader=$(cd "$root" && find . -name ld-linux-x86-64.so.2 -type f | head -n 1)
  for file in "$root"/usr/sbin/* "$root"/usr/bin/* "$root"/usr/lib/postgresql/*/bin/*; do
    if [ -f "$file" ] && [ ! -L "$file" ] && patchelf --print-interpreter "$file" >/dev/null 2>&1; then
      patchelf --set-interpreter "$home/$loader" --force-rpath \
        --set-rpath "$home/usr/lib/x86_64-linux-gnu:$home/usr/lib/mysql/private" "$file"
    fi
  done
}

fetch() {
  local name=$1 packages=${2//,/ } programs=$3 version folder deb
  version=$(apt-cache policy "${packages%% *}" | sed -n 's/^  Candidate: //p')
  if [ -n "$version" ]; then
    folder=$cache/$name-${version//[^0-9A-Za-z.+-]/_}
  else
    # Without an index, the newest that was fetched before.
    folder=$(find "$cache" -maxdepth 1 -name "$name-*" ! -name '*.part' | sort -V | tail -n 1)
    [ -n "$folder" ] || { echo "${unreachable:-no package ${packages%% *} is known}"; return 1; }
    version=${folder#"$cache/$name-"}
    version=${version/_/:}
  fi
  if [ ! -d "$folder" ]; then
    rm -rf "$apt/cache/archives" "$folder".part
    mkdir -p "$apt/cache/archives/partial" "$folder".part
    if [ -n "$unreachable" ]; then echo "$unreachable"; return 1; fi
    # shellcheck disable=SC2086 # a list of packages
    timeout --foreground --kill-after=10 300 apt-get install --quiet=2 --download-only --yes $packages >"$apt/log" 2>&1 ||
      { echo "$(tail -n 1 "$apt/log" | grep . || echo 'its packages did not arrive within five minutes')"; return 1; }
    for deb in "$apt"/cache/archives/*.deb; do
      # Compilers at run time and Perl's scripts are not needed.
      case ${deb##*/} in libllvm* | libz3* | perl* | libperl*) continue ;; esac
      dpkg-deb --extract "$deb" "$folder".part
    done
    rm -rf "$apt/cache/archives"
    at_home "$folder".part "$folder"
    mv "$folder".part "$folder"
  fi
  echo "$name $version $folder/$programs" >&3
}

exec 3>&1
missing=0
unreachable=
# By apt's own client, which knows of proxies.
answers() {
  timeout --foreground --kill-after=5 15 /usr/lib/apt/apt-helper -o Acquire::Retries=0 \
    download-file "${mirror:-http://deb.debian.org/debian}/dists/sid/InRelease" "$apt/probe" >"$apt/log" 2>&1
}
# The index moves daily; one of the last half day will do.
if [ -z "$(find "$apt/updated" -mmin -720 2>/dev/null)" ]; then
  if ! answers; then
    unreachable="the mirror does not answer"
  elif timeout --foreground --kill-after=10 150 apt-get update --quiet=2 -o APT::Update::Error-Mode=any >"$apt/log" 2>&1; then
    touch "$apt/updated"
  else
    unreachable="the index of Debian's unstable release cannot be had: $(tail -n 1 "$apt/log")"
  fi
fi
if [ -n "$unreachable" ]; then echo "fetch-engines: $unreachable" >&2; fi
while read -r name packages programs; do
  [ -n "$name" ] || continue
  [ $# = 0 ] || [[ " $* " = *" $name "* ]] || continue
  # Not as a part of a condition, where the shell goes on after a step that failed.
  set +e
  why=$(set -e; fetch "$name" "$packages" "$programs")
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    echo "fetch-engines: MISSING $name: $why" >&2
    missing=3
  fi
done <<<"$engines"
exit "$missing"
