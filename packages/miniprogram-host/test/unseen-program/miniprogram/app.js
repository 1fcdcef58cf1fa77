import { greet } from 'greeting'

App({
  globalData: { greeting: greet('app') },
})
