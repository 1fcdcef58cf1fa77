import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

/** The file that chooses the mutant: what `switch.ts` reads when a process starts. */
export const activeFile = (sandbox: string): string => path.join(sandbox, 'active')
/** The file that `switch.ts` writes. */
export const hitsFile = (sandbox: string): string => path.join(sandbox, 'hits')

/** Copies the working tree, without what git ignores, into a folder of its own, where these files have this text. */
export async function createSandbox(root: string, replaced: ReadonlyMap<string, string>): Promise<string> {
  const sandbox = await mkdtemp(path.join(tmpdir(), 'tael-mutants-'))
  const names = await filesOf(root)
  for (const name of names) await cp(path.join(root, name), path.join(sandbox, name))
  // An example is installed outside the repository: no packages lie beside it.
  const workspaces = names
    .filter((name) => path.basename(name) === 'package.json')
    .map((name) => path.dirname(name))
    .filter((workspace) => existsSync(path.join(root, workspace, 'node_modules')))
  for (const workspace of workspaces) await linkPackages(root, sandbox, workspace)

  const chooser = path.join(sandbox, 'switch.ts')
  const template = await readFile(new URL('switch.ts', import.meta.url), 'utf8')
  await writeFile(chooser, template.replace('/the/sandbox/writes/its/own/path/here', sandbox))
  for (const [name, text] of replaced) {
    await writeFile(path.join(sandbox, name), `import ${JSON.stringify(chooser)}\n${text}`)
  }
  await writeFile(activeFile(sandbox), 'none')
  return sandbox
}

export async function removeSandbox(sandbox: string): Promise<void> {
  // The last processes of a test may still write into their cache.
  await rm(sandbox, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
}

/** The files of the working tree that git does not ignore. */
async function filesOf(root: string): Promise<string[]> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { stdout } = await promisify(execFile)('git', list, { cwd: root })
  const { stdout: deleted } = await promisify(execFile)('git', ['ls-files', '--deleted', '-z'], { cwd: root })
  const gone = new Set(deleted.split('\0'))
  return stdout.split('\0').filter((name) => name !== '' && !gone.has(name))
}

/** Copies a workspace's links to its packages, so that those to other workspaces lead into the sandbox. */
async function linkPackages(root: string, sandbox: string, workspace: string): Promise<void> {
  const [from, to] = [root, sandbox].map((tree) => path.join(tree, workspace, 'node_modules'))
  if (from === undefined || to === undefined) return
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) {
    if (name === '.cache') continue
    // Packages from the registry lie here, for all workspaces.
    if (name === '.pnpm') await symlink(path.join(from, name), path.join(to, name))
    else await cp(path.join(from, name), path.join(to, name), { recursive: true, verbatimSymlinks: true })
  }
}
