import { createHmac } from 'node:crypto'

/**
 * The pay token of an order: 43 characters. It is derived from a secret that all servers share, so
 * that the same PUT is answered with the same token, of which the database has only the hash.
 */
export function payTokenOf(orderId: string, appSecret: string): string {
  return createHmac('sha256', appSecret).update('pay token').update(orderId).digest('base64url')
}
