import { openWithKeys } from './age.ts'
import { WAYS } from './age-identities.ts'
import { isAge } from './is-age.ts'
import type { Keys } from './keys.ts'
import { Locked } from './locked.ts'
import { otherKinds, type SopsMetadata } from './sops-metadata.ts'

/** The key that a file's values are encrypted with, 32 bytes, opened by one of the user's keys of age. */
export const sopsDataKey = async (metadata: SopsMetadata, keys: Keys): Promise<Buffer> => {
  const { age } = metadata
  if (age.length === 0)
    throw new Locked(
      `this file has no age recipient${otherKinds(metadata).length ? `, only ${otherKinds(metadata).join(', ')}` : ''}`,
      'Add one: sops rotate --in-place --add-age age1... FILE',
    )
  const recipients = age.map(({ recipient }) => recipient).join(', ')
  const identities = await keys.ageIdentities()
  if (identities.length === 0)
    throw new Locked(`this file is for ${recipients}, and there is no key of age to open it with`, WAYS)
  for (const { enc } of age) {
    const bytes = Buffer.from(enc)
    if (!isAge(bytes)) throw new Locked('the SOPS metadata has a key that is no age file')
    const opened = await openWithKeys(bytes, identities)
    if (opened?.length === 32) return opened
    if (opened) throw new Locked('the data key of SOPS has not 32 bytes')
  }
  const mine = identities.map(({ recipient, from }) => `${recipient} (${from})`).join(', ')
  throw new Locked(
    `this file is for ${recipients}; none of the keys is one of them: ${mine}`,
    'Give the key of one of these, or add yours where the file can be opened: sops rotate --in-place --add-age age1... FILE',
  )
}
