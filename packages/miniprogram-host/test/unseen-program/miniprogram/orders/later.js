exports.later = 'later'
