// The run, unpacked: what every part of the page reads, and none writes.

/** @typedef {import('../report.ts').Report} Run */
/** @typedef {import('../report.ts').Task} Task */
/** @typedef {import('../report.ts').Detail} Detail */
/** @typedef {import('../report.ts').Note} Note */
/** @typedef {Run['words'][number]} Word */

/** @type {Run} */
const report = JSON.parse(must(document.getElementById('report')?.textContent))

/** @param {number | undefined} n */
const text = n => (n === undefined ? '' : (report.texts[n] ?? ''))

const rows = (() => {
  const packed = report.rows
  const count = packed.host.length
  const end = new Float64Array(count)
  let at = 0
  for (let row = 0; row < count; row++) {
    at += packed.end[row] ?? 0
    end[row] = at
  }
  const list = {
    host: Uint32Array,
    task: Uint32Array,
    word: Uint8Array,
    detail: Uint32Array,
    span: Float64Array,
    ms: Float64Array,
  }
  return {
    count,
    end,
    host: list.host.from(packed.host),
    task: list.task.from(packed.task),
    word: list.word.from(packed.word),
    detail: list.detail.from(packed.detail),
    /** From its start to its end as the runner saw it; -1: nothing ran. */
    span: list.span.from(packed.span),
    /** What its changes took on the host. */
    ms: list.ms.from(packed.ms),
  }
})()

/** @param {ArrayLike<number>} list @param {number} i */
const at = (list, i) => list[i] ?? 0
/** @param {number} row @returns {Word} */
const wordOf = row => report.words[at(rows.word, row)] ?? 'unknown'
/** @param {number} row @returns {Task} */
const taskOf = row => must(report.tasks[at(rows.task, row)])
/** What the task of a row is called on its host. @param {number} row */
const titleOf = row => (report.titles[row] === undefined ? taskOf(row).title : text(report.titles[row]))
/** @param {number} row @returns {Detail} */
const detailOf = row => report.details[at(rows.detail, row)] ?? {}
/** @param {number} row */
const hostOf = row => report.hosts[at(rows.host, row)] ?? ''
/** @param {number} task */
const playOf = task => report.plays[report.tasks[task]?.play ?? -1]

/** Milliseconds of a row that count as its own: what it ran for, and never longer than it was open. @param {number} row */
const busy = row => {
  const span = at(rows.span, row)
  return span < 0 ? 0 : Math.min(span, at(rows.ms, row))
}

/** Tasks as a reader expects them: by play, connections first, handlers last. */
const taskOrder = (() => {
  /** @param {Task} task */
  const rank = task => (task.kind === 'connection' ? 0 : task.kind === 'handler' ? 2 : 1)
  /** @param {number} n */
  const task = n => must(report.tasks[n])
  return report.tasks
    .map((_, n) => n)
    .sort(
      (a, b) => task(a).play - task(b).play || rank(task(a)) - rank(task(b)) || task(a).index - task(b).index || a - b,
    )
})()

/**
 * @param {ArrayLike<number>} column
 * @param {number} size
 */
const rowsBy = (column, size) => {
  /** @type {number[][]} */
  const lists = Array.from({ length: size }, () => [])
  for (let row = 0; row < rows.count; row++) lists[at(column, row)]?.push(row)
  return lists
}
const rowsOfHost = rowsBy(rows.host, report.hosts.length)
const rowsOfTask = rowsBy(rows.task, report.tasks.length)

const checking = report.mode === 'check'
