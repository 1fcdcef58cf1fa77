import type { TimelineEntry } from '@tael/contracts'
import { useTranslation } from 'react-i18next'
import type { Texts } from '../../texts/en.ts'
import { en } from '../../texts/en.ts'

/** Where a long name may wrap, unseen. */
const BREAK = '\u200b'

type EventType = keyof Texts['timeline']['events']
const isKnownEvent = (type: string): type is EventType => Object.hasOwn(en.timeline.events, type)

/** An entry in a line, in the viewer's language. */
export function useEntryTitle(): (entry: TimelineEntry) => string {
  const { t } = useTranslation()
  return (entry) => {
    switch (entry.kind) {
      case 'order':
        return t(`timeline.changes.${entry.change}`)
      case 'payment':
        // A server of a newer version may record more: its own word is better than none.
        return isKnownEvent(entry.type) ? t(`timeline.events.${entry.type}`) : entry.type
      case 'call':
        return t('timeline.call', { operation: entry.operation.replaceAll('/', `/${BREAK}`) })
      case 'webhook': {
        const { eventCode, success } = entry.webhook
        return t(success === false ? 'timeline.webhookFailed' : 'timeline.webhook', { code: eventCode })
      }
      case 'shipment':
        return t('timeline.shipment')
      case 'action':
        return t('timeline.action', { actor: entry.actorName ?? entry.actor, action: entry.action })
      case 'merchant_event':
        return t('timeline.merchantEvent', { type: entry.type })
      default:
        return entry satisfies never
    }
  }
}
