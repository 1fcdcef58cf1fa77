import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { BuildProblem } from '@tael/miniprogram-host/check'
import { hasSimulatedCashier } from '@tael/miniprogram-pay/build'

/** What a built Mini Program may have on a developer's phone, and may not when it is uploaded. */
export async function uploadProblems(folder: string): Promise<readonly BuildProblem[]> {
  const problems: BuildProblem[] = []
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue
    if (hasSimulatedCashier(await readFile(path.join(folder, file), 'utf8')))
      problems.push({ file, message: 'it contains the simulated cashier, with which nobody pays' })
  }
  return problems
}
