import { randomUUID } from 'node:crypto'
import { transaction } from './database.js'
import products from './products.json' with { type: 'json' }

/** A product. Prices are integers in minor units: 1280 is ¥12.80. */
export function findProduct(id) {
  return products.find((product) => product.id === id)
}

/** Creates an order. Its reference cannot be guessed, because whoever knows it may pay and read it. */
export function createOrder(database, product) {
  const reference = randomUUID()
  database
    .prepare('insert into orders (reference, product, currency, value) values (?, ?, ?, ?)')
    .run(reference, product.id, product.amount.currency, product.amount.value)
  return findOrder(database, reference)
}

/** An order with its amount, or undefined. */
export function findOrder(database, reference) {
  const row = database.prepare('select * from orders where reference = ?').get(reference)
  if (row === undefined) return undefined
  const { product, status, currency, value } = row
  const { name } = findProduct(product)
  return { reference, product, name, status, amount: { currency, value } }
}

/**
 * Applies an event of Tael's: once, however often it comes, and never after a newer one. An order that
 * becomes paid is given to the warehouse in the same transaction.
 */
export function applyEvent(database, { id, version, data }) {
  const { reference, status } = data
  transaction(database, () => {
    const isNew =
      database.prepare('insert into events (id) values (?) on conflict do nothing').run(id).changes > 0
    if (!isNew) return
    const { changes } = database
      .prepare('update orders set status = ?, version = ? where reference = ? and version < ?')
      .run(status, version, reference, version)
    if (changes > 0 && status === 'paid')
      database.prepare('insert into shipments (reference) values (?) on conflict do nothing').run(reference)
  })
}
