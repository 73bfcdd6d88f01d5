// What the reader has asked for. It is in the address, so that a link shows what its sender saw.

/** @typedef {'time' | 'grid'} View */
/** @typedef {'inventory' | 'trouble' | 'longest'} HostOrder Of hosts in the chart and the list. */

const ran = rows.span.some(span => span >= 0)

const state = {
  query: '',
  /** Outcomes that are shown; none: all. @type {Set<Word>} */
  words: new Set(),
  /** @type {View} */
  view: /** @type {View} */ (ran ? 'time' : 'grid'),
  /** @type {HostOrder} */
  order: /** @type {HostOrder} */ ('inventory'),
  /** The row in the drawer; -1: it is closed. */
  row: -1,
}

/** What the state comes to: rows that the query is about, and those of them whose outcome is shown. */
let matched = matching('')
let shown = matched
/** @type {number[]} */
let matchedRows = []
/** @type {number[]} */
let shownRows = []

/** @type {(() => void)[]} */
const listeners = []
/** Called at once, and whenever what is shown has changed. @param {() => void} listener */
const onChange = listener => {
  listeners.push(listener)
}

const readAddress = () => {
  const wanted = new URLSearchParams(location.hash.slice(1))
  state.query = wanted.get('q') ?? ''
  const words = (wanted.get('show') ?? '').split(',')
  state.words = new Set(report.words.filter(word => words.includes(word.replace(' ', '-'))))
  const view = wanted.get('view')
  if (view === 'time' || view === 'grid') state.view = view
  const order = wanted.get('order')
  state.order = order === 'trouble' || order === 'longest' ? order : 'inventory'
  const host = report.hosts.indexOf(wanted.get('host') ?? '')
  const task = Number(wanted.get('task') ?? Number.NaN)
  state.row = rowsOfHost[host]?.find(row => rows.task[row] === task) ?? -1
}

const writeAddress = () => {
  const said = new URLSearchParams()
  if (state.query) said.set('q', state.query)
  if (state.words.size > 0) said.set('show', [...state.words].map(word => word.replace(' ', '-')).join(','))
  if (state.view !== (ran ? 'time' : 'grid')) said.set('view', state.view)
  if (state.order !== 'inventory') said.set('order', state.order)
  if (state.row >= 0) {
    said.set('host', hostOf(state.row))
    said.set('task', String(rows.task[state.row]))
  }
  const hash = said.toString()
  if (hash !== location.hash.slice(1)) history.replaceState(null, '', hash ? `#${hash}` : location.href.split('#')[0])
}

const refresh = () => {
  matched = matching(state.query)
  if (state.words.size === 0) shown = matched
  else {
    const on = report.words.map(word => state.words.has(word))
    shown = matched.map((hit, row) => (hit && on[at(rows.word, row)] ? 1 : 0))
  }
  matchedRows = numbersOf(matched)
  shownRows = shown === matched ? matchedRows : numbersOf(shown)
  for (const listener of listeners) listener()
}

/** @param {Uint8Array} mask */
const numbersOf = mask => {
  /** @type {number[]} */
  const list = []
  for (let row = 0; row < mask.length; row++) if (mask[row]) list.push(row)
  return list
}

const filtering = () => state.query !== '' || state.words.size > 0

/** @param {Partial<typeof state>} change */
const change = change => {
  Object.assign(state, change)
  writeAddress()
  refresh()
}

/** @param {Word} word */
const toggleWord = word => {
  const words = new Set(state.words)
  if (!words.delete(word)) words.add(word)
  change({ words })
}

/** Shows one host, or all again. @param {number} host */
const showHost = host => {
  const name = report.hosts[host] ?? ''
  change({ query: `host:${/\s/.test(name) ? `"${name}"` : name}` })
}

/** @param {number} row */
const openRow = row => change({ row })
