'use strict'
// The one outcome of a record: a prediction or a dead letter, as a message to be sent.

const { createHash } = require('node:crypto')
const { isUtf8 } = require('node:buffer')
const { readFileSync } = require('node:fs')
const { BadRecord, read } = require('./event')

const ROOM = 900_000 // bytes: below the topic's limit of about a million, with room for the rest

class Forest {
  constructor(path) {
    this.model = JSON.parse(readFileSync(path, 'utf8'))
    if (this.model.format !== 'churn-forest/1') throw new Error('expected format churn-forest/1')
  }

  score(event) {
    const row = this.row(event)
    const { trees } = this.model
    return trees.reduce((sum, tree) => sum + leaf(tree, row), 0) / trees.length
  }

  row(event) {
    const row = this.model.numeric.map(({ name, mean, scale }) =>
      Math.fround((event.get(name) - mean) / scale))
    for (const { name, categories } of this.model.categorical) {
      const value = event.get(name)
      if (!categories.includes(value)) {
        const text = `expected a category that the model knows, got another, at ${name}`
        throw new BadRecord('inference_error', text)
      }
      for (const known of categories) row.push(known === value ? 1 : 0)
    }
    return row
  }
}

function leaf(tree, row) {
  let node = 0
  while (tree.left[node] >= 0) {
    node = row[tree.feature[node]] <= tree.threshold[node] ? tree.left[node] : tree.right[node]
  }
  return tree.probability[node]
}

// `record`: topic, partition, offset, key, value (Buffers or null) and headers.
// `names`: output, deadletter, group.
function answer(record, names, forest) {
  try {
    const event = read(record.value)
    const probability = forest.score(event)
    const body = {
      customerID: event.get('customerID'),
      prediction: probability > 0.5 ? 1 : 0,
      churn_probability: probability,
      model_version: forest.model.model_version,
      event_ts: event.get('event_ts'),
      processed_ts: new Date().toISOString(),
    }
    const message = { key: event.get('customerID'), value: JSON.stringify(body) }
    return { topic: names.output, message }
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error
    return { topic: names.deadletter, message: deadLetter(record, error, names) }
  }
}

function deadLetter(record, error, names) {
  const headers = Object.entries(record.headers ?? {}).map(([name, value]) =>
    [name, value ?? Buffer.alloc(0)])
  const carried = headers.flat(2).reduce((sum, part) => sum + part.length, 0)
  const key = (record.key?.length ?? 0) + carried < ROOM ? record.key : null
  const room = ROOM - (key?.length ?? 0) - (carried < ROOM ? carried : 0)
  const keyPart = original('original_key', record.key, Math.floor(room / 4))
  const body = {
    error_type: error.kind,
    error_message: error.message,
    ...original('original_message', record.value, room - JSON.stringify(keyPart).length * 3),
    ...keyPart,
    source_topic: record.topic,
    source_partition: record.partition,
    source_offset: Number(record.offset),
    failed_ts: new Date().toISOString(),
    consumer_group: names.group,
  }
  const kept = carried < ROOM ? headers : []
  const ours = [['x-dlq-error-type', error.kind]]
  return { key, value: JSON.stringify(body), headers: Object.fromEntries([...kept, ...ours]) }
}

// The original as text or base64; a prefix with its full length and digest if too long.
function original(name, raw, room) {
  if (raw === null) return { [name]: null, [`${name}_encoding`]: null }
  const encoding = isUtf8(raw) ? 'utf-8' : 'base64'
  const whole = text(raw, encoding)
  const found = { [name]: whole, [`${name}_encoding`]: encoding }
  if (Buffer.byteLength(JSON.stringify(whole)) <= room) return found
  // JSON writes a control character with six.
  found[name] = text(cut(raw, Math.floor(Math.max(0, room) / 6), encoding), encoding)
  found[`${name}_truncated`] = true
  found[`${name}_length`] = raw.length
  found[`${name}_sha256`] = createHash('sha256').update(raw).digest('hex')
  return found
}

const text = (raw, encoding) => raw.toString(encoding === 'utf-8' ? 'utf8' : 'base64')

function cut(raw, length, encoding) {
  let end = length
  // A byte 10xxxxxx continues a character, which must not be split.
  while (encoding === 'utf-8' && end > 0 && (raw[end] & 0xc0) === 0x80) end--
  return raw.subarray(0, end)
}

module.exports = { Forest, answer }
