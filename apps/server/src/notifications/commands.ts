import { parseArgs } from 'node:util'
import { commandActor, recordAction } from '../audit/record-action.ts'
import { createChannels } from '../channels/create.ts'
import { type Command, CommandError } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readDatabase, readEnvironment, readNotifications } from '../config.ts'
import { testChannel } from './test-channel.ts'

export const testNotificationCommand: Command = {
  name: 'test-notification',
  summary: 'send a test to a channel for notifications',
  usage: `<channel>

The channel is one of those that the environment configures: slack, wecom, webhook or email, or the name of one in NOTIFICATIONS_FILE.
The exit code is 1 where the channel did not accept it.`,

  async run(args, { environment, print }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [name, ...more] = positionals
    if (name === undefined || more.length > 0) throw new CommandError('usage', 'Name one channel.')
    const { database, notifications } = readEnvironment(environment, (read) => ({
      database: readDatabase(read),
      notifications: readNotifications(read, read.is('ADYEN_ENVIRONMENT', 'live')),
    }))
    const channels = createChannels(notifications)
    try {
      const channel = channels.find((one) => one.name === name)
      if (channel === undefined) {
        const names = channels.map((one) => one.name).join(', ')
        throw new CommandError('data', `There is no channel ${name}: ${names || 'none is configured'}.`)
      }
      const { state, failure } = await withDatabase(database, async (db) => {
        await recordAction(db, { actor: commandActor(), action: 'notifications.test', subject: name })
        return testChannel(db, notifications, channel)
      })
      print(
        state === 'sent' ? `${name} accepted the test\n` : `${name} did not accept the test: ${failure}\n`,
      )
      return state === 'sent' ? 'success' : 'differences'
    } finally {
      await Promise.all(channels.map((channel) => channel.close()))
    }
  },
}
