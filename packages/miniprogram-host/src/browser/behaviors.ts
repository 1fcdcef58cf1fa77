import type { glassEasel } from 'glass-easel-miniprogram-adapter'

/** WeChat's own behaviors (developers.weixin.qq.com, built-in behaviors), with the data they add. */
const BUILT_IN: Readonly<Record<string, object>> = {
  'wx://form-field': { properties: { name: String, value: null } },
  'wx://form-field-group': {},
  'wx://form-field-button': {},
  'wx://component-export': {},
}

const FORM_FIELD = 'wx://form-field'

/** The components that declared `wx://form-field`, by the path of their unit. */
const formFields = new Set<string>()

/** Whether a form collects the component's `value` under its `name`. */
export function isFormField(component: glassEasel.GeneralComponent): boolean {
  return formFields.has(component.is)
}

/**
 * A definition in which WeChat's own behaviors, named by text, are real ones of the program.
 * `define` is its `Behavior`.
 */
export function withBuiltInBehaviors(
  definition: unknown,
  unit: string,
  define: (definition: object) => unknown,
): unknown {
  if (typeof definition !== 'object' || definition === null || !('behaviors' in definition)) return definition
  const { behaviors } = definition
  if (!Array.isArray(behaviors)) return definition
  if (behaviors.includes(FORM_FIELD)) formFields.add(unit)
  const resolve = (behavior: unknown): unknown => {
    const builtIn = typeof behavior === 'string' ? BUILT_IN[behavior] : undefined
    return builtIn === undefined ? behavior : define(builtIn)
  }
  return { ...definition, behaviors: behaviors.map(resolve) }
}
