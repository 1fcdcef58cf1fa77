import { readFileSync } from 'node:fs'
import * as Type from '@sinclair/typebox'
import { Errors } from '@sinclair/typebox/errors'
import { Check } from '@sinclair/typebox/value'
import type { EnvironmentReader } from '@tael/config'
import { ChannelName, Severity, WatchedKind } from '@tael/contracts'
import {
  checkSignedWebhook,
  findAddressProblems,
  isSecretLength,
  SECRET,
  SECRET_LENGTH_RULE,
  SECRETS,
  SECRETS_RULE,
} from './signed-webhook.ts'

const HTTP = '^https?://[^\\s/]+\\S*$'
const SMTP = '^smtps?://[^\\s/]+/?$'
/** An address, or a name and an address: `Tael <tael@shop.example>`. */
const MAILBOX = '^[^\\r\\n,]*[^\\s@<>,]+@[^\\s@<>,]+>?$'

const Url = Type.String({ pattern: HTTP, maxLength: 500 })
const Chat = { name: ChannelName, url: Url }

const Channel = Type.Union([
  Type.Object({ ...Chat, type: Type.Literal('slack') }, { additionalProperties: false }),
  Type.Object({ ...Chat, type: Type.Literal('wecom') }, { additionalProperties: false }),
  Type.Object(
    {
      ...Chat,
      type: Type.Literal('webhook'),
      secrets: Type.Array(Type.String({ pattern: SECRET.source }), { minItems: 1, maxItems: 5 }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      name: ChannelName,
      type: Type.Literal('email'),
      smtp: Type.String({ pattern: SMTP, maxLength: 500 }),
      from: Type.String({ pattern: MAILBOX, maxLength: 200 }),
      to: Type.Array(Type.String({ pattern: MAILBOX, maxLength: 200 }), { minItems: 1, maxItems: 20 }),
    },
    { additionalProperties: false },
  ),
])
/** Where notifications are sent. Its address, and what signs or logs in, are secret. */
export type ChannelConfig = Type.Static<typeof Channel>

const channels = Type.Array(ChannelName, { minItems: 1, maxItems: 20 })
const Rule = Type.Object(
  {
    kinds: Type.Optional(Type.Array(WatchedKind, { minItems: 1 })),
    severity: Type.Optional(Severity),
    channels,
  },
  { additionalProperties: false },
)
const Digest = Type.Object(
  {
    every: Type.Union([Type.Literal('hour'), Type.Literal('day')]),
    /** Of the day, in UTC. */
    hour: Type.Optional(Type.Integer({ minimum: 0, maximum: 23 })),
    channels,
  },
  { additionalProperties: false },
)

/** NOTIFICATIONS_FILE. */
const NotificationsFile = Type.Object(
  {
    channels: Type.Array(Channel, { minItems: 1, maxItems: 20 }),
    rules: Type.Optional(Type.Array(Rule, { minItems: 1, maxItems: 100 })),
    quietMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_080 })),
    repeatHours: Type.Optional(Type.Integer({ minimum: 0, maximum: 720 })),
    digest: Type.Optional(Digest),
  },
  { additionalProperties: false },
)
type NotificationsFile = Type.Static<typeof NotificationsFile>

/** How operators are notified. */
export interface NotificationsConfig {
  /** Empty: nobody is notified, and nothing is watched. */
  readonly channels: readonly ChannelConfig[]
  /** A kind goes to the channels of every rule that has it. */
  readonly rules: readonly Type.Static<typeof Rule>[]
  /** An item that was resolved and opens again within this time is not sent before it is over. */
  readonly quietMs: number
  /** What stays open is sent again after each such time; 0: never. */
  readonly repeatMs: number
  readonly digest: Type.Static<typeof Digest> | undefined
  readonly language: 'en' | 'zh-CN'
  /** Without the slash at its end. Undefined: notifications have no link. */
  readonly consoleUrl: string | undefined
  /** Whether an e-mail may leave only over TLS. */
  readonly requiresTls: boolean
}

const QUIET_MINUTES = 60
const REPEAT_HOURS = 24

/** Reads the channels and rules from NOTIFICATIONS_FILE, or one channel of each type from variables. */
export function readNotifications(read: EnvironmentReader, live: boolean): NotificationsConfig {
  const file = read.has('NOTIFICATIONS_FILE') ? readFile(read) : readVariables(read, live)
  checkChannels(read, file, live)
  const names = file.channels.map(({ name }) => name)
  return {
    channels: file.channels,
    rules: file.rules ?? (names.length === 0 ? [] : [{ channels: names }]),
    quietMs: (file.quietMinutes ?? QUIET_MINUTES) * 60_000,
    repeatMs: (file.repeatHours ?? REPEAT_HOURS) * 3_600_000,
    digest: file.digest,
    language: read.oneOf('NOTIFICATIONS_LANGUAGE', ['en', 'zh-CN'], 'en'),
    consoleUrl: read.has('CONSOLE_URL')
      ? read.url('CONSOLE_URL', 'the address at which operators open the console')
      : undefined,
    requiresTls: live,
  }
}

const variables = [
  'NOTIFICATIONS_SLACK_URL',
  'NOTIFICATIONS_WECOM_URL',
  'NOTIFICATIONS_WEBHOOK_URL',
  'NOTIFICATIONS_SMTP_URL',
] as const

/** The file's problems name where in it something is wrong, and never a value, which may be secret. */
function readFile(read: EnvironmentReader): NotificationsFile {
  const none = { channels: [] }
  const { problems } = read
  for (const name of variables)
    if (read.hasSecret(name)) problems.push(`${name} must not be set beside NOTIFICATIONS_FILE`)
  const name = read.text('NOTIFICATIONS_FILE', /\S/, 'the path of a JSON file')
  let file: unknown
  try {
    file = JSON.parse(readFileSync(name, 'utf8'))
  } catch {
    problems.push('NOTIFICATIONS_FILE is invalid: no JSON file can be read there')
    return none
  }
  if (Check(NotificationsFile, file)) return file
  for (const { path } of Errors(NotificationsFile, file))
    problems.push(`NOTIFICATIONS_FILE is invalid at ${path === '' ? '/' : path}: see docs/notifications.md`)
  return none
}

function readVariables(read: EnvironmentReader, live: boolean): NotificationsFile {
  const found: ChannelConfig[] = []
  if (read.hasSecret('NOTIFICATIONS_SLACK_URL')) {
    const url = read.secretUrl('NOTIFICATIONS_SLACK_URL', "the address of the chat's incoming webhook")
    found.push({ name: 'slack', type: 'slack', url })
  }
  if (read.hasSecret('NOTIFICATIONS_WECOM_URL')) {
    const url = read.secretUrl('NOTIFICATIONS_WECOM_URL', 'the address of the group robot')
    found.push({ name: 'wecom', type: 'wecom', url })
  }
  const hasSecrets = read.hasSecret('NOTIFICATIONS_WEBHOOK_SECRETS')
  if (read.hasSecret('NOTIFICATIONS_WEBHOOK_URL') || hasSecrets) {
    const { url, secrets } = checkSignedWebhook(read, live, 'NOTIFICATIONS_WEBHOOK', {
      url: read.secretUrl('NOTIFICATIONS_WEBHOOK_URL', 'the address of your receiver'),
      secrets: read.secret('NOTIFICATIONS_WEBHOOK_SECRETS', SECRETS, SECRETS_RULE),
    })
    found.push({ name: 'webhook', type: 'webhook', url, secrets: [...secrets] })
  }
  if (read.hasSecret('NOTIFICATIONS_SMTP_URL')) {
    const mailbox = new RegExp(MAILBOX)
    const smtp = read.secret('NOTIFICATIONS_SMTP_URL', new RegExp(SMTP), 'smtps://user:password@host:465')
    const from = read.text('NOTIFICATIONS_EMAIL_FROM', mailbox, 'the address that e-mails come from')
    const to = read.text('NOTIFICATIONS_EMAIL_TO', /@/, 'addresses, separated by commas').split(',')
    if (!to.every((one) => mailbox.test(one.trim())))
      read.problems.push('NOTIFICATIONS_EMAIL_TO is invalid: addresses, separated by commas')
    found.push({ name: 'email', type: 'email', smtp, from, to: to.map((one) => one.trim()) })
  }
  const severity = read.oneOf('NOTIFICATIONS_SEVERITY', ['critical', 'warning', 'info'], 'info')
  const every = read.oneOf('NOTIFICATIONS_DIGEST', ['off', 'hour', 'day'], 'off')
  const names = found.map(({ name }) => name)
  return {
    channels: found,
    ...(names.length === 0 ? {} : { rules: [{ severity, channels: names }] }),
    quietMinutes: read.integer('NOTIFICATIONS_QUIET_MINUTES', 0, 10_080, QUIET_MINUTES),
    repeatHours: read.integer('NOTIFICATIONS_REPEAT_HOURS', 0, 720, REPEAT_HOURS),
    ...(every === 'off' || names.length === 0 ? {} : { digest: { every, channels: names } }),
  }
}

/** What the schema of the file cannot say. */
function checkChannels(read: EnvironmentReader, file: NotificationsFile, live: boolean): void {
  const { problems } = read
  const names = new Set(file.channels.map(({ name }) => name))
  if (names.size < file.channels.length)
    problems.push('NOTIFICATIONS_FILE is invalid: two channels have the same name')
  const named = [...(file.rules ?? []), ...(file.digest === undefined ? [] : [file.digest])]
  for (const name of named.flatMap((one) => one.channels))
    if (!names.has(name)) problems.push(`NOTIFICATIONS_FILE is invalid: there is no channel ${name}`)
  for (const channel of file.channels) {
    // The variables of the signed webhook were checked when they were read.
    if (channel.type === 'email' || (channel.type === 'webhook' && !read.has('NOTIFICATIONS_FILE'))) continue
    for (const problem of channel.url === '' ? [] : findAddressProblems(channel.url, live))
      problems.push(`The address of the notification channel ${channel.name} ${problem}`)
    if (channel.type === 'webhook' && !channel.secrets.every(isSecretLength))
      problems.push(`The notification channel ${channel.name} is invalid: ${SECRET_LENGTH_RULE}`)
  }
}
