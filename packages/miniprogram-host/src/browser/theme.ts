import type { ThemeVariables } from '../program.ts'
import type { Theme } from '../protocol.ts'

/** The value of a window or tab bar setting; `@name` is replaced by the variable of theme.json. */
export function themed(
  value: string | undefined,
  variables: ThemeVariables,
  theme: Theme,
): string | undefined {
  return value?.startsWith('@') === true ? variables[theme][value.slice(1)] : value
}
