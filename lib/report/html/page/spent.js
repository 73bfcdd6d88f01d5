// Where the time went: what each play waited for, and which tasks and hosts took longest.

/** The row that ended last of all that ran in a play: what everybody waited for. @param {number} play */
const lastOf = play => {
  let last = -1
  for (let row = 0; row < rows.count; row++)
    if (taskOf(row).play === play && at(rows.span, row) >= 0 && (last < 0 || at(rows.end, row) > at(rows.end, last)))
      last = row
  return last
}

/** @param {number} host @param {number} play */
const longestOf = (host, play) =>
  (rowsOfHost[host] ?? [])
    .filter(row => taskOf(row).play === play)
    .reduce((most, row) => (most < 0 || busy(row) > busy(most) ? row : most), -1)

const playTable = () => {
  const list = report.plays.map((play, number) => {
    const took = (play.end ?? report.end) - play.start
    const last = lastOf(number)
    const longest = last < 0 ? -1 : longestOf(at(rows.host, last), number)
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, play.name),
      h('td', { class: 'number' }, duration(took)),
      h(
        'td',
        { class: 'grow-cell' },
        styled(h('span', { class: 'bar' }), {
          width: `${(took / whole) * 100}%`,
          'margin-left': `${(play.start / whole) * 100}%`,
        }),
      ),
      h(
        'td',
        {},
        last < 0
          ? h('span', { class: 'soft' }, 'nothing ran')
          : [
              'last was ',
              h(
                'button',
                { type: 'button', class: 'chip', onclick: () => showHost(at(rows.host, last)) },
                hostOf(last),
              ),
              longest >= 0 &&
                busy(longest) > 0 && [
                  ', longest there ',
                  h('button', { type: 'button', class: 'link', onclick: () => openRow(longest) }, titleOf(longest)),
                  ` ${duration(busy(longest))}`,
                ],
            ].flat(2),
      ),
    )
  })
  return h('div', { class: 'scroll-x' }, h('table', { class: 'plays' }, h('tbody', {}, list)))
}

const MOST = 8

/**
 * @param {string} title
 * @param {readonly (readonly number[])[]} lists rows by task or by host
 * @param {(n: number) => string} name
 * @param {(n: number) => void} open
 */
const ranking = (title, lists, name, open) => {
  const sums = lists
    .map((list, n) => ({
      n,
      count: list.filter(row => busy(row) > 0).length,
      ms: list.reduce((sum, row) => sum + busy(row), 0),
      most: list.reduce((most, row) => Math.max(most, busy(row)), 0),
    }))
    .filter(one => one.ms > 0)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, MOST)
  const top = sums[0]?.ms ?? 1
  return h(
    'div',
    { class: 'ranking' },
    h('h3', {}, title),
    h(
      'ol',
      {},
      sums.map(({ n, count, ms, most }) =>
        h(
          'li',
          {},
          h('button', { type: 'button', class: 'link', onclick: () => open(n) }, name(n)),
          h(
            'span',
            { class: 'number' },
            duration(ms),
            count > 1 && h('span', { class: 'soft' }, ` ${count}×, up to ${duration(most)}`),
          ),
          styled(h('span', { class: 'bar' }), { width: `${(ms / top) * 100}%` }),
        ),
      ),
    ),
  )
}

const spentSection = () => {
  if (!ran) return undefined
  return section(
    'time',
    'Where the time went',
    playTable(),
    h(
      'div',
      { class: 'two' },
      ranking(
        'Tasks, over all hosts',
        rowsOfTask,
        n => report.tasks[n]?.title ?? '',
        n => showTask(n),
      ),
      ranking('Hosts, over all tasks', rowsOfHost, n => report.hosts[n] ?? '', showHost),
    ),
  )
}
