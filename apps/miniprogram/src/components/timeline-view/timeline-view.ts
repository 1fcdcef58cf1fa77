/** Events, newest first: a line of dots, each with a heading, a text and a time. */
Component({
  properties: { entries: Array },
})
