// Tasks by play, and within a task the outcomes that are alike: the same diff on 14 hosts is shown once.

/** Tasks that are open, by number: a filter must not close them. @type {Set<number>} */
const openTasks = new Set()
/** Plays whose quiet tasks are shown. @type {Set<number>} */
const loudPlays = new Set()

/** @param {readonly number[]} list rows of one task */
const outcomeGroups = list => {
  /** @type {Map<string, number[]>} */
  const groups = new Map()
  for (const row of list) {
    const key = `${rows.word[row]} ${rows.detail[row]}`
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()].sort((a, b) => at(rows.word, a[0] ?? 0) - at(rows.word, b[0] ?? 0) || b.length - a.length)
}

const MANY_GROUPS = 12

/** @param {readonly number[]} list */
const taskGroups = list => {
  const groups = outcomeGroups(list)
  const box = h('div', { class: 'groups' })
  /** @param {readonly (readonly number[])[]} some */
  const add = some => {
    for (const group of some) {
      const first = group[0] ?? 0
      const times = group.map(busy).filter(ms => ms > 0)
      box.append(
        h(
          'div',
          { class: 'group' },
          h(
            'p',
            { class: 'group-head' },
            badge(wordOf(first)),
            ' ',
            group.length === 1
              ? ['on ', rowChip(first)]
              : [h('b', {}, onHosts(group.map(row => at(rows.host, row)))), ', all alike'],
            times.length > 0 &&
              h(
                'span',
                { class: 'soft' },
                ` ${duration(Math.min(...times))}${times.length > 1 ? ` to ${duration(Math.max(...times))}` : ''}`,
              ),
          ),
          group.length > 1 && rowChips(group.toSorted((a, b) => at(rows.host, a) - at(rows.host, b))),
          detailBody(detailOf(first)),
        ),
      )
    }
  }
  add(groups.slice(0, MANY_GROUPS))
  if (groups.length > MANY_GROUPS) {
    const more = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        onclick: () => {
          more.remove()
          add(groups.slice(MANY_GROUPS))
        },
      },
      `show ${groups.length - MANY_GROUPS} more kinds of outcome`,
    )
    box.append(more)
  }
  return box
}

/** @param {number} number @param {readonly number[]} list rows that are shown */
const taskItem = (number, list) => {
  const task = must(report.tasks[number])
  const counts = countWords(list)
  const word = report.words[counts.findIndex(n => n > 0)] ?? 'ok'
  const longest = list.reduce((most, row) => Math.max(most, busy(row)), 0)
  const item = h(
    'details',
    { class: `task ${wordClass(word)}`, id: `task-${number}` },
    h(
      'summary',
      {},
      h('span', { class: 'glyph', 'aria-hidden': 'true' }, glyphs[word]),
      h(
        'span',
        { class: 'task-title' },
        task.title,
        task.kind !== 'task' && task.kind !== 'connection' && h('span', { class: 'kind' }, task.kind),
      ),
      h('code', { class: 'task-place' }, task.place),
      shares(counts),
      h('span', { class: 'task-counts' }, countsText(counts)),
      h('span', { class: 'number' }, longest > 0 && duration(longest)),
    ),
  )
  const build = () => {
    if (item.open && item.childElementCount === 1) item.append(taskGroups(list))
  }
  item.addEventListener('toggle', () => {
    if (item.open) openTasks.add(number)
    else openTasks.delete(number)
    build()
  })
  if (openTasks.has(number)) {
    item.open = true
    build()
  }
  return item
}

/** Nothing to tell but that it is as it should be. @param {readonly number[]} list */
const quiet = list => list.every(row => wordOf(row) === 'ok')

const MANY_TASKS = 400
const AT_ONCE = 25

const taskWork = putOff()

const taskList = h('div', { class: 'task-list' })

const drawTasks = () => {
  taskWork.begin()
  /** @type {number[][]} */
  const shownOfTask = report.tasks.map(() => [])
  for (const row of shownRows) shownOfTask[at(rows.task, row)]?.push(row)
  const there = taskOrder.filter(task => (shownOfTask[task]?.length ?? 0) > 0)
  /** @param {number} task */
  const list = task => shownOfTask[task] ?? []
  const parts = [...new Set(there.map(task => report.tasks[task]?.play ?? -1))].map(number => {
    const play = report.plays[number]
    const own = there.filter(task => report.tasks[task]?.play === number)
    // With a filter on, what is left is what was asked for.
    const some = own.filter(task => filtering() || loudPlays.has(number) || openTasks.has(task) || !quiet(list(task)))
    const hidden = own.length - some.length
    const box = h(
      'div',
      { class: some.length > 60 ? 'task-items long' : 'task-items' },
      some.slice(0, AT_ONCE).map(task => taskItem(task, list(task))),
    )
    const end = h('div', { class: 'end-of-play' })
    box.append(end)
    taskWork.later(some.slice(AT_ONCE, MANY_TASKS), task => end.before(taskItem(task, list(task))))
    if (some.length > MANY_TASKS) {
      const more = h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          onclick: () => {
            more.remove()
            end.before(...some.slice(MANY_TASKS).map(task => taskItem(task, list(task))))
          },
        },
        `show ${plural(some.length - MANY_TASKS, 'more task')}`,
      )
      end.append(more)
    }
    if (hidden > 0)
      end.append(
        h(
          'button',
          {
            type: 'button',
            class: 'quiet all-ok',
            onclick: () => {
              loudPlays.add(number)
              drawTasks()
            },
          },
          h('span', { class: 'w-ok glyph', 'aria-hidden': 'true' }, '✓'),
          ` ${plural(hidden, some.length > 0 ? 'more task' : 'task')} ok on every host`,
        ),
      )
    const took = play && (play.end ?? report.end) - play.start
    return h(
      'div',
      { class: 'play' },
      h(
        'h3',
        {},
        play?.name ?? 'Elsewhere',
        h(
          'span',
          { class: 'soft' },
          ` ${plural(own.length, 'task')}${took ? `, ${duration(took)}` : ''}${play && play.end === undefined ? ', did not end' : ''}`,
        ),
      ),
      box,
    )
  })
  fill(taskList, ...(parts.length > 0 ? parts : [h('p', { class: 'nothing' }, 'Nothing matches.')]))
}

/** Opens a task in the list and goes there. @param {number} task */
const showTask = task => {
  openTasks.add(task)
  drawTasks()
  // It may be among those that were put off.
  setTimeout(() => goToTask(task))
}

/** @param {number} task */
const goToTask = task => {
  const item = document.getElementById(`task-${task}`)
  if (!item) return
  item.scrollIntoView({ block: 'start', behavior: 'instant' })
  item.querySelector('summary')?.focus({ preventScroll: true })
}

const tasksSection = () => {
  onChange(drawTasks)
  return section('tasks', 'Tasks', taskList)
}
