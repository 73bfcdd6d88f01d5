import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { excludesOf, rsyncExcludes } from '../../../templates/standby/excludes.ts'

test('each version has its own list, and an unknown one has none', t => {
  t.true(excludesOf('7.104.5').includes('/data/artifactory/filestore/_pre/'))
  t.true(excludesOf('6.23.1').includes('/data/filestore/_pre/'))
  t.deepEqual(excludesOf('5.11.0'), excludesOf('6.23.1'))
  t.throws(() => excludesOf('8.0.0'))
  t.throws(() => excludesOf('unknown'))
})

test('rsync takes binaries along and leaves out what is temporary', t => {
  const home = mkdtempSync(join(tmpdir(), 'baton-excludes-'))
  t.teardown(() => rmSync(home, { recursive: true }))
  const files = [
    'data/artifactory/filestore/aa/aa11',
    'data/artifactory/filestore/_pre/upload',
    'data/artifactory/tmp/x',
    'data/access/keys/one',
    'data/access/tmp/two',
    'log/service.log',
    'etc/system.yaml',
    'data/artifactory/.lock',
  ]
  for (const file of files) {
    mkdirSync(join(home, dirname(file)), { recursive: true })
    writeFileSync(join(home, file), file)
  }
  writeFileSync(join(home, 'excludes'), rsyncExcludes('7.104.5'))
  const listed = execFileSync('rsync', [
    '-a',
    '--list-only',
    `--exclude-from=${home}/excludes`,
    '--exclude=/excludes',
    `${home}/`,
  ])
    .toString()
    .split('\n')
    .filter(line => line.startsWith('-'))
    .map(line => line.split(/\s+/).at(-1))
  t.deepEqual(listed.sort(), ['data/access/keys/one', 'data/artifactory/filestore/aa/aa11'])
})
