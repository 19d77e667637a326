#!/bin/sh
# Prints the home of a JDK 25, or says what to install. JAVA_HOME first, then the usual places.
#   find-jdk.sh          prints the path
#   find-jdk.sh --check  prints nothing when there is one
set -eu

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk* /usr/java/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  if [ -n "$home" ] && is_jdk_25 "$home"; then
    [ "${1:-}" = --check ] || printf '%s\n' "$home"
    exit 0
  fi
done

cat >&2 <<'MESSAGE'
unified-proxy needs a JDK 25 and found none in JAVA_HOME, /usr/lib/jvm, /opt or your home directory.
Install one (Debian and Ubuntu: "apt-get install temurin-25-jdk" from Adoptium's repository, or any
other build of OpenJDK 25), or point JAVA_HOME at it, and run the command again.
MESSAGE
exit 78
