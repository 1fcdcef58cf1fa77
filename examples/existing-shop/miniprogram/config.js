/** The shop's own server, and Tael's. A release names both by https, and mp.weixin.qq.com lists them. */
module.exports = {
  shop: 'http://127.0.0.1:8650',
  tael: 'http://127.0.0.1:8600',
}
