import { type Currency, currencyExponents, formatAmount, type Goods } from '@tael/contracts'
import type { BuildProblem } from '@tael/miniprogram-host/check'
import { withoutProperties } from '@tael/miniprogram-pay/build'
import type { Plugin } from 'rolldown'

/** Members that only the server reads: on a phone they would be as old as the build. */
const SERVER_ONLY: ReadonlySet<string> = new Set(['name', 'prices', 'stock'])

/** Reduces the merchant's goods to their ids and pictures. */
export function trimmedGoods(): Plugin {
  return {
    name: 'trimmed-goods',
    transform: {
      filter: { id: /\/merchant\/goods\.ts$/ },
      handler: (code) => withoutProperties(code, (name) => SERVER_ONLY.has(name)),
    },
  }
}

/**
 * Prices that no server would sell at: not an integer of minor units, below one, of no known
 * currency, or missing in the shop's.
 */
export function priceProblems(goods: readonly Goods[], currency: Currency): readonly BuildProblem[] {
  return goods.flatMap(({ id, prices }) => {
    const messages = Object.entries(prices).flatMap(([code, price]) => priceProblem(code, price))
    if (prices[currency] === undefined) messages.push(`has no price in ${currency}, the shop's currency`)
    return messages.map((message) => ({ file: 'merchant/goods.ts', message: `${id} ${message}` }))
  })
}

function priceProblem(code: string, price: number): string[] {
  if (!isCurrency(code)) return [`has a price in ${code}, which is no currency of this shop's contract`]
  if (Number.isInteger(price) && price >= 1) return []
  const minor = Math.max(1, Math.round(Math.abs(price) * 10 ** currencyExponents[code]))
  return [
    `has the ${code} price ${price}: prices are integers in minor units, so ${formatAmount({ currency: code, value: minor })} is ${minor}`,
  ]
}

function isCurrency(code: string): code is Currency {
  return Object.hasOwn(currencyExponents, code)
}
