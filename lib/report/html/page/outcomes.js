// How many tasks came to what, as buttons that filter, and the search beside them.

const search = h('input', {
  type: 'search',
  id: 'search',
  placeholder: 'Search hosts, tasks, files, output',
  'aria-label': 'Search hosts, tasks, files and output',
  'aria-keyshortcuts': '/',
  autocomplete: 'off',
  spellcheck: 'false',
  title: 'host: task: file: out: in front of a word say where to look; "quotes" keep words together',
  oninput: () => soon(() => change({ query: search.value })),
})

/** Once a frame is enough, however fast somebody types. */
const soon = (() => {
  let waiting = false
  /** @param {() => void} work */
  return work => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      work()
    })
  }
})()

const filterBar = () => {
  const whole = countWords(rows.host.keys())
  const there = report.words.filter((_, i) => at(whole, i) > 0)
  const buttons = there.map(word => {
    const number = h('b', {})
    const button = h(
      'button',
      { type: 'button', class: `outcome ${wordClass(word)}`, onclick: () => toggleWord(word) },
      h('span', { class: 'glyph', 'aria-hidden': 'true' }, glyphs[word]),
      number,
      ` ${word}`,
    )
    return { word, button, number }
  })
  const result = h('output', { class: 'result', for: 'search', 'aria-live': 'polite' })
  const reset = h(
    'button',
    { type: 'button', class: 'quiet', onclick: () => change({ query: '', words: new Set() }) },
    'show all',
  )
  const bar = h('div', { class: 'all-shares' })
  onChange(() => {
    if (search.value !== state.query) search.value = state.query
    const counts = countWords(matchedRows)
    for (const { word, button, number } of buttons) {
      const n = at(counts, report.words.indexOf(word))
      number.textContent = n.toLocaleString('en')
      button.classList.toggle('none', n === 0)
      button.setAttribute('aria-pressed', String(state.words.has(word)))
    }
    fill(bar, shares(counts))
    const left = shownRows.length
    const hosts = new Set(shownRows.map(row => rows.host[row])).size
    result.textContent = !filtering()
      ? ''
      : left === 0
        ? 'nothing matches'
        : `${plural(left, 'task')} on ${plural(hosts, 'host')}`
    reset.hidden = !filtering()
  })
  return h(
    'div',
    { class: 'toolbar', role: 'search' },
    h('div', { class: 'search' }, search, h('kbd', { 'aria-hidden': 'true' }, '/'), result, reset),
    h(
      'div',
      { class: 'outcomes', role: 'group', 'aria-label': 'Show only' },
      buttons.map(({ button }) => button),
    ),
    bar,
  )
}
