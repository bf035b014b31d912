#!/usr/bin/env bash
# Brings NVIDIA's run-time compiler from Debian's non-free archive into a folder: nvrtc.sh VERSION FOLDER, VERSION 12.4 or 11.8.
# apt works in a state of its own, and packages are unpacked, not installed: nothing of the system changes, and root is not needed.
set -euo pipefail
version=$1 folder=$2
keys=/usr/share/keyrings/debian-archive-keyring.gpg
case $version in
    12.4) release=trixie library=libnvrtc12 builtins=libnvrtc-builtins12.4 ;;
    11.8) release=bookworm library=libnvrtc11.2 builtins=libnvrtc-builtins11.8 ;;
    *) echo "NVRTC=$version is not in Debian's archive: take 12.4 or 11.8, or name another libnvrtc in MHC_NVRTC." >&2; exit 2 ;;
esac
case $(dpkg --print-architecture 2>/dev/null) in
    amd64 | arm64) ;;
    *) echo "NVRTC comes from Debian packages for amd64 and arm64, and dpkg does not say that this machine takes them. Name a libnvrtc in MHC_NVRTC." >&2; exit 1 ;;
esac
[ -r $keys ] || { echo "$keys is missing: install debian-archive-keyring, or name a libnvrtc in MHC_NVRTC." >&2; exit 1; }

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,root,none}
echo "deb [signed-by=$keys] ${DEBIAN:-http://deb.debian.org/debian} $release non-free" >"$work/sources.list"
cat >"$work/apt.conf" <<END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/none";
Dir::Etc::preferencesparts "$work/none";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
APT::Update::Post-Invoke-Success "";
APT::Update::Post-Invoke "";
END
export APT_CONFIG=$work/apt.conf
apt-get -qq update
(cd "$work" && apt-get -qq download $library $builtins)
for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
rm -f "$folder"/libnvrtc*
find "$work/root" -name 'libnvrtc*.so*' -exec mv -t "$folder" {} +
echo "$folder has NVRTC $version ($(du -sh "$folder" | cut -f1))"
