// Handlers, leases and what else the run had to say, in the order in which it happened; the same thing on many hosts once.

/** @typedef {{ note: Note, hosts: number[], last: number }} Said */

/** @param {Note} note */
const noteWords = note =>
  note.kind === 'lease'
    ? `lease ${note.state}`
    : note.kind === 'handler'
      ? `handler ${note.state}: ${text(note.text)}`
      : text(note.text)

const saidNotes = (() => {
  /** @type {Map<string, Said>} */
  const found = new Map()
  for (const note of report.notes) {
    const key = `${note.kind} ${noteWords(note)}`
    const one = found.get(key) ?? { note, hosts: [], last: note.at }
    found.set(key, one)
    one.last = note.at
    if (note.host !== undefined) one.hosts.push(note.host)
  }
  return [...found.values()]
})()

const notesSection = () => {
  if (saidNotes.length === 0) return undefined
  const list = h('ol', { class: 'notes' })
  const box = section('notes', 'Also said', list)
  onChange(() => {
    const some = saidNotes.filter(({ note, hosts }) =>
      [note, ...hosts.map(host => ({ ...note, host }))].some(noteMatches),
    )
    fill(
      list,
      ...some.map(({ note, hosts, last }) =>
        h(
          'li',
          {},
          h(
            'span',
            { class: 'number soft', title: clock(note.at) },
            since(note.at),
            last > note.at + 1000 && ` to ${since(last)}`,
          ),
          h(
            'span',
            {},
            h('span', { class: note.trouble ? 'kind w-failed' : 'kind' }, note.kind),
            ' ',
            noteWords(note),
            ' ',
            hosts.length > 0 && hostChips(hosts),
          ),
        ),
      ),
    )
    box.hidden = some.length === 0
  })
  return box
}
