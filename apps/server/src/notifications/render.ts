import { formatAmount, type NotificationEvent, type NotificationFacts, orderNumber } from '@tael/contracts'
import type { NotificationsConfig } from '../config.ts'
import { en } from './texts/en.ts'
import type { Texts } from './texts/texts.ts'
import { zhCn } from './texts/zh-cn.ts'

const languages: Readonly<Record<NotificationsConfig['language'], Texts>> = { en, 'zh-CN': zhCn }

/** A notification in the words of one language. */
export interface Rendered {
  /** One line. */
  readonly title: string
  readonly text: string
}

/** The notification in words. What is in it: numbers, ids, an amount, and words of ours. */
export function render(facts: NotificationFacts, language: NotificationsConfig['language']): Rendered {
  const texts = languages[language]
  const { kind, change, severity, count, subject, orderId, paymentId, amount, since } = facts
  if (kind === 'test') return { title: `Tael: ${texts.test.name}`, text: texts.test.action }
  if (kind === 'digest') return renderDigest(facts, texts)
  const { name, action } = texts.kinds[kind]
  const order = orderId === null ? [] : [texts.order(orderNumber(orderId))]
  const money = amount === null ? [] : [formatAmount(amount)]
  const number = count > 1 ? [texts.items(count)] : []
  const lines = [
    ...order,
    ...(paymentId === null ? [] : [texts.payment(paymentId)]),
    ...money.map(texts.amount),
    ...(subject === null || subject === paymentId || subject === orderId ? [] : [texts.subject(subject)]),
    ...(since === null ? [] : [texts.since(formatTime(since))]),
    ...(change === 'resolved' ? [] : [action]),
  ]
  const headline = [texts.change[change ?? 'opened'] + name, ...number, ...order, ...money].join(' · ')
  return { title: `[${texts.severity[severity]}] ${headline}`, text: lines.join('\n') }
}

function renderDigest({ count, open }: NotificationFacts, texts: Texts): Rendered {
  const lines = open.map(({ kind, count: items, since }) =>
    texts.openItems(texts.kinds[kind].name, items, formatTime(since)),
  )
  return {
    title: `Tael: ${texts.digest(count)}`,
    text: lines.length === 0 ? texts.nothingOpen : lines.join('\n'),
  }
}

/** To the minute, in UTC: `2026-11-27 15:04 UTC`. */
function formatTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`
}

/** The page of the console that shows it. Null: no console is configured. */
function linkTo({ orderId, kind }: NotificationFacts, consoleUrl: string | undefined): string | null {
  if (consoleUrl === undefined) return null
  if (kind === 'test') return consoleUrl
  return orderId === null ? `${consoleUrl}/attention` : `${consoleUrl}/orders/${orderId}`
}

/** The notification as a program receives it. */
export function toEvent(
  facts: NotificationFacts,
  createdAt: Date,
  { language, consoleUrl }: Pick<NotificationsConfig, 'language' | 'consoleUrl'>,
): NotificationEvent {
  return {
    type: 'notification',
    timestamp: createdAt.toISOString(),
    data: { ...facts, ...render(facts, language), link: linkTo(facts, consoleUrl) },
  }
}
