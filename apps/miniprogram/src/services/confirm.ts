import type { Question } from '../texts/texts.ts'

/** Asks the shopper to confirm in WeChat's dialog. */
export async function confirm({ title, text, yes, no }: Question): Promise<boolean> {
  const answer = await wx.showModal({ title, content: text, confirmText: yes, cancelText: no })
  return answer.confirm
}
