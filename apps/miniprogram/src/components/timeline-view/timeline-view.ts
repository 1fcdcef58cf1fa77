/** What happened, newest first: a line of dots with a heading, a sentence and a time each. */
Component({
  properties: { entries: Array },
})
