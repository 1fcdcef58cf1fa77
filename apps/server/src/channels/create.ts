import type { ChannelConfig, NotificationsConfig } from '../config.ts'
import { createSignedWebhook } from '../signed-webhook/client.ts'
import type { Channel } from './channel.ts'
import { createChatChannel, slack, weCom } from './chat.ts'
import { createEmailChannel } from './email.ts'

/** Every channel of the configuration, in its order. */
export function createChannels({ channels, requiresTls }: NotificationsConfig): readonly Channel[] {
  return channels.map((channel) => createChannel(channel, requiresTls))
}

function createChannel(channel: ChannelConfig, requiresTls: boolean): Channel {
  switch (channel.type) {
    case 'slack':
      return createChatChannel(channel.name, channel.url, slack)
    case 'wecom':
      return createChatChannel(channel.name, channel.url, weCom)
    case 'email':
      return createEmailChannel(channel, requiresTls)
    case 'webhook':
      return createWebhookChannel(channel)
  }
}

function createWebhookChannel(channel: Extract<ChannelConfig, { readonly type: 'webhook' }>): Channel {
  const webhook = createSignedWebhook(channel)
  return {
    name: channel.name,
    type: 'webhook',
    send: ({ id, at, event }) => webhook.deliver({ id, at, payload: JSON.stringify(event) }),
    close: () => webhook.close(),
  }
}
