import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'

/** Shorter than the ten seconds that Adyen waits. */
const ANSWER_MS_MAX = 9_500

const Delivery = Type.Object({
  notificationItems: Type.Array(
    Type.Object({
      NotificationRequestItem: Type.Object({
        eventCode: Type.String(),
        pspReference: Type.String(),
        merchantReference: Type.String(),
        success: Type.String(),
      }),
    }),
  ),
})

/** An item of a webhook that Tael answered with 2xx. */
export type AcknowledgedItem = Type.Static<
  typeof Delivery
>['notificationItems'][number]['NotificationRequestItem']

/** What stands in front of the servers for Adyen: hands each delivery to one of them in turn, once. */
export class WebhookRelay {
  readonly url: string
  readonly acknowledged: AcknowledgedItem[] = []
  /** How many deliveries were not answered with 2xx. */
  refused = 0
  /** What was delivered, in order, as it was sent: Adyen's Customer Area sends it again. */
  readonly sent: { readonly at: number; readonly body: string; readonly authorization: string }[] = []
  #servers: readonly string[] = []
  #next = 0

  private constructor(url: string) {
    this.url = url
  }

  static async open(): Promise<WebhookRelay> {
    const server = createServer((request, response) => {
      relay.#hand(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(502).end(),
      )
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The relay has no port.')
    const relay: WebhookRelay = new WebhookRelay(`http://127.0.0.1:${address.port}`)
    return relay
  }

  leadTo(servers: readonly string[]): void {
    this.#servers = servers
  }

  async #hand(request: IncomingMessage): Promise<number> {
    const sent = {
      at: Date.now(),
      body: await text(request),
      authorization: request.headers.authorization ?? '',
    }
    this.sent.push(sent)
    return this.deliver(sent)
  }

  /** Delivers once. Resolves with the status that Tael answered. */
  async deliver({ body, authorization }: Omit<WebhookRelay['sent'][number], 'at'>): Promise<number> {
    this.#next += 1
    const server = this.#servers[this.#next % this.#servers.length]
    if (server === undefined) throw new Error('No server runs.')
    const answer = await fetch(`${server}/webhooks/adyen`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch((error: unknown) => {
      this.refused += 1
      throw error
    })
    await answer.arrayBuffer()
    if (answer.ok) {
      for (const { NotificationRequestItem: item } of Parse(Delivery, JSON.parse(body)).notificationItems)
        this.acknowledged.push(item)
    } else this.refused += 1
    return answer.status
  }
}
