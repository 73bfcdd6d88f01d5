import type { ChangeReport, ErrorReport, FactDiff } from '../../event.ts'
import type { Numbered } from './numbered.ts'
import type { Detail, PackedDiff, PackedError } from './report.ts'
import { visible, visibleLine } from './visible.ts'

/** Lines of one diff that a report holds. */
const MAX_LINES = 4000

type Texts = Numbered<string>

const packDiff = ({ fact, attributes, texts: bodies }: FactDiff, texts: Texts): PackedDiff => {
  const value = (text: string | undefined) => (text === undefined ? -1 : texts.of(visibleLine(text)))
  return {
    fact: texts.of(visibleLine(fact)),
    ...(attributes.length > 0 && {
      attributes: attributes.map(a => [texts.of(visibleLine(a.name)), value(a.before), value(a.after)] as const),
    }),
    ...(bodies.length > 0 && {
      texts: bodies.map(({ name, lines }) => ({
        name: texts.of(visibleLine(name)),
        lines: lines.slice(0, MAX_LINES).map(line => texts.of(visibleLine(line))),
        ...(lines.length > MAX_LINES && { left: lines.length - MAX_LINES }),
      })),
    }),
  }
}

export const packError = (error: ErrorReport, texts: Texts): PackedError => {
  const text = (name: 'hint' | 'change' | 'command' | 'stdout' | 'stderr' | 'stack') => {
    const shown = visible(error[name] ?? '')
    return shown === '' ? {} : { [name]: texts.of(shown) }
  }
  return {
    kind: error.kind,
    message: texts.of(visible(error.message)),
    ...text('change'),
    ...text('command'),
    ...(error.code !== undefined && { code: error.code }),
    ...text('stderr'),
    ...text('stdout'),
    ...text('hint'),
    ...text('stack'),
    ...(error.connection && { connection: error.connection }),
  }
}

interface Told {
  readonly reason?: string
  readonly error?: ErrorReport
  readonly changes?: readonly ChangeReport[]
  readonly ignored?: true
  readonly attempts?: number
}

export const packDetail = ({ reason, error, changes = [], ignored, attempts }: Told, texts: Texts): Detail => ({
  ...(reason !== undefined && { reason: texts.of(visible(reason)) }),
  ...(error && { error: packError(error, texts) }),
  ...(changes.length > 0 && {
    changes: changes.map(({ summary, diffs }) => ({
      summary: texts.of(visibleLine(summary)),
      diffs: diffs.map(diff => packDiff(diff, texts)),
    })),
  }),
  ...(ignored && { ignored: 1 as const }),
  ...(attempts !== undefined && { attempts }),
})
