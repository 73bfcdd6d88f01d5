// One task on one host, with everything that is known about it.

const drawer = h('aside', { id: 'drawer', 'aria-label': 'One task on one host', hidden: true, tabindex: '-1' })

/** Where the focus was before the drawer opened. @type {Element | null} */
let before = null

/** Rows beside this one: the tasks of its host, and the hosts of its task. @param {number} row */
const neighbours = row => {
  const ofHost = rowsOfHost[at(rows.host, row)] ?? []
  const ofTask = (rowsOfTask[at(rows.task, row)] ?? []).toSorted((a, b) => at(rows.host, a) - at(rows.host, b))
  const inHost = ofHost.indexOf(row)
  const inTask = ofTask.indexOf(row)
  return { up: ofTask[inTask - 1], down: ofTask[inTask + 1], left: ofHost[inHost - 1], right: ofHost[inHost + 1] }
}

/** @param {string} label @param {string} sign @param {number | undefined} row */
const step = (label, sign, row) =>
  h(
    'button',
    {
      type: 'button',
      class: 'step',
      title: label,
      'aria-label': label,
      disabled: row === undefined,
      onclick: () => row !== undefined && openRow(row),
    },
    sign,
  )

/** @param {number} row */
const drawerBody = row => {
  const task = taskOf(row)
  const detail = detailOf(row)
  const span = at(rows.span, row)
  const near = neighbours(row)
  const outputs = report.outputs[row] ?? []
  const same = (rowsOfTask[at(rows.task, row)] ?? []).filter(
    other => other !== row && rows.detail[other] === rows.detail[row] && rows.word[other] === rows.word[row],
  )
  return [
    h(
      'header',
      {},
      h(
        'div',
        { class: 'drawer-bar' },
        badge(wordOf(row)),
        h('span', { class: 'grow' }),
        step('task before', '←', near.left),
        step('next task', '→', near.right),
        step('host before', '↑', near.up),
        step('next host', '↓', near.down),
        h(
          'button',
          { type: 'button', class: 'step', 'aria-label': 'close', title: 'close (Esc)', onclick: () => openRow(-1) },
          '✕',
        ),
      ),
      h('h2', {}, titleOf(row)),
      h(
        'p',
        { class: 'drawer-host' },
        'on ',
        h('button', { type: 'button', class: 'chip', onclick: () => showHost(at(rows.host, row)) }, hostOf(row)),
      ),
      h('p', {}, whereabouts(task, at(rows.task, row))),
      h(
        'p',
        { class: 'when' },
        span < 0
          ? `${clock(at(rows.end, row))} (${since(at(rows.end, row))}), nothing had to run`
          : `${clock(at(rows.end, row) - span)} (${since(at(rows.end, row) - span)}), ran for ${duration(at(rows.ms, row))}`,
        // A change that has run is read back, often in one go with those behind it.
        span - at(rows.ms, row) > 200 && `, its end was reported ${duration(span)} after its start`,
        detail.attempts !== undefined && `, ${plural(detail.attempts, 'attempt')}`,
        detail.ignored && ', failed, and the playbook says that this stops nothing',
      ),
    ),
    detailBody(detail, titleOf(row)),
    ...outputs.map(([stream, n]) => block(`${stream} while it ran`, text(n), stream)),
    same.length > 0 &&
      h(
        'div',
        { class: 'same' },
        h('p', {}, 'The same ', onHosts(same.map(other => at(rows.host, other))), same.length === 1 ? '' : ' more'),
        rowChips(same),
      ),
  ]
}

onChange(() => {
  const open = state.row >= 0
  if (open && drawer.dataset.row !== String(state.row)) {
    if (drawer.hidden) before = document.activeElement
    fill(drawer, ...drawerBody(state.row))
    drawer.scrollTop = 0
    drawer.dataset.row = String(state.row)
    drawer.hidden = false
    drawer.focus({ preventScroll: true })
  }
  if (!open && !drawer.hidden) {
    drawer.hidden = true
    delete drawer.dataset.row
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
  document.body.classList.toggle('with-drawer', open)
})
