import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { Amount } from '@tael/contracts'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { freePort } from '@tael/stack'
import { EVENTS_PATH, installExistingShop, startExistingShop } from '@tael/stack/existing-shop'
import { fen, type Merchant, type Receiver, type Shop } from './actors/index.ts'

const PAUSE_MS = 20
/** Longer than the shop waits for Tael. */
const ANSWER_MS_MAX = 15_000

const Created = Type.Object({ reference: Type.String() })
const Payable = Type.Object({ orderId: Type.String(), payToken: Type.String(), amount: Amount })

/** An order of the shop's own, as its phone pays it. */
export interface ShopOrder {
  readonly reference: string
  readonly id: string
  readonly payToken: string
  readonly amount: Amount
}

/** The server of `examples/existing-shop` in a process of its own, which may be killed. */
export interface ExistingShopServer {
  /** Orders something at this price in fen, whatever dies meanwhile. Undefined: `over` came first. */
  order(price: number, over: AbortSignal): Promise<ShopOrder | undefined>
  /** Kills the server and starts it again. */
  kill(): Promise<void>
  /** Rows of the shop's own database. */
  rows<T extends Type.TObject>(row: T, query: string): Type.Static<T>[]
  close(): Promise<void>
}

/**
 * Installs the example with one product for each of these prices, starts it for this shop, and hands
 * it every event that the receiver gets.
 */
export async function openExistingShop(
  { server }: Shop,
  { merchant, receiver, prices }: { merchant: Merchant; receiver: Receiver; prices: readonly number[] },
): Promise<ExistingShopServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tael-existing-shop-'))
  const { folder: shopFolder } = await installExistingShop(path.join(folder, 'shop'))
  const installed = { folder: shopFolder, secret: receiver.secret }
  const products = prices.map((price) => ({
    id: String(price),
    name: { 'zh-CN': '龙井茶', en: 'Longjing tea' },
    amount: fen(price),
  }))
  await writeFile(path.join(installed.folder, 'server', 'products.json'), JSON.stringify(products))
  const options = {
    port: await freePort(),
    taelUrl: server.operatorsUrl,
    key: await merchant.key(),
  }
  let program = await startExistingShop(installed, options)
  const { url } = program
  receiver.forwardTo(`${url}${EVENTS_PATH}`)

  /** Posts until the shop answers with what is expected: it may be dead, and so may Tael's server. */
  async function insist<T extends Type.TSchema>(
    answer: T,
    route: string,
    body: unknown,
    over: AbortSignal,
  ): Promise<Type.Static<T> | undefined> {
    while (!over.aborted) {
      const found = await fetch(url + route, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      }).catch(() => undefined)
      if (found?.ok === true) return Parse(answer, await found.json())
      await pause(PAUSE_MS)
    }
    return undefined
  }

  return {
    async order(price, over) {
      const created = await insist(Created, '/orders', { product: String(price) }, over)
      if (created === undefined) return undefined
      const payable = await insist(Payable, `/orders/${created.reference}/payment`, {}, over)
      if (payable === undefined) return undefined
      const { orderId, payToken, amount } = payable
      return { reference: created.reference, id: orderId, payToken, amount }
    },
    async kill() {
      await program.stop('SIGKILL')
      program = await startExistingShop(installed, options)
    },
    rows(row, query) {
      const database = new DatabaseSync(path.join(installed.folder, 'shop.db'), { readOnly: true })
      try {
        return database
          .prepare(query)
          .all()
          .map((one) => Parse(row, one))
      } finally {
        database.close()
      }
    },
    async close() {
      await program.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
