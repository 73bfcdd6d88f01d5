import type { ChangeReport } from '../event.ts'

/** The facts of a change before and after as a unified diff has it: what highlights diffs highlights this. */
export const diffBlock = ({ summary, diffs }: ChangeReport, conditional: boolean): readonly string[] => [
  `# ${conditional ? 'would ' : ''}${summary}`,
  ...diffs.flatMap(({ fact, attributes, texts }) => [
    `# ${fact}`,
    ...attributes.flatMap(({ name, before, after }) => [
      ...(before === undefined ? [] : [`- ${name}  ${before}`]),
      ...(after === undefined ? [] : [`+ ${name}  ${after}`]),
    ]),
    ...texts.flatMap(({ lines }) => lines),
  ]),
]
