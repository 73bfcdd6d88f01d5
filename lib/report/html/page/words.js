// How things are said.

/** Not by colour alone. @type {Record<Word, string>} */
const glyphs = {
  failed: '✕',
  refused: '⊘',
  unreachable: '⊗',
  unknown: '?',
  ignored: '!',
  rescued: '!',
  changed: '●',
  'would change': '○',
  'would run': '▹',
  skipped: '–',
  ok: '✓',
}

/** @param {Word} word */
const wordClass = word => `w-${word.replace(' ', '-')}`

/** What stops a run, or a reader. In check mode *unknown* is an answer, not an accident. @param {Word} word */
const grave = word =>
  word === 'failed' || word === 'refused' || word === 'unreachable' || (word === 'unknown' && !checking)

/** @param {number} n @param {string} one @param {string} [many] */
const plural = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** `35 ms`, `4.2 s`, `2 min 05 s`, `1 h 02 min`. @param {number} ms */
const duration = ms => {
  if (ms < 995) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  /** @param {number} n */
  const two = n => String(n).padStart(2, '0')
  return seconds < 3600
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** `+12.3 s`: since the run began. @param {number} moment */
const since = moment => `+${duration(moment)}`

/** The time of day where the reader is. @param {number} moment */
const clock = moment => new Date(report.start + moment).toLocaleTimeString('en-GB')

/** `on art1`, `on 14 hosts`. @param {readonly number[]} hosts */
const onHosts = hosts =>
  hosts.length === 1 ? `on ${report.hosts[hosts[0] ?? 0]}` : `on ${plural(hosts.length, 'host')}`
