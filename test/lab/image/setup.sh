#!/bin/sh
# mmdebstrap's setup hook, $1 is the root: what has to be there before packages are unpacked.
set -eu
# No PostgreSQL cluster in the image: the hosts share it, and each makes its own or none. createcluster.conf(5)
mkdir -p "$1/etc/postgresql-common"
echo 'create_main_cluster = false' >"$1/etc/postgresql-common/createcluster.conf"
