import { z } from 'zod'
import { Locked } from './locked.ts'

/** Both YAML and JSON write an empty list of keys in several ways. */
const list = <S extends z.ZodType>(item: S) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? [])
const word = z
  .string()
  .nullish()
  .transform(text => text || undefined)

const schema = z.looseObject({
  age: list(z.looseObject({ recipient: z.string(), enc: z.string() })),
  mac: z.string(),
  lastmodified: z.string(),
  key_groups: list(z.unknown()),
  shamir_threshold: z.number().nullish(),
  mac_only_encrypted: z.boolean().nullish(),
  unencrypted_suffix: word,
  encrypted_suffix: word,
  unencrypted_regex: word,
  encrypted_regex: word,
  unencrypted_comment_regex: word,
  encrypted_comment_regex: word,
})

/** What SOPS writes below the key `sops`: https://getsops.io/docs/#encryption-protocol */
export type SopsMetadata = z.output<typeof schema>

const rules = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const

/** Throws Locked: a part is missing, or the file uses what cannot be read here. */
export const sopsMetadata = (value: unknown): SopsMetadata => {
  const result = schema.safeParse(value)
  if (!result.success) {
    const where = result.error.issues[0]?.path.map(String).join('.') ?? ''
    throw new Locked(
      `the SOPS metadata is incomplete: sops${where && `.${where}`}`,
      'sops updatekeys FILE writes it anew.',
    )
  }
  const { data } = result
  const given = rules.filter(name => data[name] !== undefined)
  if (given.length > 1) throw new Locked(`the SOPS metadata has both ${given.join(' and ')}; expected one of them`)
  if (data.unencrypted_comment_regex !== undefined || data.encrypted_comment_regex !== undefined)
    throw new Locked(`${given[0]} of SOPS is not supported`, 'Use encrypted_regex or unencrypted_suffix.')
  if (data.key_groups.length > 0 || (data.shamir_threshold ?? 0) > 1)
    throw new Locked('key groups of SOPS (shares of a key) are not supported', 'Use one group with age recipients.')
  return data
}

/** For messages: the kinds of keys that can open the file, beside age. */
export const otherKinds = (metadata: SopsMetadata): readonly string[] =>
  ['pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'].filter(kind => {
    const keys = metadata[kind]
    return Array.isArray(keys) && keys.length > 0
  })
