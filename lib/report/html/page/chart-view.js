// The canvas on the page: scrolling, pointing, keys, zoom, and a word about what is under the pointer.

const MAX_ZOOM = 400

const chartSection = () => {
  const canvas = h('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-label': 'Hosts and tasks. Arrow keys go from task to task and from host to host, Enter shows what happened.',
  })
  const room = h('div', { class: 'room' }, canvas)
  const scroller = h('div', { class: 'scroller' }, room)
  const tip = h('div', { class: 'tip', role: 'status' })
  const box = h('div', { class: 'chart' }, scroller, tip)
  const zoomed = h('span', { class: 'zoom' })

  let zoom = 1
  let names = 120
  let colour = chartColours()
  /** Hosts with a row that is shown; all, while nothing is filtered. */
  let lanes = report.hosts.map((_, host) => host)
  let pointed = -1
  let drawn = false

  /** Size of the scroller. Measured when it changes, not when it is drawn: to ask costs a layout of the whole page. */
  const size = { width: 0, height: 0 }

  const painter = () => (state.view === 'time' ? timePainter : gridPainter)
  const laneRoom = () => Math.max(60, size.width - names - 10)

  const longest = (() => {
    const ink = must(canvas.getContext('2d'))
    ink.font = fontOf(12)
    return Math.max(40, ...report.hosts.slice(0, 400).map(host => ink.measureText(host).width))
  })()

  const layout = () => {
    const { width } = size
    if (width === 0) return
    names = Math.min(width < 560 ? 96 : 220, Math.ceil(longest) + 24)
    const all = HEAD + lanes.length * LANE + 6
    const most = Math.max(260, Math.round(window.innerHeight * 0.62))
    const extent = painter().extent(laneRoom(), zoom)
    const bar = extent > laneRoom() + 1 ? 14 : 0
    size.height = Math.min(all, most - bar)
    styled(scroller, { height: `${size.height + bar}px` })
    styled(room, { width: `${Math.max(width, extent + names + 10)}px`, height: `${all}px` })
    const ratio = window.devicePixelRatio || 1
    const [across, down] = [Math.round(width * ratio), Math.round(size.height * ratio)]
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across
      canvas.height = down
      styled(canvas, { width: `${width}px`, height: `${size.height}px` })
    }
    draw()
  }

  const draw = () => {
    if (drawn) return
    drawn = true
    requestAnimationFrame(() => {
      drawn = false
      paint()
    })
  }

  const paint = () => {
    const ratio = window.devicePixelRatio || 1
    const ink = must(canvas.getContext('2d'))
    const width = canvas.width / ratio
    const height = canvas.height / ratio
    ink.setTransform(ratio, 0, 0, ratio, 0, 0)
    ink.clearRect(0, 0, width, height)
    const frame = { ink, colour, width: laneRoom(), left: scroller.scrollLeft, zoom }
    const top = scroller.scrollTop
    const first = Math.floor(top / LANE)
    const last = Math.min(lanes.length, Math.ceil((top + height - HEAD) / LANE))
    const pointedHost = pointed < 0 ? -1 : at(rows.host, pointed)

    ink.save()
    ink.translate(names, 0)
    ink.beginPath()
    ink.rect(0, 0, frame.width + 10, height)
    ink.clip()
    painter().head(frame, HEAD, height)
    ink.beginPath()
    ink.rect(0, HEAD, frame.width + 10, height - HEAD)
    ink.clip()
    for (let i = first; i < last; i++) {
      const y = HEAD + i * LANE - top
      const host = lanes[i] ?? 0
      if (host === pointedHost) {
        ink.fillStyle = colour('band')
        ink.fillRect(0, y, frame.width + 10, LANE)
      }
      ink.textBaseline = 'middle'
      painter().lane(frame, host, y, LANE)
    }
    const chosen = pointed >= 0 ? pointed : state.row
    const lane = chosen < 0 ? -1 : lanes.indexOf(at(rows.host, chosen))
    if (lane >= 0) {
      const x = painter().place(chosen, frame.width, zoom) - frame.left
      const wide =
        state.view === 'grid'
          ? cellWidth(frame.width, zoom)
          : Math.max(6, ((endOf(chosen) - startOf(chosen)) / whole) * frame.width * zoom)
      ink.strokeStyle = colour('ink')
      ink.lineWidth = 2
      ink.strokeRect(x - 1, HEAD + lane * LANE - top + 2, wide + 1, LANE - 4)
    }
    ink.restore()

    ink.save()
    ink.beginPath()
    ink.rect(0, HEAD, names, height - HEAD)
    ink.clip()
    ink.textBaseline = 'middle'
    for (let i = first; i < last; i++) {
      const host = lanes[i] ?? 0
      const y = HEAD + i * LANE - top
      const word = report.words[at(worstOf, host)]
      if (word && grave(word)) {
        ink.fillStyle = colourOf(colour, word)
        ink.beginPath()
        ink.arc(7, y + LANE / 2, 3.5, 0, 7)
        ink.fill()
      }
      ink.fillStyle = colour(host === pointedHost ? 'accent' : 'ink')
      ink.font = fontOf(12, host === pointedHost ? '600' : '')
      ink.fillText(cut(ink, report.hosts[host] ?? '', names - 24), 16, y + LANE / 2)
    }
    ink.restore()
    ink.fillStyle = colour('line')
    ink.fillRect(0, HEAD, width, 1)
  }

  /** @param {number} row @param {number} [x] @param {number} [y] */
  const point = (row, x, y) => {
    pointed = row
    tip.hidden = row < 0
    if (row >= 0) {
      const span = at(rows.span, row)
      fill(
        tip,
        h('div', {}, badge(wordOf(row)), ' ', h('b', {}, hostOf(row))),
        h('div', { class: 'tip-title' }, titleOf(row)),
        h(
          'div',
          { class: 'soft' },
          span < 0
            ? `${since(at(rows.end, row))}, nothing had to run`
            : `${since(startOf(row))}, ran for ${duration(busy(row))}`,
        ),
      )
      const px = x ?? names + painter().place(row, laneRoom(), zoom) - scroller.scrollLeft
      const py = y ?? HEAD + lanes.indexOf(at(rows.host, row)) * LANE - scroller.scrollTop
      const wide = tip.offsetWidth
      const below = py + 26 + tip.offsetHeight < size.height + 60
      styled(tip, {
        left: `${Math.max(4, Math.min(box.clientWidth - wide - 4, px + 12))}px`,
        top: `${below ? py + 26 : py - tip.offsetHeight - 8}px`,
      })
    }
    draw()
  }

  /** @param {MouseEvent} event */
  const under = event => {
    const area = canvas.getBoundingClientRect()
    const x = event.clientX - area.left
    const y = event.clientY - area.top
    const host = lanes[Math.floor((y - HEAD + scroller.scrollTop) / LANE)]
    if (y < HEAD || host === undefined) return { row: -1, host: -1, x, y }
    if (x < names) return { row: -1, host, x, y }
    return { row: painter().hit(x - names + scroller.scrollLeft, host, laneRoom(), zoom), host, x, y }
  }

  canvas.addEventListener('mousemove', event => {
    const { row, host, x, y } = under(event)
    canvas.style.cursor = row >= 0 || (host >= 0 && x < names) ? 'pointer' : 'default'
    point(row, x, y)
  })
  canvas.addEventListener('mouseleave', () => point(-1))
  canvas.addEventListener('click', event => {
    const { row, host, x } = under(event)
    if (row >= 0) openRow(row)
    else if (host >= 0 && x < names) showHost(host)
  })

  /** Rows of a host from left to right, as the view has them. @param {number} host */
  const across = host =>
    state.view === 'time'
      ? (begun[host] ?? []).filter(row => shown[row])
      : [...(cells[host] ?? [])].sort(([a], [b]) => a - b).flatMap(([, row]) => (shown[row] ? [row] : []))

  /** Brings a row into view. @param {number} row */
  const reveal = row => {
    const y = lanes.indexOf(at(rows.host, row)) * LANE
    if (y < scroller.scrollTop) scroller.scrollTop = y
    if (y + LANE > scroller.scrollTop + size.height - HEAD) scroller.scrollTop = y + LANE * 2 - size.height + HEAD
    const x = painter().place(row, laneRoom(), zoom)
    if (x < scroller.scrollLeft || x > scroller.scrollLeft + laneRoom() - 20) scroller.scrollLeft = x - laneRoom() / 2
  }

  canvas.addEventListener('keydown', event => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const move = moves[/** @type {keyof typeof moves} */ (event.key)]
    if (event.key === 'Enter' && pointed >= 0) openRow(pointed)
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const [dx = 0, dy = 0] = move
    const from = pointed >= 0 ? pointed : state.row
    const lane = Math.max(0, from < 0 ? 0 : lanes.indexOf(at(rows.host, from)) + dy)
    const list = across(lanes[Math.min(lane, lanes.length - 1)] ?? 0)
    const here = from < 0 ? -1 : list.indexOf(from)
    const x = from < 0 ? 0 : painter().place(from, 1000, 1)
    const next =
      dx !== 0 && here >= 0
        ? list[Math.max(0, Math.min(list.length - 1, here + dx))]
        : list.toSorted(
            (a, b) => Math.abs(painter().place(a, 1000, 1) - x) - Math.abs(painter().place(b, 1000, 1) - x),
          )[0]
    if (next === undefined) return
    reveal(next)
    point(next)
  })
  canvas.addEventListener('blur', () => point(-1))
  scroller.addEventListener(
    'scroll',
    () => {
      if (document.activeElement !== canvas) point(-1)
      draw()
    },
    { passive: true },
  )

  /** @param {number} wanted @param {number} [around] where the pointer is, in lanes */
  const setZoom = (wanted, around = laneRoom() / 2) => {
    const next = Math.max(1, Math.min(MAX_ZOOM, wanted))
    const share = (scroller.scrollLeft + around) / painter().extent(laneRoom(), zoom)
    zoom = next
    layout()
    scroller.scrollLeft = share * painter().extent(laneRoom(), zoom) - around
    zoomed.textContent = zoom === 1 ? '' : `${zoom < 10 ? zoom.toFixed(1) : Math.round(zoom)}×`
    draw()
  }
  scroller.addEventListener(
    'wheel',
    event => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      setZoom(zoom * 1.0015 ** -event.deltaY, event.clientX - scroller.getBoundingClientRect().left - names)
    },
    { passive: false },
  )

  /** @param {View} view @param {string} label */
  const viewButton = (view, label) => {
    const button = h('button', { type: 'button', onclick: () => change({ view }) }, label)
    onChange(() => button.setAttribute('aria-pressed', String(state.view === view)))
    return button
  }
  /** @param {string} label @param {string} sign @param {() => void} act */
  const zoomButton = (label, sign, act) =>
    h('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, sign)

  const lead = h('p', { class: 'lead' })
  const made = section(
    'run',
    'Hosts and tasks',
    h(
      'div',
      { class: 'chart-bar' },
      h(
        'div',
        { class: 'segmented', role: 'group', 'aria-label': 'View' },
        viewButton('time', 'Timeline'),
        viewButton('grid', 'Grid'),
      ),
      lead,
      h('span', { class: 'grow' }),
      report.hosts.length > 2 && orderChoice(),
      zoomed,
      h(
        'div',
        { class: 'segmented', role: 'group', 'aria-label': 'Zoom' },
        zoomButton('zoom out', '−', () => setZoom(zoom / 1.6)),
        zoomButton('show all', 'fit', () => setZoom(1)),
        zoomButton('zoom in (or Ctrl and the wheel)', '+', () => setZoom(zoom * 1.6)),
      ),
    ),
    box,
  )

  let view = state.view
  onChange(() => {
    if (view !== state.view) {
      view = state.view
      zoom = 1
      zoomed.textContent = ''
      scroller.scrollLeft = 0
    }
    lead.textContent =
      state.view === 'time'
        ? ran
          ? 'When each task ran. Ticks are tasks that had nothing to do.'
          : 'Nothing ran: a check only plans. The grid says more.'
        : 'Each column a task, each row a host.'
    lanes = hostsInOrder()
    point(-1)
    layout()
  })
  onTheme.push(() => {
    colour = chartColours()
    draw()
  })
  new ResizeObserver(() => {
    size.width = scroller.clientWidth
    layout()
  }).observe(box)
  return made
}
