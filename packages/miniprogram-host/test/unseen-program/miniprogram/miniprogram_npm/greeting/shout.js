const { greet } = require('./index')

exports.shout = (name) => greet(name).toUpperCase()
