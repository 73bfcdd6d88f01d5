import test from 'ava'
import { binaryStore } from '../../../lib/facts/artifactory/binary-store.ts'

const place = {
  varDirectories: ['/var/opt/jfrog/artifactory', '/opt/jfrog/artifactory/var'],
  filestorePath: 'data/artifactory/filestore',
} as const
const provider = (inner: string) => `<config><chain template="file-system"/><provider>${inner}</provider></config>`

for (const [xml, files] of [
  [undefined, true],
  ['<config version="2"><chain template="file-system"/></config>', true],
  [`<!-- <chain template="s3"/> --><config version='2'><chain template='file-system'/></config>`, true],
  ['<config version="2"><chain template="s3-storage-v3"/></config>', false],
  ['<config version="2"><chain template="cluster-file-system"/></config>', false],
  ['<config version="v1"><chain><provider id="x" type="sharding"/></chain></config>', false],
  [
    '<config version="2"><chain template="file-system"/><provider id="file-system"><baseDataDir>/mnt</baseDataDir></provider></config>',
    false,
  ],
  [
    '<config version="2"><chain template="file-system"/><provider><fileStoreDir>filestore</fileStoreDir></provider></config>',
    true,
  ],
  // The second one counts too, and blanks are no part of a value.
  [provider('<fileStoreDir>filestore</fileStoreDir><baseDataDir>/mnt/my data</baseDataDir>'), false],
  [provider('<fileStoreDir> filestore </fileStoreDir><fileStoreDir>\n/mnt/my data\n</fileStoreDir>'), false],
  [provider('<fileStoreDir><![CDATA[/mnt]]></fileStoreDir>'), false],
  [provider('<fileStoreDir>../elsewhere</fileStoreDir>'), false],
  // The default, spelt out in one way or another.
  [provider('<baseDataDir>/opt/jfrog/artifactory/var/data/artifactory/</baseDataDir>'), true],
  [provider('<baseDataDir>/var/opt/jfrog/artifactory/data/artifactory</baseDataDir>'), true],
  [provider('<fileStoreDir> /var/opt/jfrog/artifactory/data/artifactory/filestore </fileStoreDir>'), true],
  ['<config><chain template="file-system"/><chain template="s3"/></config>', false],
] as const)
  test(`${files ? 'plain files' : 'no plain files'}: ${xml}`, t => t.is(binaryStore(xml, place).files, files))

test('the reason names the template', t => {
  t.deepEqual(binaryStore('<config><chain template="s3"/></config>', place), {
    files: false,
    why: 'its template is s3',
  })
})

test('a filestore elsewhere is right where the inventory says so, and the default is then wrong', t => {
  const there = { ...place, filestorePath: 'data/store' }
  t.true(binaryStore(provider('<fileStoreDir>/opt/jfrog/artifactory/var/data/store</fileStoreDir>'), there).files)
  t.deepEqual(binaryStore(undefined, there), {
    files: false,
    why: 'its directory is /var/opt/jfrog/artifactory/data/artifactory/filestore, not /var/opt/jfrog/artifactory/data/store',
  })
})
