#!/bin/sh
# Writes down what ansible-inventory makes of the inventories beside this file. Recorded with ansible-core 2.14.18.
set -eu
cd "$(dirname "$0")"
export ANSIBLE_NOCOLOR=1 ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=1
record() {
  name=$1
  shift
  ansible-inventory "$@" --list >expected/new.json
  ansible-inventory "$@" --graph >expected/new.graph
  mv expected/new.json "expected/$name.json"
  mv expected/new.graph "expected/$name.graph"
}
mkdir -p expected
record ini -i ini/hosts.ini
record yaml -i yaml/hosts.yml
record folder -i folder
record two -i two/a.ini -i two/b.yml
record priority -i priority/hosts.yml
record differences -i differences/hosts.yml
