// Rolling plays: the state of each node over time.

/** @typedef {Run['rolling'][number]} Order */
/** @typedef {Order['nodes'][number]} RollingNode */
/** @typedef {RollingNode['steps'][number]} RollingStep */

/** @param {string} state */
const stateClass = state => `s-${state}`
const inTurn = ['waiting', 'draining', 'changing', 'gating', 'returning', 'soaking', 'done', 'unchanged', 'failed']

/** @param {Order} order */
const rollingStrip = order => {
  const moments = order.nodes.flatMap(node => node.steps.map(one => one.at))
  const play = report.plays.find(one => one.name === order.play)
  const from = Math.min(...moments)
  const to = Math.max(play?.end ?? report.end, ...moments)
  const span = Math.max(1, to - from)
  const seen = new Set(order.nodes.flatMap(node => node.steps.map(one => one.state)))
  /** @param {RollingNode} node */
  const strip = node => {
    const track = h('span', { class: 'track', 'aria-hidden': 'true' })
    node.steps.forEach((one, i) => {
      const until = node.steps[i + 1]?.at ?? to
      track.append(
        styled(
          h('span', {
            class: stateClass(one.state),
            title: `${one.state} at ${since(one.at)}, for ${duration(until - one.at)}`,
          }),
          {
            left: `${((one.at - from) / span) * 100}%`,
            width: `${Math.max(0.2, ((until - one.at) / span) * 100)}%`,
          },
        ),
      )
    })
    const last = /** @type {RollingStep} */ (node.steps.at(-1))
    const first = node.steps.find(one => one.state !== 'waiting')
    const took = first && (last.state === 'done' || last.state === 'failed') ? duration(last.at - first.at) : ''
    return h(
      'li',
      {},
      h(
        'span',
        { class: 'node' },
        h(
          'button',
          { type: 'button', class: 'chip', onclick: () => showHost(node.host) },
          report.hosts[node.host] ?? '',
        ),
        h('span', { class: 'soft' }, ` batch ${node.batch}`),
      ),
      track,
      h('span', { class: `end ${stateClass(last.state)}` }, h('b', {}, last.state), took && ` ${took}`),
      last.reason !== undefined && h('p', { class: 'node-reason' }, text(last.reason)),
    )
  }
  const bad = order.nodes.filter(node => node.steps.at(-1)?.state === 'failed')
  const nodes = order.nodes.map(node => ({ host: node.host, item: strip(node) }))
  const list = h(
    'ol',
    { class: order.nodes.length > 60 ? 'nodes long' : 'nodes' },
    nodes.map(({ item }) => item),
  )
  onChange(() => {
    const hosts = new Set(shownRows.map(row => rows.host[row]))
    for (const { host, item } of nodes) item.hidden = filtering() && !hosts.has(host)
  })
  return h(
    'div',
    { class: 'order' },
    h('h3', {}, order.play),
    h(
      'p',
      { class: 'lead' },
      `${plural(order.nodes.length, 'node')} in ${plural(order.batches, 'batch', 'batches')} over ${duration(span)}`,
      bad.length > 0 && '. ',
      bad.length > 0 &&
        h(
          'strong',
          { class: 'w-failed' },
          `${bad.map(node => report.hosts[node.host]).join(', ')} failed and stayed out of rotation`,
        ),
    ),
    h(
      'ul',
      { class: 'legend' },
      inTurn
        .filter(one => seen.has(/** @type {RollingStep['state']} */ (one)))
        .map(one => h('li', {}, h('span', { class: `swatch ${stateClass(one)}` }), one)),
    ),
    list,
  )
}

const rollingSection = () =>
  report.rolling.length === 0 ? undefined : section('rolling', 'Rolling order', ...report.rolling.map(rollingStrip))
