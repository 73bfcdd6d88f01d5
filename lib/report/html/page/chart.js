// A canvas with a lane a host that draws only what is in view. What stands in the lanes is a painter's business.

/**
 * @typedef {object} Frame What a painter may draw on. Lengths are CSS pixels.
 * @property {CanvasRenderingContext2D} ink
 * @property {(name: string) => string} colour by name
 * @property {number} width of the lanes, without the names beside them
 * @property {number} left how far the lanes are scrolled
 * @property {number} zoom
 *
 * @typedef {object} Painter
 * @property {(width: number, zoom: number) => number} extent width of all there is to see
 * @property {(frame: Frame, host: number, y: number, height: number) => void} lane
 * @property {(frame: Frame, height: number, bottom: number) => void} head the axis, and what goes behind the lanes
 * @property {(x: number, host: number, width: number, zoom: number) => number} hit the row at a place, -1: none
 * @property {(row: number, width: number, zoom: number) => number} place where a row begins
 */

const LANE = 22
const HEAD = 44

const chartColours = () => {
  const names = report.words.map(word => wordClass(word).slice(2))
  return colours([...names, 'ink', 'soft', 'line', 'card', 'band', 'accent', 'link', 'on-pale'])
}

const fontOf = (() => {
  /** @type {string | undefined} */
  let family
  /** @param {number} size @param {string} [weight] */
  return (size, weight = '') => {
    family ??= getComputedStyle(document.body).fontFamily
    return `${weight} ${size}px ${family}`
  }
})()

/** A text that is cut where its room ends. @param {CanvasRenderingContext2D} ink @param {string} said @param {number} room */
const cut = (ink, said, room) => {
  if (ink.measureText(said).width <= room) return said
  let low = 0
  let high = said.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ink.measureText(`${said.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return low > 0 ? `${said.slice(0, low)}…` : ''
}

/** Of a text on the colour of a word. @param {Frame['colour']} colour @param {Word} word */
const colourOn = (colour, word) => colour(grave(word) || word === 'unknown' ? 'card' : 'on-pale')

/** @param {Frame['colour']} colour @param {Word} word */
const colourOf = (colour, word) => colour(wordClass(word).slice(2))
