import { operatorRoutes } from '@tael/contracts'
import { recordAction } from '../audit/record-action.ts'
import type { Context } from '../context.ts'
import type { Api } from '../http/api.ts'
import { HttpProblem } from '../http/problem.ts'
import { serve } from '../http/routing.ts'
import { operatorAction } from '../operators/authenticate.ts'
import { listNotifications, toNotificationRecord } from './list.ts'
import { testChannel } from './test-channel.ts'

/** Notifications: operators see the channels and what was sent, and test a channel. */
export function serveNotifications(
  api: Api,
  { config, channels, db }: Pick<Context, 'config' | 'channels' | 'db'>,
): void {
  const { notifications } = config

  api.route({
    ...serve(operatorRoutes.listNotifications),
    handler: async (request) => {
      await recordAction(db, { ...operatorAction(request, 'notifications.list'), detail: request.query })
      return listNotifications(db, notifications, request.query)
    },
  })

  api.route({
    ...serve(operatorRoutes.testNotification),
    handler: async (request) => {
      const { channel: name } = request.body
      const channel = channels.find((one) => one.name === name)
      if (channel === undefined)
        throw new HttpProblem('channel_not_found', 'Name a channel that GET /ops/notifications lists.')
      await recordAction(db, operatorAction(request, 'notifications.test', name))
      return toNotificationRecord(await testChannel(db, notifications, channel), notifications)
    },
  })
}
