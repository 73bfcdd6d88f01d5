// What went wrong, first. The same trouble on several hosts is told once.

/** @typedef {{ word: Word, task: number, rows: number[] }} Trouble */

/** Rows of a task that failed in the same way share a card, though names and numbers in what they say may differ. */
const troubles = (() => {
  /** @type {Map<string, Trouble>} */
  const found = new Map()
  for (let row = 0; row < rows.count; row++) {
    const word = wordOf(row)
    if (!grave(word) && word !== 'unknown') continue
    const { error } = detailOf(row)
    const key = JSON.stringify([rows.task[row], word, error?.kind, error?.connection, error?.code])
    const trouble = found.get(key) ?? { word, task: at(rows.task, row), rows: [] }
    found.set(key, trouble)
    trouble.rows.push(row)
  }
  /** @param {Trouble} one */
  const rank = one => report.words.indexOf(one.word) * 1e6 - one.rows.length
  return [...found.values()].sort((a, b) => rank(a) - rank(b))
})()

/** The details of some rows, each once, the most frequent first. @param {readonly number[]} list */
const variants = list => {
  /** @type {Map<number, number[]>} */
  const found = new Map()
  for (const row of list) found.set(at(rows.detail, row), [...(found.get(at(rows.detail, row)) ?? []), row])
  return [...found.values()].sort((a, b) => b.length - a.length)
}

/** A failure in a line: its message, and what the command said last. @param {Detail} detail */
const inShort = ({ error, reason }) => {
  const last = text(error?.stderr).trimEnd().split('\n').at(-1) ?? ''
  const message = text(error?.message ?? reason)
  return error?.code !== undefined && last !== '' && !message.includes(last) ? `${message}: ${last}` : message
}

/** @param {Trouble} trouble @param {readonly number[]} list @param {boolean} open */
const troubleCard = ({ word, task: number }, list, open) => {
  const task = must(report.tasks[number])
  const [first = [], ...others] = variants(list)
  const detail = detailOf(first[0] ?? 0)
  const more =
    others.length > 0 &&
    h('details', { class: 'others' }, h('summary', {}, `${plural(others.length, 'more wording')} of the same`))
  if (more)
    more.addEventListener('toggle', () => {
      if (more.childElementCount === 1)
        more.append(
          ...others
            .slice(0, 50)
            .map(some => h('div', { class: 'other' }, rowChips(some), detailBody(detailOf(some[0] ?? 0)))),
        )
    })
  return h(
    'details',
    { class: `card ${wordClass(word)}`, open },
    h(
      'summary',
      {},
      badge(word),
      h('h3', {}, task.title),
      h('span', { class: 'count' }, onHosts(list.map(row => at(rows.host, row)))),
      h('span', { class: 'brief' }, inShort(detail)),
    ),
    h('p', {}, whereabouts(task, number)),
    list.length > 1 ? rowChips(list) : rowChips(list),
    detailBody(detail, task.title),
    more,
  )
}

const MANY_CARDS = 30
/** Cards that are open from the beginning: the others would hide the rest of the page. */
const OPEN_CARDS = 3

/**
 * @param {string} id
 * @param {string} title
 * @param {string} lead
 * @param {readonly Trouble[]} list
 * @param {typeof noteTroubles} notes
 */
const troubleSection = (id, title, lead, list, notes) => {
  if (list.length + notes.length === 0) return undefined
  const cards = h('div', { class: 'cards' })
  const box = section(id, title, lead !== '' && h('p', { class: 'lead' }, lead), cards)
  onChange(() => {
    const some = list
      .map(trouble => ({ trouble, list: trouble.rows.filter(row => shown[row]) }))
      .filter(one => one.list.length > 0)
    const noted = state.words.size > 0 ? [] : notes.filter(({ note }) => noteMatches(note))
    /** @param {boolean} late */
    const notesOf = late => noted.filter(({ note }) => noteLooks[note.kind].late === late).map(noteCard)
    /** @param {number} from @param {number} to */
    const make = (from, to) =>
      some.slice(from, to).map(({ trouble, list }, i) => troubleCard(trouble, list, from + i < OPEN_CARDS))
    fill(cards, ...notesOf(false), ...make(0, MANY_CARDS), ...notesOf(true))
    if (some.length > MANY_CARDS) {
      const more = h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          onclick: () => {
            more.remove()
            cards.append(...make(MANY_CARDS, some.length))
          },
        },
        `show ${some.length - MANY_CARDS} more`,
      )
      cards.append(more)
    }
    box.hidden = some.length + noted.length === 0
  })
  return box
}

const troubleSections = () => [
  troubleSection(
    'trouble',
    'What went wrong',
    '',
    troubles.filter(one => grave(one.word)),
    noteTroubles,
  ),
  checking &&
    troubleSection(
      'unknown',
      'Not known before a run',
      'Nobody can say yet what these tasks will do: it depends on what tasks before them will make of the host.',
      troubles.filter(one => one.word === 'unknown'),
      [],
    ),
]
