// Small things that several parts of the page are made of.

/** @param {Word} word */
const badge = word =>
  h('span', { class: `badge ${wordClass(word)}` }, h('span', { 'aria-hidden': 'true' }, glyphs[word]), ` ${word}`)

const FEW_CHIPS = 10

/** Hosts, each a button that shows what happened there; of many, the first and the rest on demand. @param {readonly number[]} list rows or hosts @param {(one: number) => string} name @param {(one: number) => void} open */
const chips = (list, name, open) => {
  const box = h('span', { class: 'chips' })
  /** @param {readonly number[]} some */
  const add = some =>
    box.append(...some.map(one => h('button', { type: 'button', class: 'chip', onclick: () => open(one) }, name(one))))
  // One more than a few is shown rather than counted.
  if (list.length <= FEW_CHIPS + 1) add(list)
  else {
    add(list.slice(0, FEW_CHIPS))
    const more = h(
      'button',
      {
        type: 'button',
        class: 'chip more',
        onclick: () => {
          more.remove()
          add(list.slice(FEW_CHIPS))
        },
      },
      `and ${list.length - FEW_CHIPS} more`,
    )
    box.append(more)
  }
  return box
}

/** @param {readonly number[]} list */
const rowChips = list => chips(list, hostOf, openRow)
/** @param {number} row */
const rowChip = row => h('button', { type: 'button', class: 'chip', onclick: () => openRow(row) }, hostOf(row))
/** @param {readonly number[]} list */
const hostChips = list => chips(list, host => report.hosts[host] ?? '', showHost)

const MANY_LINES = 24

/** A block of what a program said, with its name; of a long one the end, and the rest on demand. @param {string} label @param {string} body @param {string} [kind] */
const block = (label, body, kind = '') => {
  const lines = body.split('\n')
  const pre = h('pre', { tabindex: '0', 'aria-label': label })
  const left = lines.length - MANY_LINES
  if (left <= 2) pre.append(body)
  else {
    const tail = document.createTextNode(lines.slice(left).join('\n'))
    const more = h(
      'button',
      {
        type: 'button',
        class: 'more-lines',
        onclick: () => {
          more.remove()
          tail.data = body
        },
      },
      `show ${left} lines before this`,
    )
    pre.append(more, tail)
  }
  return h('div', { class: `block ${kind}` }, h('div', { class: 'label' }, label), pre)
}

/** How many rows of each word, gravest first. @param {Iterable<number>} list */
const countWords = list => {
  const counts = new Uint32Array(report.words.length)
  for (const row of list) counts[at(rows.word, row)] = at(counts, at(rows.word, row)) + 1
  return counts
}

/** A bar of outcomes by their shares. @param {Uint32Array} counts */
const shares = counts => {
  const total = counts.reduce((sum, n) => sum + n, 0)
  const bar = h('span', { class: 'shares', 'aria-hidden': 'true' })
  counts.forEach((n, i) => {
    const word = report.words[i]
    if (n > 0 && word) bar.append(styled(h('span', { class: wordClass(word) }), { 'flex-grow': String(n / total) }))
  })
  return bar
}

/** `14 changed, 186 ok`. @param {Uint32Array} counts */
const countsText = counts =>
  report.words
    .flatMap((word, i) => (at(counts, i) > 0 ? [`${at(counts, i).toLocaleString('en')} ${word}`] : []))
    .join(', ')

/**
 * A part of the page with a heading.
 * @param {string} id
 * @param {string} title
 * @param {...Child} children
 */
const section = (id, title, ...children) =>
  h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), ...children)

/** The play and the place of a task. @param {Task} task @param {number} number */
const whereabouts = (task, number) =>
  h(
    'span',
    { class: 'where' },
    [playOf(number)?.name, task.kind === 'task' || task.kind === 'connection' ? '' : task.kind]
      .filter(Boolean)
      .join(' · '),
    task.place && ' · ',
    task.place && h('code', {}, task.place),
  )
