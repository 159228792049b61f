#!/bin/sh
# Installs what Debian 12 needs to run Qt and Python here; with the word `database` also what the tests need
# of PostgreSQL. Does nothing where it is already there.
set -eu

qt="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3"
window="libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-xkb1 libxcb-shape0"
wanted="$qt $window"
python3 -c 'import venv, ensurepip' 2>/dev/null || wanted="$wanted python3-venv"
[ "${1:-}" != database ] || wanted="$wanted postgresql"

command -v dpkg-query >/dev/null 2>&1 || exit 0
is_there() {
    dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}
missing=""
for package in $wanted; do
    is_there "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing system packages:$missing"
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
install() {
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@"
}
$as_root apt-get update -qq
# The tests start a server of their own, so none is made for the machine.
clusters=/etc/postgresql-common/createcluster.conf
case "$missing" in *postgresql*)
    if ! is_there postgresql-common; then
        install postgresql-common
        $as_root pg_conftool "$clusters" set create_main_cluster off
        trap '$as_root pg_conftool "$clusters" remove create_main_cluster' EXIT
    fi ;;
esac
# shellcheck disable=SC2086  # a list of packages
install $missing
