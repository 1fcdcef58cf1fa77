import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { EventSource } from 'undici'
import { until } from '../until.ts'

/** One half of a call that the simulator took part in; `call` ties an answer to its request. */
const Message = Type.Object({
  call: Type.Integer(),
  from: Type.String(),
  to: Type.String(),
  kind: Type.Union([Type.Literal('request'), Type.Literal('answer')]),
  label: Type.String(),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  body: Type.Optional(Type.Unknown()),
})
export type Message = Type.Static<typeof Message>

const MessageList = Type.Object({ messages: Type.Array(Message) })
const Described = Type.Object({
  scenarios: Type.Array(Type.Object({ name: Type.String() })),
  faults: Type.Array(Type.Object({ name: Type.String(), description: Type.String() })),
})

/** A fault that is switched on (apps/simulator/README.md lists them). */
export interface Fault {
  readonly name: string
  /** Only this call to Adyen or WeChat. */
  readonly call?: string
  /** Only what is done for this shopper. */
  readonly shopper?: string
  /** How often it strikes; every time without. */
  readonly times?: number
}

/** Every message that the simulator logs while it is listened to, however many there are. */
export interface Recording {
  /** Everything up to now. */
  messages(): Promise<readonly Message[]>
  stop(): void
}

/** The control routes of the simulator, under Adyen's and WeChat's actors. */
export class Simulator {
  readonly url: string
  #faults: readonly Fault[] = []

  constructor(url: string) {
    this.url = url
  }

  /** Sends JSON to a control route; returns the answer's JSON, whatever its status. */
  async send(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const sent =
      body === undefined ? { headers: { accept: headers.accept } } : { headers, body: JSON.stringify(body) }
    return (await fetch(`${this.url}/simulator${path}`, { method, ...sent })).json()
  }

  /** The last 2,000 messages, oldest first. */
  async messages(): Promise<readonly Message[]> {
    return Parse(MessageList, await this.send('GET', '/messages')).messages
  }

  async record(): Promise<Recording> {
    const messages: Message[] = []
    const source = new EventSource(`${this.url}/simulator/messages`)
    source.addEventListener('message', ({ data }) => {
      messages.push(Parse(Message, JSON.parse(String(data))))
    })
    await once(source, 'open')
    return {
      messages: async () => {
        const marker = await this.send('POST', '/wechat/codes', { shopper: 'the last one' })
        await until(() => messages.some(({ body }) => isDeepStrictEqual(body, marker)))
        return messages
      },
      stop: () => source.close(),
    }
  }

  /** Switches these faults on and every other off. */
  async setFaults(...faults: readonly Fault[]): Promise<void> {
    this.#faults = faults
    const switched = faults.map((fault) => ({ probability: 1, ...fault }))
    await this.send('PUT', '/scenario', { faults: switched })
  }

  /** Runs the action while one more fault is on. */
  async withFault<T>(fault: Fault, action: () => Promise<T>): Promise<T> {
    await this.setFaults(...this.#faults, fault)
    try {
      return await action()
    } finally {
      await this.setFaults(...this.#faults.filter((one) => one !== fault))
    }
  }

  /** The names of everything that a payment can be played as. */
  async scenarioNames(): Promise<readonly string[]> {
    const { scenarios } = Parse(Described, await this.send('GET', '/scenarios'))
    return scenarios.map(({ name }) => name)
  }

  /** The names of the faults whose description begins like this: `A login:`. */
  async faultNames(beginning: string): Promise<readonly string[]> {
    const { faults } = Parse(Described, await this.send('GET', '/scenarios'))
    return faults.filter(({ description }) => description.startsWith(beginning)).map(({ name }) => name)
  }
}
