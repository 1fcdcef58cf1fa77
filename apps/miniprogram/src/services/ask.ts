import type { Question } from '../texts/messages.ts'

/** Asks the shopper before something is done that cannot be undone; true for yes. */
export async function ask({ title, text, yes, no }: Question): Promise<boolean> {
  const { confirm } = await wx.showModal({ title, content: text, confirmText: yes, cancelText: no })
  return confirm
}
