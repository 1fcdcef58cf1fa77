import path from 'node:path'
import { BuildError, throwIfAny } from '@tael/miniprogram-host/check'
import { priceProblems } from './build/goods.ts'
import { buildMiniProgram } from './build/mini-program.ts'
import { sizeTable } from './build/sizes.ts'
import { colours } from './src/colours.ts'
import { currency, goods } from './src/merchant/goods.ts'
import { appId, simulatesWeChat } from './src/merchant/shop.ts'

// The simulated cashier is never uploaded, so it may come on top.
const budget = { total: 150 * 1024, script: (simulatesWeChat ? 64 : 60) * 1024 }

try {
  throwIfAny(priceProblems(goods, currency))
  const sizes = await buildMiniProgram({
    source: path.join(import.meta.dirname, 'src'),
    output: path.join(import.meta.dirname, 'dist'),
    budget,
    appId,
    palette: colours,
    pictures: goods.flatMap(({ picture }) => picture ?? []),
  })
  process.stdout.write(`${sizeTable(sizes, budget)}\n`)
} catch (error) {
  if (!(error instanceof BuildError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
