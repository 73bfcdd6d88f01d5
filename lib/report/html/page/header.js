// What ran, when, for how long, and how it ended.

const ended = report.exitCode !== undefined
/** @type {'good' | 'pending' | 'bad' | 'broken'} */
const tone = !ended ? 'broken' : report.exitCode === 0 ? 'good' : report.exitCode === 3 ? 'pending' : 'bad'

const themeButton = () => {
  const button = h('button', {
    type: 'button',
    class: 'quiet',
    id: 'theme',
    onclick: () => setTheme(dark() ? 'light' : 'dark'),
  })
  const say = () => {
    const next = dark() ? 'light' : 'dark'
    fill(button, h('span', { 'aria-hidden': 'true' }, dark() ? '☀' : '☾'), ` ${next}`)
    button.setAttribute('aria-label', `${next} colours`)
  }
  onTheme.push(say)
  say()
  return button
}

const pageHeader = () => {
  const begun = new Date(report.start)
  const when = begun.toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  })
  /** @param {string} name @param {Child} value @param {string} [title] */
  const fact = (name, value, title) => h('div', { title }, h('dt', {}, name), h('dd', {}, value))
  return h(
    'header',
    { class: 'top' },
    h('div', { class: 'brand' }, h('span', {}, 'Baton'), h('span', { class: 'grow' }), themeButton()),
    h('div', { class: 'title' }, h('h1', {}, report.playbook), checking && h('span', { class: 'mode' }, 'check mode')),
    h(
      'p',
      { class: `verdict ${tone}` },
      h('span', { class: 'dot', 'aria-hidden': 'true' }, { good: '✓', pending: '○', bad: '✕', broken: '?' }[tone]),
      h('strong', {}, report.verdict),
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('started', when, begun.toISOString()),
      fact(ended ? 'took' : 'last heard of after', duration(report.end)),
      fact('hosts', report.hosts.length.toLocaleString('en')),
      fact('tasks on hosts', rows.count.toLocaleString('en')),
      fact('run', h('code', {}, report.run)),
      report.controller !== undefined && fact('from', report.controller),
      report.resumes !== undefined &&
        fact('goes on with', h('code', {}, report.resumes), 'the run that this one resumed'),
      report.command !== undefined && fact('command', h('code', {}, report.command)),
    ),
  )
}
