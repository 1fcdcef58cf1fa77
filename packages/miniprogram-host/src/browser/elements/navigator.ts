import { WxElement } from './element.ts'

/** `<navigator>`: url, open-type, delta (developers.weixin.qq.com, navigator). */
export class WxNavigator extends WxElement {
  override connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'link')
    super.connectedCallback()
  }

  get target(): { readonly openType: string; readonly url: string; readonly delta: number } {
    return {
      openType: this.getAttribute('open-type') ?? 'navigate',
      url: this.getAttribute('url') ?? '',
      delta: Number(this.getAttribute('delta') ?? 1),
    }
  }

  /** Calls bindsuccess, or bindfail with the reason, then bindcomplete. */
  settle(errMsg: string): void {
    this.send(errMsg.includes(':fail') ? 'fail' : 'success', { errMsg })
    this.send('complete', { errMsg })
  }
}
