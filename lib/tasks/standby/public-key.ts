import { type Facts, Unknown } from '../../dsl/facts.ts'
import { Refusal } from '../../errors.ts'
import { content } from '../../facts/content.ts'

/** Type and blob of a public key in a file, as sshd(8) has them: `ssh-ed25519 AAAA...`, without comment. */
export const publicKey = async (facts: Facts, path: string): Promise<string> => {
  const { bytes } = await facts.get(content(path))
  if (!bytes) throw new Unknown(`the public key ${path} of ${facts.host}`, 'it is made')
  const [key] = /^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/]+=*(?=\s|$)/.exec(bytes.toString()) ?? []
  if (!key) throw new Refusal(`${path} of ${facts.host} holds no public key`)
  return key
}
