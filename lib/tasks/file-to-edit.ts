import type { Facts } from '../dsl/facts.ts'
import { type Content, content } from '../facts/content.ts'
import { type PathState, path } from '../facts/path.ts'
import { parentOf, requireParent } from './parent.ts'

/** What an edit starts from: what is at the path, and its bytes. */
export const fileToEdit = async (
  facts: Facts,
  { path: file, create }: { readonly path: string; readonly create: boolean },
): Promise<readonly [PathState, Content]> => {
  const [now, has, parent] = await Promise.all([
    facts.get(path(file)),
    facts.get(content(file)),
    create ? parentOf(facts, file) : undefined,
  ])
  if (now.type === 'absent' && parent) requireParent(file, parent)
  return [now, has]
}
