import { parseArgs } from 'node:util'
import { commandActor, recordAction } from '../audit/record-action.ts'
import type { Command } from '../cli/command.ts'
import { withDatabase } from '../cli/database.ts'
import { readConfig } from '../config.ts'
import { readSettings } from './read-settings.ts'

export const settingsCommand: Command = {
  name: 'settings',
  summary: 'print what the server is configured to do, without secrets',
  usage: `

JSON, as GET /ops/settings answers it.`,

  async run(args, { environment, print }) {
    parseArgs({ args: [...args], options: {} })
    const config = readConfig(environment)
    const settings = await withDatabase(config.database, async (db) => {
      await recordAction(db, { actor: commandActor(), action: 'settings.read' })
      return readSettings(db, config)
    })
    print(`${JSON.stringify(settings, undefined, 2)}\n`)
    return 'success'
  },
}
