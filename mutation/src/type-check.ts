import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Mutant } from './mutants.ts'
import { createSandbox } from './sandbox.ts'

/** The compiler as a test: what does not compile never lands. */
export interface TypeCheck {
  compiles(mutant: Mutant): Promise<boolean>
}

export async function openTypeCheck(root: string): Promise<TypeCheck> {
  const sandbox = await createSandbox(root, new Map())
  process.once('exit', () => rmSync(sandbox, { recursive: true, force: true }))
  let previous: Promise<unknown> = Promise.resolve()
  return {
    compiles({ file, source, unchanged }) {
      const checked = previous.then(async () => {
        await writeFile(path.join(sandbox, file), source)
        const good = await check(path.join(sandbox, 'apps/server'))
        await writeFile(path.join(sandbox, file), unchanged)
        return good
      })
      previous = checked.catch(() => undefined)
      return checked
    },
  }
}

/** Incremental: only what depends on the changed file is checked again. */
function check(workspace: string): Promise<boolean> {
  const compiler = path.join(workspace, 'node_modules/typescript/bin/tsc')
  const options = ['--incremental', '--tsBuildInfoFile', path.join(workspace, 'mutants.tsbuildinfo')]
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...options], { cwd: workspace }, (error) => resolve(error === null))
  })
}
