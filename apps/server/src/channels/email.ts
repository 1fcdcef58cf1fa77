import { setTimeout as pause } from 'node:timers/promises'
import { isLoopback } from '@tael/config'
import { createTransport } from 'nodemailer'
import type { ChannelConfig } from '../config.ts'
import { type Channel, describeFailure, SEND_MS, type Sent } from './channel.ts'

type EmailConfig = Extract<ChannelConfig, { readonly type: 'email' }>

const SMTP_PORT = 587
const SMTPS_PORT = 465

/**
 * Sends e-mails over SMTP, each in a connection of its own: hours pass between two. With
 * `requiresTls` none leaves the machine without TLS.
 */
export function createEmailChannel({ name, smtp, from, to }: EmailConfig, requiresTls: boolean): Channel {
  const url = new URL(smtp)
  const secure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  const pass = decodeURIComponent(url.password)
  const transport = createTransport({
    host: url.hostname,
    port: url.port === '' ? (secure ? SMTPS_PORT : SMTP_PORT) : Number(url.port),
    secure,
    requireTLS: requiresTls && !isLoopback(url.hostname),
    ...(user === '' ? {} : { auth: { user, pass } }),
    connectionTimeout: SEND_MS,
    greetingTimeout: SEND_MS,
    socketTimeout: SEND_MS,
    // Nothing of a message may name a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    name,
    type: 'email',
    async send({ id, at, event: { data } }) {
      const text = [data.text, data.link ?? ''].filter((one) => one !== '').join('\n\n')
      const mail = { from, to, subject: data.title, text, date: at, messageId: messageId(id, from) }
      const abort = new AbortController()
      const sent = transport.sendMail(mail).then(
        (): Sent => ({ accepted: true }),
        (error: unknown): Sent => ({ accepted: false, reason: describeSmtp(error) }),
      )
      const late = pause<Sent>(
        SEND_MS,
        { accepted: false, reason: `no answer in ${SEND_MS / 1000} s` },
        { signal: abort.signal },
      ).catch(() => sent)
      try {
        return await Promise.race([sent, late])
      } finally {
        abort.abort()
      }
    },
    async close() {
      transport.close()
    },
  }
}

/** The same at every try, so that mail programs show a repeated one once. */
function messageId(id: string, from: string): string {
  return `<${id}@${from.replace(/^.*@/, '').replace(/>$/, '')}>`
}

/** The server's words may repeat addresses: only its code is kept. */
function describeSmtp(error: unknown): string {
  const failure = describeFailure(error)
  const code =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? ` ${error.responseCode}`
      : ''
  return failure + code
}
