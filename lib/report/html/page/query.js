// The search: words that must all be there, in any of a host's name, a task's title, play and file, or what came of it.
// `host:`, `task:`, `file:` and `out:` in front of a word say where; "quotes" keep words together.

/** @typedef {{ field: string, text: string }} Term */

/** @param {string} query @returns {Term[]} */
const parseQuery = query =>
  [...query.toLowerCase().matchAll(/(?:(host|task|file|out):)?(?:"([^"]*)"?|(\S+))/g)]
    .map(match => ({ field: match[1] ?? '', text: match[2] ?? match[3] ?? '' }))
    .filter(term => term.text !== '')

/** Everything that a detail says, in lower case. @param {Detail} detail */
const detailText = detail => {
  /** @type {string[]} */
  const parts = [text(detail.reason)]
  const { error } = detail
  if (error)
    parts.push(
      error.kind,
      ...[error.message, error.hint, error.change, error.command, error.stdout, error.stderr, error.stack].map(text),
    )
  for (const { summary, diffs } of detail.changes ?? []) {
    parts.push(text(summary))
    for (const diff of diffs) {
      parts.push(text(diff.fact))
      for (const attribute of diff.attributes ?? []) parts.push(...attribute.map(text))
      for (const body of diff.texts ?? []) parts.push(text(body.name), ...body.lines.map(text))
    }
  }
  return parts.join('\n').toLowerCase()
}

// Made when somebody searches for the first time: opening the page does not pay for it.
const haystacks = (() => {
  /** @type {{ hosts: string[], tasks: string[], files: string[], details: string[], titles: Map<number, string>, outputs: Map<number, string> } | undefined} */
  let made
  return () => {
    made ??= {
      hosts: report.hosts.map(host => host.toLowerCase()),
      tasks: report.tasks.map((task, n) => `${task.title}\n${playOf(n)?.name ?? ''}\n${task.kind}`.toLowerCase()),
      files: report.tasks.map(task => task.place.toLowerCase()),
      details: report.details.map(detailText),
      titles: new Map(Object.entries(report.titles).map(([row, n]) => [Number(row), text(n).toLowerCase()])),
      outputs: new Map(
        Object.entries(report.outputs).map(([row, streams]) => [
          Number(row),
          streams
            .map(([, n]) => text(n))
            .join('\n')
            .toLowerCase(),
        ]),
      ),
    }
    return made
  }
})()

/**
 * Which rows a query is about: 1 for each that matches.
 * @param {string} query
 */
const matching = query => {
  const found = new Uint8Array(rows.count).fill(1)
  for (const { field, text: wanted } of parseQuery(query)) {
    const all = haystacks()
    /** @param {string} name @param {readonly string[]} list */
    const hits = (name, list) => list.map(one => (field === '' || field === name) && one.includes(wanted))
    const hosts = hits('host', all.hosts)
    const tasks = hits('task', all.tasks)
    const files = hits('file', all.files)
    const details = hits('out', all.details)
    /** @param {string} name @param {Map<number, string>} byRow */
    const some = (name, byRow) =>
      field === '' || field === name ? [...byRow].filter(([, one]) => one.includes(wanted)) : []
    const own = new Set([...some('out', all.outputs), ...some('task', all.titles)].map(([row]) => row))
    for (let row = 0; row < rows.count; row++) {
      const task = at(rows.task, row)
      if (!(hosts[at(rows.host, row)] || tasks[task] || files[task] || details[at(rows.detail, row)] || own.has(row)))
        found[row] = 0
    }
  }
  return found
}
