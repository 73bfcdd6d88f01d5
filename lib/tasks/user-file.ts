import { sshDirectory, type UserFile } from '../changes/edit-user-file.ts'
import { type Facts, Unknown } from '../dsl/facts.ts'
import { Refusal } from '../errors.ts'
import { content } from '../facts/content.ts'
import { path } from '../facts/path.ts'
import { user } from '../facts/user.ts'

/** What an edit of a file in `~/.ssh` starts from. Refusal when there is no such user. */
export const userFile = async (facts: Facts, name: string, fileName: string): Promise<UserFile> => {
  const found = await facts.get(user(name))
  if (!found.exists) throw new Refusal(`there is no user ${name}`, { hint: 'Let a user task before this one make it.' })
  const { home, group } = found
  if (group === undefined) throw new Unknown(`the primary group of ${name}`, `${name} is made`)
  if (!home.startsWith('/')) throw new Refusal(`${name} has no home directory`)
  const directory = sshDirectory(home)
  const file = `${directory}/${fileName}`
  const [homeState, directoryState, fileState, has] = await Promise.all([
    facts.get(path(home)),
    facts.get(path(directory)),
    facts.get(path(file)),
    facts.get(content(file)),
  ])
  const made = [homeState, directoryState, fileState].some(s => s.type !== 'absent' && s.owner === undefined)
  if (made) throw new Unknown(`whom ${file} and what it lies in belong to`, 'they are made')
  return { user: name, group, home, file, homeState, directoryState, fileState, content: has }
}
