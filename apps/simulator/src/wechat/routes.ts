import * as Type from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { breakOff, type BrokenAnswer, isBroken } from '../broken-answers.ts'
import type { Answered } from '../messages.ts'
import type { World } from '../world.ts'
import { authorisedCalls, callWithToken, giveToken } from './api.ts'
import { cancelCashier, type Callback, openCashier, payCashier } from './cashier.ts'
import { exchangeCode } from './login.ts'
import { openidOf, ShopperName } from './openid.ts'

const Query = Type.Object({
  appid: Type.Optional(Type.String()),
  secret: Type.Optional(Type.String()),
  js_code: Type.Optional(Type.String()),
  grant_type: Type.Optional(Type.String()),
})

/** WeChat's calls for the server, and under /simulator what WeChat does on the shopper's phone. */
export function wechatRoutes(plain: FastifyInstance, world: World): void {
  tokenRoutes(plain, world)
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()

  app.get('/sns/jscode2session', { schema: { querystring: Query } }, (request, reply) => {
    const answered = world.messages.request('server', 'wechat', {
      label: 'GET /sns/jscode2session',
      body: request.query,
    })
    return tell({ request, reply, answered }, exchangeCode(world, request.query), 'openid')
  })

  const Shopper = Type.Object({ shopper: ShopperName })
  app.post('/simulator/wechat/codes', { schema: { body: Shopper } }, async (request, reply) => {
    const answered = world.messages.request('miniprogram', 'wechat', { label: 'wx.login' })
    const code = world.loginCodes.issue(request.body.shopper)
    answered({ label: 'login:ok', body: { code } })
    return reply.code(201).send({ code })
  })

  const Subscription = Type.Object({ shopper: Shopper.properties.shopper, templateId: Type.String() })
  app.post('/simulator/wechat/subscriptions', { schema: { body: Subscription } }, async (request, reply) => {
    const { shopper, templateId } = request.body
    const label = 'wx.requestSubscribeMessage'
    const answered = world.messages.request('miniprogram', 'wechat', { label, body: { templateId } })
    world.subscriptions.add(openidOf(world.config.wechatAppId, shopper), templateId)
    answered({ label: 'accept' })
    return reply.code(201).send({ [templateId]: 'accept' })
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

/** The access token, and the calls that take it. */
function tokenRoutes(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>()
  const TokenBody = Type.Object({
    grant_type: Type.Optional(Type.String()),
    appid: Type.Optional(Type.String()),
    secret: Type.Optional(Type.String()),
  })
  app.post('/cgi-bin/stable_token', { schema: { body: TokenBody } }, (request, reply) => {
    const { body } = request
    const answered = world.messages.request('server', 'wechat', { label: 'POST /cgi-bin/stable_token', body })
    return tell({ request, reply, answered }, giveToken(world, body), 'access_token')
  })

  const Token = Type.Object({ access_token: Type.Optional(Type.String()) })
  for (const path of Object.keys(authorisedCalls).filter(isAuthorisedCall)) {
    app.post(path, { schema: { querystring: Token } }, (request, reply) => {
      const { body, query } = request
      const answered = world.messages.request('server', 'wechat', { label: `POST ${path}`, body })
      const answer = callWithToken(world, path, query.access_token ?? '', body)
      return tell({ request, reply, answered }, answer, 'ok')
    })
  }
}

function isAuthorisedCall(path: string): path is keyof typeof authorisedCalls {
  return Object.hasOwn(authorisedCalls, path)
}

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly answered: Answered
}

/** Gives WeChat's answer, or breaks it off, and logs either. `done` is the label of an answer that is no refusal. */
function tell({ request, reply, answered }: Asked, body: object | BrokenAnswer, done: string): FastifyReply {
  if (isBroken(body)) {
    answered(breakOff(request, reply, body))
    return reply
  }
  const isRefusal = 'errcode' in body && body.errcode !== 0
  answered({ label: isRefusal ? `errcode ${String(body.errcode)}` : done, status: 200, body })
  return reply.send(body)
}
