import test from 'ava'
import { binaryStore } from '../../../lib/facts/artifactory/binary-store.ts'

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
] as const)
  test(`${files ? 'plain files' : 'no plain files'}: ${xml}`, t => t.is(binaryStore(xml).files, files))

test('the reason names the template', t => {
  t.deepEqual(binaryStore('<config><chain template="s3"/></config>'), { files: false, why: 'its template is s3' })
})
