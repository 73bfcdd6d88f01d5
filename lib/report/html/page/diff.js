// What a change makes of a host: attributes and texts, before and after.

/** @typedef {import('../report.ts').PackedDiff} PackedDiff */

const DIFF_LINES = 60

/** @param {string} line */
const lineClass = line =>
  line.startsWith('+')
    ? 'add'
    : line.startsWith('-')
      ? 'del'
      : line.startsWith('@')
        ? 'hunk'
        : line.startsWith('\\')
          ? 'hunk'
          : ''

/** @param {NonNullable<PackedDiff['texts']>[number]} body @param {boolean} named */
const diffText = ({ name, lines, left }, named) => {
  const pre = h('pre', { class: 'diff', tabindex: '0', 'aria-label': `difference of ${text(name)}` })
  /** @param {readonly number[]} some */
  const add = some => pre.append(...some.map(n => h('span', { class: `line ${lineClass(text(n))}` }, text(n) || ' ')))
  add(lines.slice(0, DIFF_LINES))
  const rest = lines.slice(DIFF_LINES)
  if (rest.length > 0) {
    const more = h(
      'button',
      {
        type: 'button',
        class: 'more-lines',
        onclick: () => {
          more.remove()
          add(rest)
        },
      },
      `show ${plural(rest.length, 'more line')}`,
    )
    pre.append(more)
  }
  if (left)
    pre.append(h('span', { class: 'line hunk' }, `… and ${plural(left, 'more line')} that this report does not hold`))
  return h('div', {}, named && h('div', { class: 'label' }, text(name)), pre)
}

/** @param {PackedDiff} diff */
const diffOf = ({ fact, attributes = [], texts = [] }) =>
  h(
    'div',
    { class: 'fact' },
    h('div', { class: 'fact-name' }, text(fact)),
    attributes.length > 0 &&
      h(
        'table',
        { class: 'attributes' },
        attributes.map(([name, before, after]) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, text(name)),
            h(
              'td',
              {},
              before < 0 ? h('span', { class: 'absent' }, 'absent') : h('del', {}, text(before)),
              ' → ',
              after < 0 ? h('span', { class: 'absent' }, 'absent') : h('ins', {}, text(after)),
            ),
          ),
        ),
      ),
    texts.map(body => diffText(body, texts.length > 1)),
  )

/** @param {NonNullable<Detail['changes']>} changes */
const changesOf = changes =>
  changes.map(({ summary, diffs }) =>
    h('div', { class: 'change' }, h('div', { class: 'summary' }, text(summary)), diffs.map(diffOf)),
  )

/** Everything that is known about a failure, what to do last. @param {NonNullable<Detail['error']>} error @param {string} title */
const errorOf = (error, title) => [
  h('p', { class: 'message' }, text(error.message)),
  error.change !== undefined &&
    text(error.change) !== title &&
    h('p', { class: 'during' }, 'while: ', text(error.change)),
  error.command !== undefined && block('command', text(error.command), 'command'),
  error.command !== undefined &&
    // The message of a command that just failed is its code already.
    text(error.message) !== `exit code ${error.code}` &&
    h('p', { class: 'code' }, 'exit code ', h('b', {}, error.code ?? 'none: it was not seen to end')),
  error.stderr !== undefined && block('stderr', text(error.stderr), 'stderr'),
  error.stdout !== undefined && block('stdout', text(error.stdout)),
  error.stack !== undefined && block('stack', text(error.stack)),
  (error.hint !== undefined || error.kind === 'bug') &&
    h(
      'p',
      { class: 'hint' },
      h('b', {}, 'What to do. '),
      text(error.hint) || 'This is a bug in Baton. Please report it, with these lines.',
    ),
]

/** @param {Detail} detail @param {string} [title] of its task: a change of the same name is not named again */
const detailBody = (detail, title = '') =>
  h(
    'div',
    { class: 'detail' },
    detail.reason !== undefined && h('p', { class: 'reason' }, text(detail.reason)),
    detail.error && errorOf(detail.error, title),
    changesOf(detail.changes ?? []),
  )
