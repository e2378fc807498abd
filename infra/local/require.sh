#!/bin/sh
# Makes sure that a check passes: where it fails, the Debian package that mends it is installed as root, or named.
# Usage: require.sh PACKAGE "WHAT IT IS FOR" CHECK [ARGUMENT...]
package=$1 purpose=$2
shift 2
"$@" >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing $package, which is needed $purpose."
  apt_get="env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0"
  { $apt_get update && $apt_get install -y --no-install-recommends "$package"; } >/dev/null
  "$@" >/dev/null 2>&1 && exit 0
fi
echo "$package is needed $purpose. On Debian and Ubuntu: sudo apt-get install $package" >&2
exit 1
