import { z } from 'zod'
import { flag, on, optionsOf } from './flags.ts'

const SHOWN = 'What is shown'
const WRITTEN = 'What is written; given alone, nothing else is shown'

const file = (value: string, about: string) =>
  flag(z.string().optional(), { group: WRITTEN, value, completes: 'file', about })

/** What `report` takes beside the journal. */
export const reportSchema = z.strictObject({
  output: flag(z.enum(['pretty', 'plain', 'json', 'github'], 'must be pretty, plain, json or github').optional(), {
    group: SHOWN,
    short: 'o',
    value: 'FORMAT',
    about: 'as the run itself has it: pretty, plain, json (one event a line) or github (annotations)',
  }),
  diff: flag(z.boolean().default(true), {
    group: SHOWN,
    negatable: true,
    about: 'the lines and attributes that differ',
  }),
  verbose: flag(z.number().default(0), { group: SHOWN, short: 'v', counts: true, about: 'more; again for more still' }),
  help: flag(on(), { group: SHOWN, short: 'h', about: 'this text' }),
  junit: file('FILE', 'JUnit XML'),
  report: file('FILE', 'one HTML file that holds everything'),
  codeQuality: file('FILE', "GitLab's code quality report"),
  summary: file('FILE', 'Markdown, for a comment of a merge request'),
})

export const reportOptions = optionsOf(reportSchema)
