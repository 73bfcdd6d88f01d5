// In which order hosts are shown.

/** @type {Record<HostOrder, string>} */
const orders = { inventory: 'in the order of the inventory', trouble: 'trouble first', longest: 'longest first' }

/** What the worst of each host is, as a place among the words; and how long its changes ran. */
const worstOf = rowsOfHost.map(list =>
  list.reduce((worst, row) => Math.min(worst, at(rows.word, row)), report.words.length),
)
const busyOf = rowsOfHost.map(list => list.reduce((sum, row) => sum + busy(row), 0))

/** The hosts that have something to show, in the reader's order. */
const hostsInOrder = () => {
  const some = new Set(shownRows.map(row => at(rows.host, row)))
  const list = report.hosts.map((_, host) => host).filter(host => !filtering() || some.has(host))
  if (state.order === 'trouble') list.sort((a, b) => at(worstOf, a) - at(worstOf, b) || a - b)
  if (state.order === 'longest') list.sort((a, b) => at(busyOf, b) - at(busyOf, a) || a - b)
  return list
}

const orderChoice = () => {
  const choice = h(
    'select',
    {
      class: 'order-by',
      'aria-label': 'Order of hosts',
      onchange: () => change({ order: /** @type {HostOrder} */ (choice.value) }),
    },
    Object.entries(orders).map(([value, label]) => h('option', { value }, label)),
  )
  onChange(() => {
    choice.value = state.order
  })
  return choice
}
