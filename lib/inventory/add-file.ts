import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Keys } from '../secret/sources/keys.ts'
import type { Draft } from './draft.ts'
import { addModule } from './dynamic/module-inventory.ts'
import { addProgram } from './dynamic/program-inventory.ts'
import { untrusted } from './dynamic/trust.ts'
import { readYaml } from './files.ts'
import { addIniFile } from './ini/parse.ts'
import { kindOfFile } from './kinds.ts'
import { addInventoryFile } from './structure.ts'

interface Where {
  readonly cwd: string
  /** For a program, and for a module. */
  readonly timeoutMs: number
  readonly keys?: Keys
}

const addYaml = async (draft: Draft, file: string, { cwd, keys }: Where): Promise<void> => {
  const before = draft.problems.length
  const root = await readYaml(cwd, file, draft.problems, keys)
  if (root) addInventoryFile(draft, root)
  else if (draft.problems.length === before)
    draft.problems.push({ message: `${file}: the inventory is empty`, hint: 'Start it with all: and hosts: below it.' })
}

const addIni = async (draft: Draft, file: string, { cwd }: Where): Promise<void> => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(resolve(cwd, file)))
    if (text.startsWith('$ANSIBLE_VAULT'))
      draft.problems.push({
        message: `${file}: an INI inventory that is encrypted as a whole is not read`,
        hint: 'Put what is secret into group_vars/ or host_vars/; those may be encrypted.',
      })
    else addIniFile(draft, file, text)
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not UTF-8' : String((error as NodeJS.ErrnoException).code ?? error)
    draft.problems.push({ message: `${file}: cannot be read: ${why}` })
  }
}

const addDynamic = async (kind: 'program' | 'module', draft: Draft, file: string, where: Where): Promise<void> => {
  const refused = await untrusted(where.cwd, file)
  if (refused) draft.problems.push(refused)
  else if (kind === 'module') await addModule(draft, file, where)
  else if (
    await access(resolve(where.cwd, file), constants.X_OK).then(
      () => true,
      () => false,
    )
  )
    await addProgram(draft, file, where)
  else draft.problems.push({ message: `${file}: a program that you may not run`, hint: `chmod +x ${file}` })
}

/** One file of an inventory, of whatever kind. What is wrong is added to the draft's problems. */
export const addFile = async (draft: Draft, file: string, where: Where): Promise<void> => {
  draft.files.push(file)
  const kind = await kindOfFile(where.cwd, file)
  if (kind === 'yaml') await addYaml(draft, file, where)
  else if (kind === 'ini') await addIni(draft, file, where)
  else if (kind) await addDynamic(kind, draft, file, where)
  else
    draft.problems.push({
      message: `${file} is no inventory that can be read; expected .yml, .yaml, .json, .ini, .ts, or a program with a #! line`,
      hint: 'What is no inventory belongs elsewhere: every file of the folder of an inventory is read.',
    })
}
