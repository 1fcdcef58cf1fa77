import * as Type from '@sinclair/typebox'
import { Check } from '@sinclair/typebox/value'
import { Agent, request } from 'undici'
import { type Channel, type ChannelMessage, describeFailure, SEND_MS, type Sent } from './channel.ts'

const ANSWER_BYTES_MAX = 16_384

/** A chat whose webhook takes JSON. */
interface Chat {
  readonly type: 'slack' | 'wecom'
  readonly format: (message: ChannelMessage) => object
  /** Reads an answer with status 200. */
  readonly read: (body: string) => Sent
}

/** Sends to the webhook of a chat. Its address is a secret: nothing of it is ever in a reason. */
export function createChatChannel(name: string, url: string, { type, format, read }: Chat): Channel {
  const agent = new Agent({ connect: { timeout: SEND_MS }, maxResponseSize: ANSWER_BYTES_MAX })
  return {
    name,
    type,
    async send(message) {
      try {
        const { statusCode, body } = await request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': 'tael' },
          body: JSON.stringify(format(message)),
          dispatcher: agent,
          signal: AbortSignal.timeout(SEND_MS),
        })
        const text = await body.text()
        return statusCode === 200 ? read(text) : { accepted: false, reason: `HTTP ${statusCode}` }
      } catch (error) {
        return { accepted: false, reason: describeFailure(error) }
      }
    },
    close: () => agent.close(),
  }
}

/**
 * Slack's incoming webhooks, and what takes the same: Mattermost, Rocket.Chat. Three characters are
 * escaped, because they begin mentions and links (docs.slack.dev, Formatting message text).
 */
export const slack: Chat = {
  type: 'slack',
  format: ({ event: { data } }) => {
    const words = [`*${escapeForSlack(data.title)}*`, escapeForSlack(data.text), data.link ?? '']
    return { text: words.filter((one) => one !== '').join('\n') }
  },
  read: () => ({ accepted: true }),
}

function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A text message has at most this many bytes (developer.work.weixin.qq.com, document/path/91770). */
const WECOM_BYTES_MAX = 2048

/** WeCom refuses with status 200 too. */
const WeComAnswer = Type.Object({ errcode: Type.Integer() })

/** WeCom's group robots (企业微信群机器人). */
export const weCom: Chat = {
  type: 'wecom',
  format: ({ event: { data } }) => {
    const words = [data.title, data.text, data.link ?? ''].filter((one) => one !== '')
    return { msgtype: 'text', text: { content: cutBytes(words.join('\n'), WECOM_BYTES_MAX) } }
  },
  read: (body) => {
    const answer = parseJson(body)
    if (!Check(WeComAnswer, answer)) return { accepted: false, reason: 'unreadable answer' }
    return answer.errcode === 0
      ? { accepted: true }
      : { accepted: false, reason: `errcode ${answer.errcode}` }
  },
}

/** Undefined: it is no JSON. */
function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

/** The beginning of a text, in at most so many bytes of UTF-8, without half a character. */
function cutBytes(text: string, bytesMax: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax))
  return text.slice(0, read)
}
