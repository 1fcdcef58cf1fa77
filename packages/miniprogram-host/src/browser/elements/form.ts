import { glassEasel } from 'glass-easel-miniprogram-adapter'
import { isFormField } from '../behaviors.ts'
import { WxControl } from './control.ts'

/** Submits or resets the form around a button, with the values by name. */
export function submitOrReset(button: Element): void {
  const form = button.closest('wx-form')
  if (form === null) return
  const isReset = button.getAttribute('form-type') === 'reset'
  const fields = [...form.querySelectorAll('*')]
  if (isReset) for (const each of fields) if (each instanceof WxControl) each.reset()
  const value = Object.fromEntries(fields.flatMap(valueOf))
  form.dispatchEvent(new CustomEvent(isReset ? 'reset' : 'submit', { detail: { value } }))
}

/** The name and the value of a control, or of a component with `wx://form-field`. */
function valueOf(field: Element): [string, unknown][] {
  if (field instanceof WxControl) {
    const name = field.getAttribute('name')
    return name === null ? [] : [[name, field.value]]
  }
  const node: unknown = Reflect.get(field, '__wxElement')
  if (!(node instanceof glassEasel.Component) || !isFormField(node)) return []
  const { name, value }: { name?: unknown; value?: unknown } = node.data
  return typeof name === 'string' && name !== '' ? [[name, value]] : []
}
