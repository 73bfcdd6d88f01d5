// The grid: each task a column, in the order of the plays. Shows a pattern where the timeline shows time.

const columns = taskOrder.filter(task => report.tasks[task]?.kind !== 'connection')
const columnOf = new Map(columns.map((task, column) => [task, column]))

/** The row of each cell; of several of the same task the gravest. */
const cells = rowsOfHost.map(list => {
  /** @type {Map<number, number>} */
  const lane = new Map()
  for (const row of list) {
    const column = columnOf.get(at(rows.task, row))
    if (column === undefined) continue
    const there = lane.get(column)
    if (there === undefined || at(rows.word, row) < at(rows.word, there)) lane.set(column, row)
  }
  return lane
})

/** Rows of hosts that could not be reached, by host. */
const unreached = rowsOfHost.map(list => list.find(row => taskOf(row).kind === 'connection'))

/** First column of each play. */
const playColumns = report.plays.map((_, play) => {
  const list = columns.flatMap((task, column) => (report.tasks[task]?.play === play ? [column] : []))
  return { first: list[0] ?? -1, count: list.length }
})

/** @param {number} width @param {number} zoom */
const cellWidth = (width, zoom) => Math.min(26, Math.max(4, width / Math.max(1, columns.length))) * zoom

/** @type {Painter} */
const gridPainter = {
  extent: (width, zoom) => Math.max(width, cellWidth(width, zoom) * columns.length),

  head: ({ ink, colour, width, left, zoom }, height, bottom) => {
    const cell = cellWidth(width, zoom)
    ink.textBaseline = 'middle'
    playColumns.forEach(({ first, count }, play) => {
      const from = Math.max(0, first * cell - left)
      const to = Math.min(width, (first + count) * cell - left)
      if (count === 0 || to <= 0 || from >= width) return
      if (play % 2 === 0) {
        ink.fillStyle = colour('band')
        ink.fillRect(from, 0, to - from, bottom)
      }
      ink.fillStyle = colour('ink')
      ink.font = fontOf(12, '600')
      ink.fillText(cut(ink, report.plays[play]?.name ?? '', to - from - 12), from + 6, 13)
      ink.fillStyle = colour('soft')
      ink.font = fontOf(11)
      ink.fillText(cut(ink, plural(count, 'task'), to - from - 12), from + 6, height - 12)
    })
  },

  lane: ({ ink, colour, width, left, zoom }, host, y, height) => {
    const cell = cellWidth(width, zoom)
    const gap = cell >= 5 ? 1 : 0
    const lane = cells[host]
    const lost = unreached[host]
    if (lost !== undefined) {
      const play = playColumns[taskOf(lost).play]
      ink.globalAlpha = shown[lost] ? 0.85 : 0.12
      ink.fillStyle = colourOf(colour, 'unreachable')
      const from = (play?.first ?? 0) * cell - left
      ink.fillRect(from, y + height / 2 - 2, Math.max(cell, (play?.count ?? 1) * cell - gap), 4)
    }
    const first = Math.max(0, Math.floor(left / cell))
    const last = Math.min(columns.length, Math.ceil((left + width) / cell))
    for (let column = first; column < last; column++) {
      const row = lane?.get(column)
      if (row === undefined) continue
      const word = wordOf(row)
      ink.globalAlpha = shown[row] ? 1 : 0.12
      ink.fillStyle = colourOf(colour, word)
      ink.fillRect(column * cell - left, y + 2, cell - gap, height - 4)
      if (cell >= 14 && word !== 'ok') {
        ink.fillStyle = colourOn(colour, word)
        ink.font = fontOf(11, '700')
        ink.textAlign = 'center'
        ink.fillText(glyphs[word], column * cell - left + (cell - gap) / 2, y + height / 2 + 1)
        ink.textAlign = 'left'
      }
    }
    ink.globalAlpha = 1
  },

  hit: (px, host, width, zoom) => {
    const column = Math.floor(px / cellWidth(width, zoom))
    const lost = unreached[host]
    return (
      cells[host]?.get(column) ??
      (lost !== undefined && report.tasks[columns[column] ?? -1]?.play === taskOf(lost).play ? lost : -1)
    )
  },

  place: (row, width, zoom) => (columnOf.get(at(rows.task, row)) ?? 0) * cellWidth(width, zoom),
}
