// What the keyboard does anywhere on the page.

/** @type {readonly (readonly [string, string])[]} */
const help = [
  ['/', 'search'],
  ['Esc', 'close, clear'],
  ['g', 'timeline or grid'],
  ['← → ↑ ↓', 'in the chart: tasks and hosts'],
  ['Enter', 'what happened there'],
]

/** @param {EventTarget | null} target */
const typing = target =>
  target instanceof HTMLInputElement || (target instanceof HTMLElement && target.isContentEditable)

document.addEventListener('keydown', event => {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  if (event.key === 'Escape') {
    event.preventDefault()
    if (state.row >= 0) change({ row: -1 })
    else if (filtering()) change({ query: '', words: new Set() })
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  } else if (typing(event.target)) return
  else if (event.key === '/') {
    event.preventDefault()
    search.focus()
    search.select()
  } else if (event.key === 'g') change({ view: state.view === 'time' ? 'grid' : 'time' })
})

const pageFooter = () =>
  h(
    'footer',
    {},
    h(
      'p',
      { class: 'keys' },
      help.map(([key, means]) => h('span', {}, h('kbd', {}, key), ` ${means}`)),
    ),
    h(
      'p',
      { class: 'soft' },
      'Made by Baton. This page is one file: it loads nothing, and everything in it is what the run recorded. The address shows what you see: send it with the file.',
    ),
  )
