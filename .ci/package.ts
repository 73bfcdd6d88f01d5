// `npm run package`: Baton as a package for other repositories, dist/baton-VERSION.tgz. Compiled, with its types: what a
// repository's own compiler settings say about TypeScript sources must not matter.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const target = resolve(root, 'dist/package')

interface Manifest {
  readonly imports: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as Manifest

const compiled = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, path]) => [name, path.replace(/\.ts$/, '.js')]))

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
execFileSync('npx', ['tsc', '-p', '.ci/tsconfig.package.json'], { cwd: root, stdio: 'inherit' })
// What is read, and not compiled.
cpSync(resolve(root, 'lib/report/html/page'), resolve(target, 'lib/report/html/page'), { recursive: true })
cpSync(resolve(root, 'README.md'), resolve(target, 'README.md'))
const kept = ['name', 'version', 'description', 'license', 'private', 'type', 'engines'] as const
const more = ['dependencies', 'peerDependencies', 'peerDependenciesMeta'] as const
writeFileSync(
  resolve(target, 'package.json'),
  `${JSON.stringify(
    {
      ...Object.fromEntries([...kept, ...more].flatMap(key => (key in manifest ? [[key, manifest[key]]] : []))),
      imports: compiled(manifest.imports),
      exports: compiled(manifest.exports),
    },
    undefined,
    2,
  )}\n`,
)
const packed = execFileSync('npm', ['pack', target, '--pack-destination', 'dist', '--silent'], { cwd: root })
console.log(`dist/${packed.toString().trim()}`)
