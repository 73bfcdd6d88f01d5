// A line a host.

/** @param {number} host */
const hostLine = host => {
  const list = rowsOfHost[host] ?? []
  const counts = countWords(list.filter(row => shown[row]))
  const link = linksOfHost[host]?.at(-1)
  const own = at(busyOf, host)
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      h('button', { type: 'button', class: 'link', onclick: () => showHost(host) }, report.hosts[host] ?? ''),
    ),
    h('td', { class: 'grow-cell' }, shares(counts)),
    h('td', { class: 'counts' }, countsText(counts)),
    h('td', { class: 'number' }, link?.connected === undefined ? '' : duration(link.connected - link.start)),
    h('td', { class: 'number' }, own > 0 ? duration(own) : ''),
    h('td', { class: 'number' }, link?.roundTrips ?? ''),
  )
}

const MANY_HOSTS = 60
const HOSTS_AT_ONCE = 12

const hostsSection = () => {
  const body = h('tbody', {})
  const foot = h('div', {})
  const work = putOff()
  let all = false
  const draw = () => {
    const list = hostsInOrder()
    const few = all ? list : list.slice(0, MANY_HOSTS)
    work.begin()
    fill(body, ...few.slice(0, HOSTS_AT_ONCE).map(hostLine))
    work.later(few.slice(HOSTS_AT_ONCE), host => body.append(hostLine(host)))
    fill(
      foot,
      few.length < list.length &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            onclick: () => {
              all = true
              draw()
            },
          },
          `show ${plural(list.length - few.length, 'more host')}`,
        ),
    )
  }
  onChange(draw)
  const head = ['host', '', 'outcomes', 'login', 'changes ran for', 'round trips']
  return section(
    'hosts',
    'Hosts',
    h(
      'div',
      { class: 'scroll-x' },
      h(
        'table',
        { class: 'hosts' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            head.map((name, i) => h('th', { scope: 'col', class: i > 2 ? 'number' : '' }, name)),
          ),
        ),
        body,
      ),
    ),
    foot,
  )
}
