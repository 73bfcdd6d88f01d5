import { type Script, sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { maskSecrets } from '../secret.ts'
import { defineFact } from './fact.ts'

export interface HttpAnswer {
  /** Undefined: there was no answer; `error` says why. */
  readonly status: number | undefined
  /** At most 1 MiB, as text. In a claim: a part of the body. */
  readonly body?: string
  readonly error?: string
}

/**
 * `"$1"` a URL. One GET of at most 10 s, by curl, or by bash where there is no curl and the URL is plain http. Prints the
 * body, or why there is none, then a line with the status (000: no answer). Redirects are answers. What the host serves to
 * itself is never asked for through a proxy. 69: the host has nothing to ask with.
 */
export const get: Script = sh`
  export LC_ALL=C no_proxy="\${no_proxy:-\${NO_PROXY:-}},localhost,127.0.0.1,::1"
  if command -v curl >/dev/null; then
    curl -sS --globoff --max-time 10 --max-filesize 1048576 -w '\\n%{http_code}\\n' -- "$1" 2>&1
    exit 0
  fi
  case $1 in http://*) command -v bash >/dev/null ;; *) false ;; esac ||
    { echo 'curl is not there to ask with' >&2; exit 69; }
  rest=\${1#http://} at=\${1#http://}
  at=\${at%%[/?]*} query=\${rest#"\${rest%%[/?]*}"} port=80
  case $query in /*) ;; *) query=/$query ;; esac
  host=$at
  case $at in *]:*|[!\\[]*:*) port=\${at##*:} host=\${at%:*} ;; esac
  host=\${host#\\[} host=\${host%]}
  answer=$(timeout 10 bash -c 'exec 3<>"/dev/tcp/$1/$2" &&
    printf "GET %s HTTP/1.0\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n" "$3" "$4" >&3 &&
    head -c 1048576 <&3 | tr -d "\\\\000"' bash "$host" "$port" "$query" "$at" 2>&1)
  case $answer in
    HTTP/*)
      printf '%s\\n' "$answer" | sed '1,/^.\\{0,1\\}$/d'
      answer=\${answer#HTTP/* }; printf '%.3s\\n' "$answer" ;;
    *) printf '%s\\n000\\n' "$answer" ;;
  esac`

/** The URL as `get` printed it: `...body...\n200\n`. */
const parseAnswer = (record: string): HttpAnswer => {
  const [, text = '', status] = /^(?:([\s\S]*)\n)?(\d{3})\n?$/.exec(record) ?? []
  if (!status) throw new FactError(`the answer to a GET is cut off: ${JSON.stringify(maskSecrets(record).slice(-100))}`)
  if (status === '000') return { status: undefined, error: text.trim().replace(/^curl: \(\d+\) /, '') }
  return { status: Number(status), body: text }
}

/** What a GET of a URL answers, asked from the host itself. Source: https://curl.se/docs/manpage.html */
export const http = defineFact<string, HttpAnswer>({
  kind: 'http',
  id: url => url,
  // Each record ends with a NUL; those of a body are dropped.
  ask: urls => ({
    script: sh`
      get() (
        ${get}
      )
      for url do
        answer=$(get "$url" | tr -d '\\0'; echo .)
        [ "$answer" != . ] || exit 69
        printf '%s\\0' "\${answer%.}"
      done`,
    args: urls,
    timeoutMs: 300_000,
  }),
  parse: ({ code, stdout, stderr }, urls) => {
    const records = stdout.toString().split('\0').slice(0, -1)
    if (code !== 0 || records.length !== urls.length)
      throw new FactError(`cannot ask over HTTP: ${stderr.toString().trim() || `exit code ${code}`}`)
    return records.map(parseAnswer)
  },
  absent: answer => answer.status === undefined,
  // A body has the time in it, and a failure how long it took.
  stable: ({ status }) => ({ status }),
  show: answer => (answer.status ? { status: String(answer.status) } : {}),
  keeps: (claimed, observed) =>
    claimed.status === observed.status && (observed.body ?? '').includes(claimed.body ?? ''),
})
