'use strict'
// JSON by the contract: what JSON.parse lets through (a key twice, above all) is an error here.

const DEEPEST = 500
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
const SPACE = /[ \t\n\r]*/y
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

class NotJson extends Error {}

class Reader {
  constructor(text) {
    this.text = text
    this.at = 0
  }

  document() {
    const value = this.value(0)
    if (this.at < this.text.length) throw new NotJson('more text')
    return value
  }

  value(depth) {
    if (depth > DEEPEST) throw new NotJson('deeper nesting')
    this.take(SPACE)
    const first = this.text[this.at]
    let value
    if (first === '{') value = this.object(depth)
    else if (first === '[') value = this.array(depth)
    else if (first === '"') value = this.string()
    else value = this.scalar()
    this.take(SPACE)
    return value
  }

  object(depth) {
    const found = new Map()
    this.at++
    this.take(SPACE)
    if (this.skip('}')) return found
    do {
      this.take(SPACE)
      const key = this.string()
      if (found.has(key)) throw new NotJson('a key twice')
      this.take(SPACE)
      this.expect(':')
      found.set(key, this.value(depth + 1))
    } while (this.skip(','))
    this.expect('}')
    return found
  }

  array(depth) {
    const found = []
    this.at++
    this.take(SPACE)
    if (this.skip(']')) return found
    do found.push(this.value(depth + 1))
    while (this.skip(','))
    this.expect(']')
    return found
  }

  string() {
    this.expect('"')
    let text = this.take(PLAIN)
    while (this.skip('\\')) {
      text += this.escape() + this.take(PLAIN)
    }
    this.expect('"')
    return text
  }

  escape() {
    const letter = this.text[this.at++]
    if (letter === 'u') {
      const digits = this.text.slice(this.at, this.at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new NotJson('a broken escape')
      this.at += 4
      return String.fromCharCode(parseInt(digits, 16))
    }
    if (!Object.hasOwn(ESCAPES, letter)) throw new NotJson('an unknown escape')
    return ESCAPES[letter]
  }

  scalar() {
    for (const [word, value] of [['true', true], ['false', false], ['null', null]]) {
      if (this.skip(word)) return value
    }
    const number = this.take(NUMBER)
    if (number === '') throw new NotJson('something else')
    return Number(number)
  }

  take(pattern) {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (!match) return ''
    this.at = pattern.lastIndex
    return match[0]
  }

  skip(word) {
    if (!this.text.startsWith(word, this.at)) return false
    this.at += word.length
    return true
  }

  expect(word) {
    if (!this.skip(word)) throw new NotJson('something else')
  }
}

module.exports = { NotJson, parse: (text) => new Reader(text).document() }
