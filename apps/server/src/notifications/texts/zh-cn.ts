import type { Texts } from './texts.ts'

export const zhCn: Texts = {
  kinds: {
    refund_failed: { name: '退款失败', action: '请重新退款，或线下退还款项。' },
    payment_reversed: {
      name: '付款被拒付或撤销',
      action: '请在 Adyen Customer Area 查看拒付或撤销的原因，处理之前不要发货或退款。',
    },
    webhook: { name: '有一条 Webhook 无法处理', action: '请在控制台查看原因，并与 Adyen 确认。' },
    settlement_difference: { name: '结算报告与系统记录不一致', action: '请打开该结算报告，逐项处理差异。' },
    event_undelivered: { name: '商户后台未接收事件', action: '请修复商户后台，然后重新推送该事件。' },
    payment_unknown: { name: '付款结果未知', action: '请在 Adyen Customer Area 查询该笔付款。' },
    refund_unsent: {
      name: 'Adyen 未受理退款',
      action: '请在 Adyen Customer Area 查询，如未退款请重新发送。',
    },
    refund_unconfirmed: { name: '退款结果逾期未返回', action: '请在 Adyen Customer Area 查询该笔退款。' },
    refund_proposed: { name: '退款待第二人确认', action: '请确认或拒绝该笔退款。' },
    shipping_failed: { name: '微信未收到发货信息', action: '请在控制台查看微信返回的原因，并重新发货。' },
    refund_requested: { name: '顾客申请退款', action: '请退款，或填写原因后拒绝申请。' },
    webhooks_silent: {
      name: '收不到 Adyen 的 Webhook',
      action:
        '有付款发起，但收不到 AUTHORISATION 的时间已超过平常。请检查 Customer Area 中的 Webhook 设置，以及 Adyen 到服务器的网络。',
    },
    jobs_waiting: { name: '任务等待超过五分钟', action: '请检查服务器是否正常运行，必要时增加服务器。' },
    adyen_failing: {
      name: '调用 Adyen 失败',
      action: '请检查 Adyen 状态页、API key 和日志。未得到应答的调用会自动重试。',
    },
    wechat_failing: {
      name: '调用微信失败',
      action: '请检查 AppSecret、IP 白名单和日志。在恢复之前，顾客可能无法登录。',
    },
    refunds_failing: { name: '大量退款失败', action: '请在 Customer Area 检查商户账户余额。' },
  },
  severity: { critical: '紧急', warning: '警告', info: '提示' },
  change: { opened: '', still_open: '仍未处理:', resolved: '已解决:' },
  order: (number) => `订单 ${number}`,
  payment: (id) => `付款 ${id}`,
  amount: (amount) => `金额 ${amount}`,
  subject: (id) => `编号 ${id}`,
  since: (time) => `开始时间 ${time}`,
  items: (count) => `共 ${count} 项`,
  digest: (count) => `${count} 项待处理`,
  nothingOpen: '没有待处理事项。',
  openItems: (name, count, since) => `${name}：${count} 项，最早 ${since}`,
  test: { name: '测试通知', action: '该渠道可用，无需处理。' },
}
