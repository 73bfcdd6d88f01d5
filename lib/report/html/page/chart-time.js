// The timeline: when each task ran, over wall time.

const whole = Math.max(1, report.end)

/** Rows of each host in the order in which they began. */
const begun = rowsOfHost.map(list => list.toSorted((a, b) => startOf(a) - startOf(b)))

/** @param {number} row */
function startOf(row) {
  return at(rows.end, row) - Math.max(0, at(rows.span, row))
}

/** @param {number} row */
const endOf = row => (at(rows.span, row) < 0 ? at(rows.end, row) : startOf(row) + Math.max(busy(row), 1))

const linksOfHost = (() => {
  /** @type {import('../report.ts').Link[][]} */
  const lists = report.hosts.map(() => [])
  for (const link of report.links) lists[link.host]?.push(link)
  return lists
})()

/** A step of the axis that is easy to count in. @param {number} width @param {number} extent */
const tick = (width, extent) => {
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5,
    216e5, 864e5,
  ]
  const least = (whole * 80) / extent
  return steps.find(one => one >= least) ?? width
}

/** @param {number} moment */
const tickText = moment => {
  const seconds = moment / 1000
  if (moment < 60_000) return `${Number(seconds.toFixed(3))} s`
  const minutes = Math.floor(seconds / 60)
  const rest = Math.round(seconds % 60)
  return minutes < 60
    ? `${minutes}:${String(rest).padStart(2, '0')}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`
}

/** @type {Painter} */
const timePainter = {
  extent: (width, zoom) => width * zoom,

  head: ({ ink, colour, width, left, zoom }, height, bottom) => {
    const extent = width * zoom
    /** @param {number} moment */
    const x = moment => (moment / whole) * extent - left
    ink.textBaseline = 'middle'
    report.plays.forEach((play, i) => {
      const from = Math.max(0, x(play.start))
      const to = Math.min(width, x(play.end ?? whole))
      if (to <= 0 || from >= width) return
      if (i % 2 === 0) {
        ink.fillStyle = colour('band')
        ink.fillRect(from, 0, to - from, bottom)
      }
      ink.fillStyle = colour('ink')
      ink.font = fontOf(12, '600')
      ink.fillText(cut(ink, play.name, to - from - 12), from + 6, 13)
    })
    const step = tick(width, extent)
    ink.font = fontOf(11)
    for (let moment = Math.floor(((left / extent) * whole) / step) * step; x(moment) < width; moment += step) {
      if (x(moment) < -60) continue
      ink.fillStyle = colour('line')
      ink.fillRect(Math.round(x(moment)), height - 18, 1, bottom)
      ink.fillStyle = colour('soft')
      if (x(moment) + 30 < width) ink.fillText(tickText(moment), Math.round(x(moment)) + 4, height - 10)
    }
  },

  lane: ({ ink, colour, width, left, zoom }, host, y, height) => {
    const extent = width * zoom
    /** @param {number} moment */
    const x = moment => (moment / whole) * extent - left
    const middle = Math.round(y + height / 2)
    for (const link of linksOfHost[host] ?? []) {
      const open = x(link.connected ?? link.end ?? whole)
      ink.fillStyle = colour('link')
      ink.fillRect(x(link.start), middle - 3, Math.max(1, open - x(link.start)), 6)
      ink.fillStyle = colour('line')
      if (link.connected !== undefined) ink.fillRect(open, middle, Math.max(0, x(link.end ?? whole) - open), 1)
    }
    let last = -1
    for (const row of begun[host] ?? []) {
      const from = x(startOf(row))
      const to = x(endOf(row))
      if (to < -2 || from > width) continue
      const word = wordOf(row)
      ink.globalAlpha = shown[row] ? 1 : 0.12
      if (rows.span[row] === -1 && !grave(word)) {
        // Nothing ran: a tick. Many at one moment are one.
        if (Math.abs(from - last) < 1 && shown[row]) continue
        if (shown[row]) last = from
        ink.globalAlpha *= 0.75
        ink.fillStyle = colourOf(colour, word)
        ink.fillRect(Math.round(from) - 1, y + 7, 2, height - 14)
        continue
      }
      const wide = Math.max(to - from, grave(word) ? 6 : 2)
      ink.fillStyle = colourOf(colour, word)
      ink.beginPath()
      ink.roundRect(from, y + 4, wide - (wide > 6 ? 1 : 0), height - 8, Math.min(2.5, wide / 2))
      ink.fill()
      if (wide > 46 && shown[row]) {
        ink.globalAlpha = 1
        ink.fillStyle = colourOn(colour, word)
        ink.font = fontOf(11, '500')
        ink.fillText(cut(ink, titleOf(row), wide - 12), from + 6, middle + 1)
      }
    }
    ink.globalAlpha = 1
  },

  hit: (px, host, width, zoom) => {
    const scale = (width * zoom) / whole
    let best = -1
    let nearest = 5
    for (const row of begun[host] ?? []) {
      const from = startOf(row) * scale
      const to = Math.max(endOf(row) * scale, from + 2)
      // What ran goes before what did not, and what is shown before what is not.
      const away =
        (px < from ? from - px : px > to ? px - to : 0) +
        (at(rows.span, row) < 0 && !grave(wordOf(row)) ? 2 : 0) +
        (shown[row] ? 0 : 2.5)
      if (away < nearest) {
        nearest = away
        best = row
      }
    }
    return best
  },

  place: (row, width, zoom) => (startOf(row) / whole) * width * zoom,
}
