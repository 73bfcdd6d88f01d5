import { createHash } from 'node:crypto'
import { script, style } from './assets.ts'
import type { Report } from './report.ts'
import { scriptJson } from './script-json.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, character => escapes[character] ?? '')

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * Nothing is loaded, nothing runs but the one script, and not even that can turn a text into markup (Trusted Types).
 * https://www.w3.org/TR/CSP3/
 */
const policy = (code: string, css: string): string =>
  [
    "default-src 'none'",
    `script-src ${digest(code)}`,
    `style-src ${digest(css)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

/** The page: one style, one block of data, one script. Everything that is seen, the script makes from the data. */
export const document = (report: Report): string => {
  const code = script()
  const css = style()
  const title = `${report.playbook}: ${report.verdict}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(code, css)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${css}</style>
</head>
<body>
<noscript><h1>${escaped(report.playbook)}</h1><p>${escaped(report.verdict)}</p>
<p>The rest of this page is drawn by the script in it, which this browser does not run.</p></noscript>
<div id="page"></div>
<script type="application/json" id="report">${scriptJson(report)}</script>
<script>${code}</script>
</body>
</html>
`
}
