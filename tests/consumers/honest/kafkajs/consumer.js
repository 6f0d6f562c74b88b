'use strict'
// KafkaJS, at-least-once, in batches: send a chunk, commit it, and only then tell the group that
// we live. A rebalance shows in that last step, so nothing is in flight when partitions move.

const { readFileSync } = require('node:fs')
const { Kafka, Partitioners, logLevel } = require('kafkajs')
const { Forest, answer } = require('./answer')

const CHUNK = 100 // records; at most this much is done twice when the process is killed
const PATIENT = { retries: 1_000_000, initialRetryTime: 100, maxRetryTime: 1_000 }
const REQUEST = 1_000_000 // bytes; below the usual limit of a topic
const COMMIT_TRIES = 50
const REJOINING = [
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]
const env = process.env
const names = {
  output: env.OUTPUT_TOPIC,
  deadletter: env.DEADLETTER_TOPIC,
  group: env.GROUP_ID,
}
const log = (line) => console.error(line)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// The librdkafka properties of the file, by KafkaJS's names.
function credentials(path) {
  if (!path) return {}
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => /^[^#]+=/.test(line))
  const given = Object.fromEntries(lines.map((line) => {
    const at = line.indexOf('=')
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
  }))
  const protocol = (given['security.protocol'] ?? 'plaintext').toLowerCase()
  const ca = given['ssl.ca.location']
  const found = {}
  if (protocol.endsWith('ssl')) found.ssl = ca ? { ca: [readFileSync(ca)] } : true
  if (protocol.startsWith('sasl')) {
    found.sasl = {
      mechanism: (given['sasl.mechanism'] ?? given['sasl.mechanisms']).toLowerCase(),
      username: given['sasl.username'],
      password: given['sasl.password'],
    }
  }
  return found
}

// Neighbours that fit into one request: its batches count against the topic's size limit whole.
function together(answers) {
  const groups = [[]]
  let bytes = 0
  for (const one of answers) {
    const { key, value, headers } = one.message
    const size = 200 + (key?.length ?? 0) + Buffer.byteLength(value) +
      Object.entries(headers ?? {}).flat(2).reduce((sum, part) => sum + part.length + 10, 0)
    if (bytes + size > REQUEST && groups.at(-1).length) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1).push(one)
    bytes += size
  }
  return groups
}

class Service {
  constructor() {
    const kafka = new Kafka({
      clientId: `kafkajs-${env.INSTANCE ?? 0}`,
      brokers: env.KAFKA_BOOTSTRAP_SERVERS.split(','),
      logLevel: logLevel.NOTHING,
      retry: PATIENT,
      ...credentials(env.CLIENT_CONFIG),
    })
    this.forest = new Forest(process.argv[2])
    this.stopping = false
    this.joined = false // false from the first sign of a rebalance until we are known as a member
    this.producer = kafka.producer({
      idempotent: true, // a retry of what was already written is not written again
      maxInFlightRequests: 1,
      retry: PATIENT,
      createPartitioner: Partitioners.DefaultPartitioner,
    })
    this.consumer = kafka.consumer({
      groupId: names.group,
      sessionTimeout: 6_000,
      heartbeatInterval: 500,
      maxWaitTimeInMs: 200,
      metadataMaxAge: 5_000,
      readUncommitted: false,
      retry: { ...PATIENT, restartOnFailure: async () => true },
    })
    this.consumer.on(this.consumer.events.GROUP_JOIN, () => { this.joined = true })
    // A client that could not join anew, for a broker was away, goes on in the old generation where
    // that still holds, and tells of no join: only a heartbeat that is answered says so.
    this.consumer.on(this.consumer.events.HEARTBEAT, () => { this.joined = true })
    this.consumer.on(this.consumer.events.REBALANCING, () => { this.joined = false })
    this.consumer.on(this.consumer.events.CRASH, ({ payload }) => log(`crash: ${payload.error.name}`))
  }

  async run() {
    await this.producer.connect()
    await this.consumer.connect()
    await this.consumer.subscribe({ topic: env.INPUT_TOPIC, fromBeginning: true })
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.takeBatch(payload),
    })
  }

  async takeBatch({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }) {
    const { topic, partition, messages } = batch
    for (let at = 0; at < messages.length; at += CHUNK) {
      if (!this.joined || !isRunning() || isStale() || this.stopping) return
      const chunk = messages.slice(at, at + CHUNK)
      const last = chunk[chunk.length - 1].offset
      if (!await this.deliver(chunk.map((one) => this.answerTo(one, topic, partition)))) return
      try {
        const offset = (BigInt(last) + 1n).toString()
        const offsets = { topics: [{ topic, partitions: [{ partition, offset }] }] }
        await this.commit(() => commitOffsetsIfNecessary(offsets))
        resolveOffset(last)
        await heartbeat()
      } catch (error) {
        // Then the other batches of the same fetch are not ours any more, either.
        if (REJOINING.includes(error.type)) this.joined = false
        throw error
      }
    }
  }

  // What was sent must be committed, or it is sent again: only a lost membership ends the tries.
  async commit(call) {
    for (let tries = 1; ; tries++) {
      try {
        return await call()
      } catch (error) {
        if (REJOINING.includes(error.type) || tries === COMMIT_TRIES) throw error
        log(`commit: ${error.name}, once more`)
        await pause(200)
      }
    }
  }

  answerTo({ offset, key, value, headers }, topic, partition) {
    return answer({ topic, partition, offset, key, value, headers }, names, this.forest)
  }

  // All of them, in order; false when a stop cannot wait for that.
  async deliver(answers) {
    for (const some of together(answers)) if (!await this.send(some)) return false
    return true
  }

  // Again and again until the broker has them; false when a stop cannot wait for that.
  async send(answers) {
    const topicMessages = [names.output, names.deadletter]
      .map((topic) => ({
        topic,
        messages: answers.filter((one) => one.topic === topic).map((one) => one.message),
      }))
      .filter(({ messages }) => messages.length)
    for (;;) {
      try {
        await this.producer.sendBatch({ topicMessages, acks: -1 })
        return true
      } catch (error) {
        log(`send: ${error.type ?? error.name}`)
        if (this.stopping) return false
        await pause(500)
      }
    }
  }

  async stop() {
    if (this.stopping) return
    this.stopping = true
    setTimeout(() => process.exit(1), 20_000).unref() // a broker that is away cannot be waited for
    await this.consumer.disconnect()
    await this.producer.disconnect()
    process.exit(0)
  }
}

const service = new Service()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGBREAK']) process.on(signal, () => service.stop())
service.run().catch((error) => {
  log(`cannot go on: ${error.name}: ${error.message}`)
  process.exit(1)
})
