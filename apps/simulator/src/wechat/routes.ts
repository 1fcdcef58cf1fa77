import * as Type from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { breakOff, isBroken } from '../broken-answers.ts'
import type { World } from '../world.ts'
import { cancelCashier, type Callback, openCashier, payCashier } from './cashier.ts'
import { exchangeCode } from './login.ts'
import { ShopperName } from './openid.ts'

const Query = Type.Object({
  appid: Type.Optional(Type.String()),
  secret: Type.Optional(Type.String()),
  js_code: Type.Optional(Type.String()),
  grant_type: Type.Optional(Type.String()),
})

/** WeChat's login for the server, and under /simulator what WeChat does on the shopper's phone. */
export function wechatRoutes(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()

  app.get('/sns/jscode2session', { schema: { querystring: Query } }, (request, reply) => {
    const answered = world.messages.request('server', 'wechat', {
      label: 'GET /sns/jscode2session',
      body: request.query,
    })
    const body = exchangeCode(world, request.query)
    if (isBroken(body)) {
      answered(breakOff(request, reply, body))
      return reply
    }
    const label = 'errcode' in body ? `errcode ${String(body.errcode)}` : 'openid'
    answered({ label, status: 200, body })
    return reply.send(body)
  })

  const Shopper = Type.Object({ shopper: ShopperName })
  app.post('/simulator/wechat/codes', { schema: { body: Shopper } }, async (request, reply) => {
    const answered = world.messages.request('miniprogram', 'wechat', { label: 'wx.login' })
    const code = world.loginCodes.issue(request.body.shopper)
    answered({ label: 'login:ok', body: { code } })
    return reply.code(201).send({ code })
  })

  const Parameters = Type.Record(Type.String(), Type.Unknown())
  app.post('/simulator/cashier', { schema: { body: Parameters } }, async (request, reply) => {
    const answered = world.messages.request('miniprogram', 'wechat', {
      label: 'wx.requestPayment',
      body: request.body,
    })
    const opened = openCashier(world, request.body)
    answered({ label: 'errMsg' in opened ? opened.errMsg : 'the cashier opens', body: opened })
    return reply.code('errMsg' in opened ? 422 : 201).send(opened)
  })

  const taps = {
    pay: { label: 'the shopper pays', act: payCashier },
    cancel: { label: 'the shopper cancels', act: cancelCashier },
  }
  for (const [verb, { label, act }] of Object.entries(taps)) {
    const Params = Type.Object({ prepayId: Type.String() })
    const path = `/simulator/cashier/:prepayId/${verb}`
    app.post(path, { schema: { params: Params } }, async (request, reply) => {
      const answered = world.messages.request('miniprogram', 'wechat', { label })
      const callback: Callback | undefined = act(world, request.params.prepayId)
      if (callback === undefined) {
        answered({ label: 'unknown prepay_id' })
        return reply.code(404).send({ error: `There is no prepay_id ${request.params.prepayId}.` })
      }
      answered({ label: callback.errMsg })
      return callback
    })
  }
}
