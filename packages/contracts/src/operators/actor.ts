import * as Type from '@sinclair/typebox'

/** Who did something: a person with a key, or who ran a command. */
export const Actor = Type.Object(
  {
    id: Type.String({ description: 'The id of a key, or `command:` and the user who ran the command.' }),
    name: Type.String({ description: 'The name at that time.' }),
  },
  { title: 'Actor', additionalProperties: false },
)
export type Actor = Type.Static<typeof Actor>
