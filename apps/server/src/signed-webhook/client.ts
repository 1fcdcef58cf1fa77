import { Webhook } from 'standardwebhooks'
import { Agent, request } from 'undici'
import type { SignedWebhookConfig } from '../config.ts'

/** The bound on one delivery, connecting included. The receiver should answer before it acts. */
const DEADLINE_MS = 10_000
/** How much of an answer is read, and ignored, to keep the connection. */
const ANSWER_BYTES_MAX = 16_384

/** A message to a receiver. */
export interface Message {
  readonly id: string
  /** The time of this try, by PostgreSQL's clock. */
  readonly at: Date
  /** The body, as it is signed. */
  readonly payload: string
}

/** The receiver accepted the message, or did not. The reason holds nothing that it sent. */
export type Delivered = { readonly accepted: true } | { readonly accepted: false; readonly reason: string }

/** Delivers messages to one receiver, signed by the scheme of Standard Webhooks. */
export interface SignedWebhook {
  /** Accepted: the answer has a status from 200 to 299. */
  deliver(message: Message): Promise<Delivered>
  close(): Promise<void>
}

export function createSignedWebhook({ url, secrets }: SignedWebhookConfig): SignedWebhook {
  const agent = new Agent({ connect: { timeout: DEADLINE_MS } })
  const signers = secrets.map((secret) => new Webhook(secret))
  return {
    async deliver({ id, at, payload }) {
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'tael',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        // By every secret: a receiver that knows one of them accepts it.
        'webhook-signature': signers.map((signer) => signer.sign(id, at, payload)).join(' '),
      }
      const signal = AbortSignal.timeout(DEADLINE_MS)
      try {
        // It follows no redirect: the address is checked once, when it is configured.
        const options = { method: 'POST', headers, body: payload, dispatcher: agent, signal } as const
        const { statusCode, body } = await request(url, options)
        await body.dump({ limit: ANSWER_BYTES_MAX, signal })
        if (statusCode >= 200 && statusCode < 300) return { accepted: true }
        return { accepted: false, reason: `HTTP ${statusCode}` }
      } catch (error) {
        return { accepted: false, reason: describe(error) }
      }
    },
    close: () => agent.close(),
  }
}

/** Why no answer came, without anything that the receiver sent. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return `no answer in ${DEADLINE_MS / 1000} s`
  return 'code' in error && typeof error.code === 'string' ? error.code : 'no answer'
}
