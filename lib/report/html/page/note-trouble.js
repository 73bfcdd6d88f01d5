// Trouble that is no task: a refused run, hosts that were not ready, leases lost, nodes out of rotation, handlers owed.

/** @typedef {{ note: Omit<Note, 'kind'> & { kind: Note['kind'] | 'rolling' }, said: string, hosts: number[] }} NoteTrouble */

/** @type {Record<NoteTrouble['note']['kind'], { title: string, word: Word, meaning: string, late: boolean }>} */
const noteLooks = {
  refused: { title: 'refused', word: 'refused', meaning: 'The run was refused as a whole.', late: false },
  preflight: {
    title: 'not ready',
    word: 'failed',
    meaning: 'Found before the first change. Nothing was changed.',
    late: false,
  },
  lease: {
    title: 'lease lost',
    word: 'failed',
    meaning: 'Another run may have taken the host over. Changes of this run were refused from then on.',
    late: true,
  },
  rolling: {
    title: 'out of rotation',
    word: 'failed',
    meaning: 'The node did not come through its turn, and was not put back. Somebody has to look at it.',
    late: true,
  },
  handler: {
    title: 'handler owed',
    word: 'unknown',
    meaning: 'It was notified, and the run ended before it ran. A run that goes on with this one runs it.',
    late: true,
  },
  notice: { title: 'notice', word: 'unknown', meaning: '', late: true },
}

const noteTroubles = (() => {
  /** @type {Map<string, NoteTrouble>} */
  const found = new Map()
  /** @param {NoteTrouble['note']} note @param {string} said */
  const add = (note, said) => {
    const key = JSON.stringify([note.kind, said, text(note.hint)])
    const group = found.get(key) ?? { note, said, hosts: [] }
    found.set(key, group)
    if (note.host !== undefined) group.hosts.push(note.host)
  }
  for (const note of report.notes)
    if (note.trouble) add(note, note.kind === 'lease' ? 'The lease on the host was lost' : text(note.text))
  for (const { play, nodes } of report.rolling)
    for (const { host, steps } of nodes) {
      const last = steps.at(-1)
      if (last?.state === 'failed')
        add({ at: last.at, kind: 'rolling', host, text: last.reason ?? -1 }, text(last.reason) || play)
    }
  return [...found.values()]
})()

/** @param {NoteTrouble} trouble */
const noteCard = ({ note, said, hosts }) => {
  const { title, word, meaning } = noteLooks[note.kind]
  return h(
    'article',
    { class: `card ${wordClass(word)}` },
    h(
      'header',
      {},
      h('span', { class: `badge ${wordClass(word)}` }, title),
      h('h3', {}, said),
      hosts.length > 0 && h('span', { class: 'count' }, onHosts(hosts)),
    ),
    meaning !== '' && h('p', { class: 'where' }, meaning),
    hosts.length > 1 && h('p', {}, hostChips(hosts)),
    note.hint !== undefined && h('p', { class: 'hint' }, h('b', {}, 'What to do. '), text(note.hint)),
  )
}

/** Whether a note speaks of what is searched for. @param {NoteTrouble['note']} note */
const noteMatches = note => {
  const host = note.host === undefined ? '' : report.hosts[note.host]
  const said = `${host}\n${note.kind} ${note.state ?? ''}\n${text(note.text)}\n${text(note.hint)}`.toLowerCase()
  return parseQuery(state.query).every(term => (term.field === '' || term.field === 'host') && said.includes(term.text))
}
