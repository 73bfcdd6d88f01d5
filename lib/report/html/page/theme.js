// Light, dark, or as the system says. Remembered where a page of a file may remember anything.

/** @typedef {'system' | 'light' | 'dark'} Theme */
const THEME = 'baton-theme'

const remembered = () => {
  try {
    return localStorage.getItem(THEME)
  } catch {
    return null
  }
}

/** @type {Theme} */
let theme = 'system'

/** @type {(() => void)[]} */
const onTheme = []

/** @param {string | null} wanted */
const setTheme = wanted => {
  theme = wanted === 'light' || wanted === 'dark' ? wanted : 'system'
  document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(THEME, theme)
  } catch {
    // Then it is for this visit only.
  }
  for (const listener of onTheme) listener()
}

const dark = () => theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const listener of onTheme) listener()
})
document.documentElement.dataset.theme = theme
setTheme(remembered())

/** A canvas knows no variables of a style: their values now, by name. @param {readonly string[]} names */
const colours = names => {
  const probe = h('span', { hidden: true })
  document.body.append(probe)
  const found = new Map(
    names.map(name => {
      probe.style.color = `var(--${name})`
      return [name, getComputedStyle(probe).color]
    }),
  )
  probe.remove()
  /** @param {string} name */
  return name => found.get(name) ?? 'gray'
}
