#!/bin/sh
# artifactory.sh of the Artifactory STAND-IN in Baton's lab: runs the server in the foreground.
app=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
JFROG_HOME=${JFROG_HOME:-$(CDPATH='' cd -- "$app/../.." && pwd)}
export JFROG_HOME
if [ "$(id -u)" = 0 ] && id artifactory >/dev/null 2>&1; then
  exec setpriv --reuid=artifactory --regid=artifactory --init-groups -- node "$app/artifactory/stand-in.cjs" "$@"
fi
exec node "$app/artifactory/stand-in.cjs" "$@"
