import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as Type from '@sinclair/typebox'
import { Parse } from '@sinclair/typebox/value'
import { NotificationEvent } from '@tael/contracts'
import type { Environment } from '@tael/stack'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { newSecret } from './receiver.ts'

const SlackMessage = Type.Object({ text: Type.String() }, { additionalProperties: false })
const WeComMessage = Type.Object(
  {
    msgtype: Type.Literal('text'),
    text: Type.Object({ content: Type.String() }, { additionalProperties: false }),
  },
  { additionalProperties: false },
)

/** An e-mail as it arrived. */
interface Mail {
  readonly from: string
  readonly to: readonly string[]
  /** Header and body, decoded. */
  readonly text: string
}

type Chat = 'slack' | 'wecom' | 'webhook'

/** Everybody whom a server can notify: two chats, the receiver of signed webhooks, and a mail server. */
export interface Notified {
  /** What a server needs to notify all of them. */
  readonly settings: Environment
  readonly slack: readonly string[]
  readonly wecom: readonly string[]
  /** Only those with a valid signature. */
  readonly events: readonly NotificationEvent[]
  readonly mails: readonly Mail[]
  /** What a chat or the receiver answers from now on. Status 200 is an acceptance. */
  answer(chat: Chat, status: number, body?: string): void
  /** How many requests a chat or the receiver got, accepted or not. */
  requests(chat: Chat): number
  close(): Promise<void>
}

/** WeCom's answer to what it accepts. */
const ACCEPTED = '{"errcode":0,"errmsg":"ok"}'
/** The part of each address that only we and the service know. */
export const URL_SECRET = 'T0KEN-0f-the-address'
export const SMTP_PASSWORD = 'the-password-of-the-mail-server'

/** Opens all of them. */
export async function openNotified(): Promise<Notified> {
  const secret = newSecret()
  const webhook = new Webhook(secret)
  const slack: string[] = []
  const wecom: string[] = []
  const events: NotificationEvent[] = []
  const mails: Mail[] = []
  const answers = new Map<string, { readonly status: number; readonly body: string }>()
  const requests: string[] = []
  const read: Readonly<Record<string, (body: string, headers: Record<string, string>) => void>> = {
    slack: (body) => slack.push(Parse(SlackMessage, JSON.parse(body)).text),
    wecom: (body) => wecom.push(Parse(WeComMessage, JSON.parse(body)).text.content),
    webhook: (body, headers) => events.push(Parse(NotificationEvent, webhook.verify(body, headers))),
  }
  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      const [, chat = ''] = (request.url ?? '').split('/')
      requests.push(chat)
      const { status, body } = answers.get(chat) ?? { status: 200, body: ACCEPTED }
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
      if (status === 200 && body === ACCEPTED) read[chat]?.(sent, Object.fromEntries(headers))
      return response.writeHead(status).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const smtp = createMailServer((mail) => mails.push(mail))
  const listening = smtp.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const url = `http://127.0.0.1:${portOf(server.address())}`
  return {
    settings: {
      NOTIFICATIONS_SLACK_URL: `${url}/slack/${URL_SECRET}`,
      NOTIFICATIONS_WECOM_URL: `${url}/wecom/send?key=${URL_SECRET}`,
      NOTIFICATIONS_WEBHOOK_URL: `${url}/webhook`,
      NOTIFICATIONS_WEBHOOK_SECRETS: secret,
      NOTIFICATIONS_SMTP_URL: `smtp://tael:${SMTP_PASSWORD}@127.0.0.1:${portOf(listening.address())}`,
      NOTIFICATIONS_EMAIL_FROM: 'Tael <tael@shop.example>',
      NOTIFICATIONS_EMAIL_TO: 'ops@shop.example, duty@shop.example',
      CONSOLE_URL: 'https://console.shop.example',
    },
    slack,
    wecom,
    events,
    mails,
    answer: (chat, status, body = ACCEPTED) => void answers.set(chat, { status, body }),
    requests: (chat) => requests.filter((one) => one === chat).length,
    async close() {
      server.closeAllConnections()
      server.close()
      await new Promise<void>((resolve) => {
        smtp.close(resolve)
      })
    },
  }
}

/** A mail server that knows one password, and takes every e-mail. */
function createMailServer(onMail: (mail: Mail) => void): SMTPServer {
  return new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth({ username, password }, _session, callback) {
      if (password === SMTP_PASSWORD) callback(null, { user: username })
      else callback(new Error('Wrong password'))
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        onMail({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          text: decodeMail(Buffer.concat(chunks).toString()),
        })
        callback()
      })
    },
  })
}

/** What `listen` gives a TCP server (nodejs.org, server.address). */
function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

/** Header words and a body in base64 or quoted-printable become text, whatever nodemailer chose. */
function decodeMail(raw: string): string {
  const words = raw.replaceAll(/=\?UTF-8\?B\?([^?]*)\?=\s*/gi, (_, base64: string) =>
    Buffer.from(base64, 'base64').toString(),
  )
  const [head = '', ...body] = words
    .replaceAll(/=\?UTF-8\?Q\?([^?]*)\?=\s*/gi, (_, quoted: string) =>
      decodeQuoted(quoted.replaceAll('_', ' ')),
    )
    .split('\r\n\r\n')
  const text = body.join('\n\n')
  if (/^content-transfer-encoding: base64/im.test(head))
    return `${head}\n\n${Buffer.from(text, 'base64').toString()}`
  return `${head}\n\n${decodeQuoted(text.replaceAll('=\r\n', ''))}`
}

function decodeQuoted(quoted: string): string {
  return quoted.replaceAll(/(?:=[0-9A-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('=', ''), 'hex').toString(),
  )
}
