#!/bin/sh
# artifactoryctl of the Artifactory STAND-IN in Baton's lab: start | stop | check
# `start` ends when the server has accepted its keys and its database, or with the server's own exit code when it has not.
set -u

app=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
JFROG_HOME=${JFROG_HOME:-$(CDPATH='' cd -- "$app/../.." && pwd)}
export JFROG_HOME
server=$app/artifactory/stand-in.cjs
pid_file=$app/run/artifactory.pid
console=${JF_PRODUCT_VAR:-$JFROG_HOME/artifactory/var}/log/console.log

# A pid file survives a power cut; the number in it may be somebody else's by now.
running_pid() {
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$server" || return 1
  printf '%s\n' "$pid"
}

as_user() {
  if [ "$(id -u)" = 0 ] && id artifactory >/dev/null 2>&1; then
    exec setpriv --reuid=artifactory --regid=artifactory --init-groups -- "$@"
  fi
  exec "$@"
}

start() {
  if pid=$(running_pid); then
    echo "Artifactory stand-in is already running (pid $pid)"
    return 0
  fi
  rm -f "$pid_file"
  as_user setsid sh -c 'mkdir -p "$(dirname "$2")" && exec node "$1" >>"$2" 2>&1 </dev/null' sh "$server" "$console" &
  child=$!
  tenths=0
  while :; do
    if [ "$(cat "$pid_file" 2>/dev/null)" = "$child" ]; then
      echo "Artifactory stand-in started (pid $child)"
      return 0
    fi
    if ! kill -0 "$child" 2>/dev/null; then
      wait "$child"
      code=$?
      echo "Artifactory stand-in did not start (exit code $code); the end of $console:" >&2
      tail -n 5 "$console" >&2
      [ "$code" -ne 0 ] || code=1
      return "$code"
    fi
    tenths=$((tenths + 1))
    if [ "$tenths" -ge $((${START_TIMEOUT_SECONDS:-120} * 10)) ]; then
      echo "Artifactory stand-in did not start in time" >&2
      kill -TERM "$child"
      return 1
    fi
    sleep 0.1
  done
}

stop() {
  if ! pid=$(running_pid); then
    echo 'Artifactory stand-in is not running'
    return 0
  fi
  kill -TERM "$pid" 2>/dev/null
  tenths=0
  while kill -0 "$pid" 2>/dev/null; do
    tenths=$((tenths + 1))
    if [ "$tenths" -ge $((${STOP_TIMEOUT_SECONDS:-110} * 10)) ]; then
      echo "Artifactory stand-in did not stop in time, killing pid $pid" >&2
      kill -KILL "$pid" 2>/dev/null
      break
    fi
    sleep 0.1
  done
  rm -f "$pid_file"
  echo 'Artifactory stand-in stopped'
}

check() {
  if pid=$(running_pid); then
    echo "Artifactory stand-in is running (pid $pid)"
    return 0
  fi
  echo 'Artifactory stand-in is not running'
  return 1
}

case ${1:-} in
  start | stop | check) "$1" ;;
  *)
    echo "usage: artifactoryctl start|stop|check   (Artifactory STAND-IN, not JFrog Artifactory)" >&2
    exit 2
    ;;
esac
