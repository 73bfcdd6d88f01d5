import { readFileSync } from 'node:fs'

const read = (name: string): string => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8')

/** Scripts of the page, in the order in which they build on each other. They share one scope, and tsc sees them so, too. */
const scripts = [
  'dom',
  'report',
  'words',
  'query',
  'state',
  'theme',
  'put-off',
  'parts',
  'diff',
  'host-order',
  'drawer',
  'header',
  'outcomes',
  'note-trouble',
  'trouble',
  'chart',
  'chart-time',
  'chart-grid',
  'chart-view',
  'spent',
  'rolling',
  'tasks',
  'hosts',
  'notes',
  'keys',
  'main',
]

export const script = (): string => `'use strict';{\n${scripts.map(name => read(`${name}.js`)).join('\n')}}\n`

export const style = (): string => read('page.css')
