import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const entry = fileURLToPath(new URL('../server/main.ts', import.meta.url))
let bundled: Promise<string> | undefined

/** The server as one CommonJS file for Debian 13's nodejs (20). Built once a process. */
export function bundle(): Promise<string> {
  bundled ??= bundleNow()
  return bundled
}

async function bundleNow(): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // pg asks for its native binding inside a try; the pure driver is what we want.
    external: ['pg-native'],
    banner: { js: '// The Artifactory STAND-IN of Baton (test/lab/artifactory). This is not JFrog Artifactory.' },
    logLevel: 'error',
  })
  const [file] = result.outputFiles
  if (file === undefined) throw new Error('esbuild gave no output for the Artifactory stand-in')
  return file.text
}

export const digest = (...parts: string[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex')
}
