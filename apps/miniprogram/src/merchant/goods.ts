import type { Currency, Goods } from '@tael/contracts'

/** The currency for which Adyen has set up WeChat Pay. */
export const currency: Currency = 'CNY'

/**
 * What the shop sells, in the order it is shown. The server sells it and names the prices; phones
 * get ids and pictures only. These prices are whole units, as the last two digits of an amount
 * choose the simulator's scenario.
 */
export const goods: readonly Goods[] = [
  {
    id: 'tea-longjing',
    name: { 'zh-CN': '西湖龙井绿茶 100 克', en: 'West Lake Longjing green tea, 100 g' },
    prices: { CNY: 12800, EUR: 1700, HKD: 13900, JPY: 2700, USD: 1800 },
    stock: 200,
    picture: '/pictures/tea-longjing.svg',
  },
  {
    id: 'tea-pu-erh',
    name: { 'zh-CN': '云南普洱熟茶饼 357\u00a0克', en: 'Yunnan ripe Pu-erh tea cake, 357\u00a0g' },
    prices: { CNY: 26800, EUR: 3500, HKD: 29000, JPY: 5600, USD: 3800 },
    stock: 120,
    picture: '/pictures/tea-pu-erh.svg',
  },
  {
    id: 'tea-jasmine',
    name: { 'zh-CN': '茉莉花茶 50 克', en: 'Jasmine tea, 50 g' },
    prices: { CNY: 3900, EUR: 600, HKD: 4300, JPY: 900, USD: 600 },
    stock: 300,
    picture: '/pictures/tea-jasmine.svg',
  },
  {
    id: 'cup-celadon',
    name: { 'zh-CN': '龙泉青瓷茶杯', en: 'Longquan celadon cup' },
    prices: { CNY: 8600, EUR: 1200, HKD: 9400, JPY: 1800, USD: 1200 },
    stock: 80,
    picture: '/pictures/cup-celadon.svg',
  },
  {
    id: 'pot-yixing',
    name: { 'zh-CN': '宜兴紫砂壶', en: 'Yixing clay teapot' },
    prices: { CNY: 49900, EUR: 6500, HKD: 54000, JPY: 10500, USD: 7000 },
    stock: 40,
    picture: '/pictures/pot-yixing.svg',
  },
  {
    id: 'tray-bamboo',
    name: { 'zh-CN': '竹制茶盘', en: 'Bamboo tea tray' },
    prices: { CNY: 15800, EUR: 2100, HKD: 17100, JPY: 3300, USD: 2200 },
    stock: 60,
    picture: '/pictures/tray-bamboo.svg',
  },
  {
    id: 'cake-osmanthus',
    name: { 'zh-CN': '桂花糕礼盒', en: 'Osmanthus cake gift box' },
    prices: { CNY: 6800, EUR: 900, HKD: 7400, JPY: 1500, USD: 1000 },
    stock: 150,
    picture: '/pictures/cake-osmanthus.svg',
  },
  {
    id: 'scarf-silk',
    name: { 'zh-CN': '苏州真丝围巾', en: 'Suzhou silk scarf' },
    prices: { CNY: 32800, EUR: 4300, HKD: 35500, JPY: 6900, USD: 4600 },
    stock: 50,
    picture: '/pictures/scarf-silk.svg',
  },
  {
    id: 'fan-paper',
    name: { 'zh-CN': '手绘折扇', en: 'Hand-painted folding fan' },
    prices: { CNY: 4500, EUR: 600, HKD: 4900, JPY: 1000, USD: 700 },
    stock: 90,
    picture: '/pictures/fan-paper.svg',
  },
  {
    id: 'seal-stone',
    name: { 'zh-CN': '青田石印章（最后一枚）', en: 'Qingtian stone seal (last piece)' },
    prices: { CNY: 19900, EUR: 2600, HKD: 21600, JPY: 4200, USD: 2800 },
    stock: 1,
    picture: '/pictures/seal-stone.svg',
  },
]
