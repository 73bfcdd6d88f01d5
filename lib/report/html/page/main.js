// The page, from top to bottom.

readAddress()
fill(
  must(document.getElementById('page')),
  h('a', { class: 'skip', href: '#tasks' }, 'to the tasks'),
  pageHeader(),
  filterBar(),
  h(
    'main',
    {},
    troubleSections(),
    rollingSection(),
    chartSection(),
    spentSection(),
    tasksSection(),
    hostsSection(),
    notesSection(),
  ),
  pageFooter(),
  drawer,
)
refresh()
addEventListener('hashchange', () => {
  readAddress()
  refresh()
})
// Paper has no buttons: what has something to tell is opened.
addEventListener('beforeprint', () => {
  for (const task of document.querySelectorAll('details.task:not(.w-ok):not(.w-skipped)'))
    if (task instanceof HTMLDetailsElement) task.open = true
})
