import type { Recorded } from '../event.ts'
import { type Case, type Suite, suitesOf } from './junit-suites.ts'
import { outline } from './outline.ts'
import { type Element, xml } from './xml.ts'

const seconds = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(3)

const count = (cases: readonly Case[], verdict: Case['verdict']): number =>
  cases.filter(one => one.verdict === verdict).length

const sum = (cases: readonly Case[]): number => cases.reduce((ms, one) => ms + one.ms, 0)

const caseElement = ({ name, verdict, type, message, text, output, ms }: Case, classname: string): Element => ({
  name: 'testcase',
  attributes: { name, classname, time: seconds(ms) },
  children: [
    ...(verdict === 'passed' ? [] : [{ name: verdict, attributes: { message, type }, children: text ?? '' }]),
    ...(output ? [{ name: 'system-out', children: output }] : []),
  ],
})

/** Jenkins takes what stands behind the last dot for a class, and what stands before it for its package. */
const classOf = ({ host, play }: Suite): string =>
  [play, host]
    .filter(name => name !== '')
    .map(name => name.replaceAll('.', '_'))
    .join('.')

const suiteElement = (suite: Suite, properties: readonly Element[]): Element => ({
  name: 'testsuite',
  attributes: {
    name: suite.host === '' ? suite.play : `${suite.play} on ${suite.host}`,
    tests: suite.cases.length,
    failures: count(suite.cases, 'failure'),
    errors: count(suite.cases, 'error'),
    skipped: count(suite.cases, 'skipped'),
    time: seconds(sum(suite.cases)),
    timestamp: new Date(suite.startMs).toISOString().slice(0, 19),
    hostname: suite.host || undefined,
  },
  children: [{ name: 'properties', children: properties }, ...suite.cases.map(one => caseElement(one, classOf(suite)))],
})

/**
 * A run as JUnit XML: a suite for each host of a play, a case for each of its tasks. Valid by the schema that Jenkins reads
 * (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd), which GitLab and others take too. What nobody saw end is an
 * error, never a success.
 */
export const junit = (records: readonly Recorded[]): string => {
  const run = outline(records)
  const suites = suitesOf(run)
  const cases = suites.flatMap(suite => suite.cases)
  const known = {
    playbook: run.run?.playbook,
    run: run.run?.run,
    resumes: run.run?.resumes,
    mode: run.run?.mode,
    exitCode: run.summary?.exitCode ?? 'none: the record ends before the run did',
  }
  const properties = Object.entries(known).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: 'property', attributes: { name, value } }],
  )
  return xml({
    name: 'testsuites',
    attributes: {
      name: run.run?.playbook ?? 'run',
      tests: cases.length,
      failures: count(cases, 'failure'),
      errors: count(cases, 'error'),
      time: seconds(run.endMs - run.startMs),
    },
    children: suites.map(suite => suiteElement(suite, properties)),
  })
}
