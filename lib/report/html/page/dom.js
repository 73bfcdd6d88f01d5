// One way to make elements. Texts become text nodes, always: there is no way to hand in markup.

/** @typedef {Node | string | number | false | null | undefined} Child */
/** @typedef {Record<string, string | number | boolean | undefined | ((event: any) => void)>} Props */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props} [props] functions are listeners (`onclick`), `false` and `undefined` leave an attribute out
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
const h = (tag, props = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children.flat()) {
    if (child === false || child === null || child === undefined) continue
    element.append(child instanceof Node ? child : String(child))
  }
  return element
}

/**
 * Styles that are computed. Not by an attribute: the page's policy allows none.
 * @template {HTMLElement} E
 * @param {E} element
 * @param {Record<string, string>} styles
 */
const styled = (element, styles) => {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value)
  return element
}

/**
 * @param {Element} element
 * @param {...Child} children
 */
const fill = (element, ...children) => {
  element.replaceChildren()
  for (const child of children) {
    if (child !== false && child !== null && child !== undefined)
      element.append(child instanceof Node ? child : String(child))
  }
}

/**
 * @template T
 * @param {T | null | undefined} value
 * @returns {T}
 */
const must = value => {
  if (value === null || value === undefined) throw new Error('a part of the page is missing')
  return value
}
