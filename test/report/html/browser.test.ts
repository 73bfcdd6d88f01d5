// The page in a real browser. Where there is none, these tests say so and are left out; BATON_CHROMIUM names one.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import type { Recorded } from '../../../lib/event.ts'
import { html } from '../../../lib/report/html/html.ts'
import { ended, failure, output, runOf } from '../../helpers/events.ts'
import { Chromium, findChromium, type Look } from './chromium.ts'
import { type Sample, sample } from './sample.ts'

const test = anyTest as TestFn<{ browser: Chromium; folder: string }>
const program = findChromium()
const why = program ? '' : ' (left out: no Chromium on this machine)'
const inBrowser = program ? test.serial : test.serial.skip

if (program) {
  const kept = process.env.BATON_SCREENSHOTS
  test.before(async t => {
    t.context.folder = kept ?? (await mkdtemp(join(tmpdir(), 'baton-report-')))
    await mkdir(t.context.folder, { recursive: true })
    t.context.browser = await Chromium.open(program)
    t.log(kept ? `screenshots are in ${kept}` : 'screenshots are kept where BATON_SCREENSHOTS names a folder')
  })
  test.after.always(async t => {
    await t.context.browser?.close()
    if (t.context.folder && kept === undefined) await rm(t.context.folder, { recursive: true, force: true })
  })
}

const wide: Look = { width: 1280, height: 900 }

/** Writes a page, opens it, and hands back the browser. */
const open = async (
  t: ExecutionContext<{ browser: Chromium; folder: string }>,
  records: readonly Recorded[],
  {
    hash = '',
    look = wide,
    name = 'page',
  }: { readonly hash?: string; readonly look?: Look; readonly name?: string } = {},
): Promise<Chromium> => {
  const { browser, folder } = t.context
  const file = join(folder, `${name}.html`)
  await writeFile(file, html(records))
  await browser.go('about:blank')
  browser.complaints.length = 0
  browser.requests.length = 0
  await browser.look(look)
  await browser.go(`${pathToFileURL(file)}${hash}`)
  await settled(browser)
  return browser
}

/** After the next picture. */
const settled = (browser: Chromium) =>
  browser.value<void>('new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))')

/** What can be read. `innerText` knows lines, but nothing of what lies below the window and was not drawn yet. */
const textOf = (browser: Chromium, selector: string) =>
  browser.value<string>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].filter(e => e.checkVisibility()).map(e => e.innerText || e.textContent).join('\\n')`,
  )

const count = (browser: Chromium, selector: string) =>
  browser.value<number>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].filter(e => e.checkVisibility()).length`,
  )

const click = async (browser: Chromium, selector: string) => {
  await browser.value(`document.querySelector(${JSON.stringify(selector)}).click()`)
  await settled(browser)
}

/** Types into the search as a person does. */
const search = async (browser: Chromium, query: string) => {
  await browser.press('/')
  await browser.type(query)
  await settled(browser)
}

const failing: Sample = { hosts: 24, tasks: 36, faults: true, rolling: true }
const pages: Readonly<Record<string, Sample>> = {
  small: { hosts: 2, tasks: 14 },
  failing,
  check: { hosts: 12, tasks: 40, mode: 'check' },
  killed: { hosts: 6, tasks: 21, killed: true },
}

for (const [name, options] of Object.entries(pages))
  inBrowser(`${name}: opens in light and dark, wide and narrow, without a complaint or a request${why}`, async t => {
    const paper = new Set<string>()
    for (const scheme of ['light', 'dark'] as const)
      for (const width of [1280, 400]) {
        const browser = await open(t, sample(options), { look: { width, height: 900, scheme }, name })
        await writeFile(join(t.context.folder, `${name}-${scheme}-${width}.png`), await browser.screenshot(true))
        t.deepEqual(browser.complaints, [])
        t.deepEqual(browser.requests, [])
        t.is(await textOf(browser, 'h1'), 'Artifactory cluster')
        t.true((await browser.value<number>('document.documentElement.scrollWidth')) <= width, `${width} wide`)
        paper.add(await browser.value<string>('getComputedStyle(document.body).backgroundColor'))
      }
    t.is(paper.size, 2)
  })

inBrowser(`failures come first, with command, code and output${why}`, async t => {
  const browser = await open(t, sample(failing))
  const first = await textOf(browser, '#page main > section:first-child')
  t.regex(first, /^What went wrong/)
  for (const said of [
    'failed',
    'exit code 100',
    'playbooks/cluster.ts:',
    'Could not get lock',
    'Reading package lists',
    'What to do.',
  ])
    t.true(first.includes(said), said)
})

inBrowser(`what a host says is text, whatever it says${why}`, async t => {
  const bad = '</script><img src="http://198.51.100.1/x" onerror="window.hacked=1"><script>window.hacked=1</script>'
  const events = runOf(
    [bad],
    [
      output(bad, `${bad}\n`),
      ended(bad, bad, 'failed', { reason: bad, error: failure({ message: bad, stderr: bad }) }),
    ],
  )
  const records = events.map(event => ({ time: '2026-01-01T00:00:00.000Z', event }))
  const browser = await open(t, records)
  t.is(await browser.value('typeof window.hacked'), 'undefined')
  t.is(await count(browser, 'img, iframe, object, embed, form'), 0)
  t.deepEqual(browser.complaints, [])
  t.deepEqual(browser.requests, [])
  t.true((await textOf(browser, '.block.stderr pre')).includes(bad))
})

inBrowser(`not even the page's own script could make markup of a text, or load anything${why}`, async t => {
  const browser = await open(t, sample({ hosts: 2, tasks: 4 }))
  await t.throwsAsync(browser.value(`document.body.innerHTML = '<b>x</b>'`), { message: /TrustedHTML/ })
  t.is(await browser.value(`fetch('http://198.51.100.1/').then(() => 'sent', () => 'blocked')`), 'blocked')
  t.true(browser.complaints.some(said => said.includes('Content Security Policy')))
})

inBrowser(`search: / focuses, words narrow, Esc clears${why}`, async t => {
  const browser = await open(t, sample(failing))
  const all = await count(browser, '.task')
  await search(browser, 'host:art-fra-03 sysctl')
  t.is(await browser.value('document.activeElement.id'), 'search')
  t.regex(await textOf(browser, '.result'), /^\d+ tasks on 1 host$/)
  const titles = (await textOf(browser, '.task-title')).split('\n')
  t.true(titles.length === 3 && titles.every(title => title.startsWith('sysctl')), titles.join())
  t.is(await count(browser, 'table.hosts tbody tr'), 1)
  t.regex(await browser.value<string>('location.hash'), /q=host/)
  await browser.press('Escape')
  await settled(browser)
  t.is(await browser.value('document.querySelector("#search").value'), '')
  t.is(await count(browser, '.task'), all)
  t.is(await browser.value('location.hash'), '')
})

inBrowser(`search finds what a failed command said, and files${why}`, async t => {
  const browser = await open(t, sample(failing))
  await search(browser, 'out:"acquire the dpkg"')
  t.regex(await textOf(browser, '.result'), /^1 task on 1 host$/)
  for (const key of ['Escape', 'Escape']) await browser.press(key)
  await search(browser, 'file:cluster.ts:24')
  t.regex(await textOf(browser, '.result'), /^23 tasks on 23 hosts$/)
  for (const key of ['Escape', 'Escape']) await browser.press(key)
  await search(browser, 'there is no such thing')
  t.is(await textOf(browser, '.result'), 'nothing matches')
})

inBrowser(`outcomes filter${why}`, async t => {
  const browser = await open(t, sample(failing))
  await click(browser, 'button.outcome.w-failed')
  t.is(await count(browser, '.task'), 1)
  t.is(await count(browser, '.task.w-failed'), 1)
  t.is(await browser.value('location.hash'), '#show=failed')
  await click(browser, 'button.outcome.w-failed')
  t.true((await count(browser, '.task')) > 10)
})

inBrowser(`hosts with trouble first, where that is wanted${why}`, async t => {
  const browser = await open(t, sample(failing))
  const first = () => textOf(browser, 'table.hosts tbody tr:first-child .counts')
  t.notRegex(await first(), /failed/)
  await browser.value(
    `(() => { const box = document.querySelector('.order-by'); box.value = 'trouble'; box.dispatchEvent(new Event('change')) })()`,
  )
  await settled(browser)
  t.regex(await first(), /failed/)
  t.is(await browser.value('location.hash'), '#order=trouble')
})

inBrowser(`the same change on several hosts is shown once, with its diff${why}`, async t => {
  const browser = await open(t, sample({ hosts: 24, tasks: 9, changing: 1 }))
  await browser.value(
    `[...document.querySelectorAll('.task')].find(e => e.textContent.includes('system.yaml')).open = true`,
  )
  await settled(browser)
  const groups = await textOf(browser, '.group-head')
  t.regex(groups, /changed on \d+ hosts, all alike/)
  t.true((await count(browser, '.groups .diff .add')) > 0)
  t.true((await count(browser, '.groups .diff .del')) > 0)
})

inBrowser(`a link shows what its sender saw${why}`, async t => {
  const records = sample(failing)
  const browser = await open(t, records)
  await click(browser, 'button.outcome.w-failed')
  await click(browser, '#trouble .chip')
  const hash = await browser.value<string>('location.hash')
  const body = await textOf(browser, '#drawer')
  t.regex(body, /exit code 100/)
  const again = await open(t, records, { hash, name: 'again' })
  t.is(await textOf(again, '#drawer'), body)
  t.is(await count(again, '.task'), 1)
  await again.press('Escape')
  await settled(again)
  t.is(await count(again, '#drawer'), 0)
  t.is(await again.value('location.hash'), '#show=failed')
})

inBrowser(`without a mouse: arrows walk the chart, Enter opens, Esc goes back${why}`, async t => {
  const browser = await open(t, sample(failing))
  await browser.value(`document.querySelector('canvas').focus()`)
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await browser.press(key)
  await settled(browser)
  const said = await textOf(browser, '.tip')
  const [host = ''] = /art-\S+/.exec(said) ?? []
  t.not(host, '')
  await browser.press('Enter')
  await settled(browser)
  t.true((await textOf(browser, '#drawer')).includes(host))
  await browser.press('Escape')
  await settled(browser)
  t.is(await browser.value('document.activeElement.tagName'), 'CANVAS')
  await browser.press('g')
  await settled(browser)
  t.regex(await browser.value<string>('location.hash'), /view=grid/)
})

inBrowser(`a check says what would be, and why something is unknown${why}`, async t => {
  const browser = await open(t, sample({ hosts: 12, tasks: 40, mode: 'check' }))
  const said = await textOf(browser, '#page')
  t.regex(said, /check mode/)
  t.regex(said, /nothing was written/)
  t.regex(said, /\d+ would change/)
  t.notRegex(said, /\d+ changed/)
  t.regex(await textOf(browser, '#unknown'), /is not installed yet, and may bring the unit/)
})

inBrowser(`light and dark by hand${why}`, async t => {
  const browser = await open(t, sample({ hosts: 2, tasks: 4 }))
  const paper = () => browser.value<string>('getComputedStyle(document.body).backgroundColor')
  const light = await paper()
  await click(browser, '#theme')
  t.not(await paper(), light)
  await click(browser, '#theme')
  t.is(await paper(), light)
})

inBrowser(`200 hosts and 200 tasks: how long it takes${why}`, async t => {
  const records = sample({ hosts: 200, tasks: 200, faults: true, rolling: true })
  const browser = await open(t, records, { name: 'wide' })
  const [opened, painted] = await browser.value<[number, number]>(
    `[performance.getEntriesByType('navigation')[0].loadEventEnd, performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1]`,
  )
  t.log(
    `opened in ${Math.round(opened)} ms, first painted after ${Math.round(painted)} ms, ${Math.round(html(records).length / 1024)} KiB`,
  )
  for (const query of ['fra', 'fra-1', 'sysctl', 'dpkg', '']) {
    const ms = await browser.value<number>(
      `new Promise(done => { const box = document.querySelector('#search'); const from = performance.now(); box.value = ${JSON.stringify(query)}; box.dispatchEvent(new Event('input')); requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0)) })`,
    )
    t.log(`search "${query}": ${Math.round(ms)} ms to the next picture; ${await textOf(browser, '.result')}`)
  }
  for (const view of ['time', 'grid']) {
    const ms = await browser.value<number>(
      `new Promise(done => { const box = document.querySelector('.scroller'); let n = 0; const from = performance.now(); const step = () => { box.scrollTop += 90; if (++n === 30) done((performance.now() - from) / n); else requestAnimationFrame(step) }; step() })`,
    )
    t.log(`scrolling, ${view}: ${ms.toFixed(1)} ms a picture`)
    await browser.press('g')
    await settled(browser)
  }
  t.deepEqual(browser.complaints, [])
  t.true((await count(browser, 'table.hosts tbody tr')) > 50)
})
