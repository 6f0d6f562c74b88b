'use strict'
// From bytes to a valid event, by the message contract alone.

const { NotJson, parse } = require('./strict')

const YES_NO = ['Yes', 'No']
const IF_INTERNET = ['Yes', 'No', 'No internet service']
const CATEGORIES = {
  gender: ['Male', 'Female'],
  Partner: YES_NO,
  Dependents: YES_NO,
  PhoneService: YES_NO,
  MultipleLines: ['Yes', 'No', 'No phone service'],
  InternetService: ['DSL', 'Fiber optic', 'No'],
  OnlineSecurity: IF_INTERNET,
  OnlineBackup: IF_INTERNET,
  DeviceProtection: IF_INTERNET,
  TechSupport: IF_INTERNET,
  StreamingTV: IF_INTERNET,
  StreamingMovies: IF_INTERNET,
  Contract: ['Month-to-month', 'One year', 'Two year'],
  PaperlessBilling: YES_NO,
  PaymentMethod: [
    'Electronic check',
    'Mailed check',
    'Bank transfer (automatic)',
    'Credit card (automatic)',
  ],
}
const UTC_TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$/
const DECIMAL = /^[0-9]+(\.[0-9]+)?$/
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

class BadRecord extends Error {
  constructor(kind, text) {
    super(text)
    this.kind = kind
  }
}

const invalid = (expected, where) =>
  new BadRecord('validation_error', `expected ${expected}, got something else, at ${where}`)

function read(value) {
  const event = decode(value)
  if (!(event instanceof Map)) throw invalid('an object', 'the value')
  checkId(event.get('customerID'))
  checkTime(event.get('event_ts'))
  for (const [name, allowed] of Object.entries(CATEGORIES)) {
    if (!allowed.includes(event.get(name))) throw invalid('one of its categories', name)
  }
  checkNumber(event, 'SeniorCitizen', 1, Number.isInteger)
  checkNumber(event, 'tenure', 100, Number.isInteger)
  checkNumber(event, 'MonthlyCharges', 200)
  if (typeof event.get('TotalCharges') === 'string') {
    event.set('TotalCharges', numberIn(event.get('TotalCharges')))
  }
  checkNumber(event, 'TotalCharges', 1_000_000)
  return event
}

function decode(value) {
  if (value === null) throw new BadRecord('deserialization_error', 'expected JSON, got no value')
  let text
  try {
    text = UTF8.decode(value)
  } catch {
    throw new BadRecord('deserialization_error', 'expected UTF-8, got other bytes')
  }
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    throw new BadRecord('deserialization_error', `expected JSON, got ${error.message}`)
  }
}

function checkId(id) {
  const right = typeof id === 'string' && id !== '' && [...id].length <= 64
  if (!right || /[\p{Cc}\p{Cs}]/u.test(id)) {
    throw invalid('1 to 64 characters, none of them a control', 'customerID')
  }
}

function checkTime(time) {
  const right = typeof time === 'string' && UTC_TIME.test(time)
  const date = new Date(right ? `${time.slice(0, 19)}Z` : NaN)
  // A date that does not exist becomes another one, or none.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== time.slice(0, 19)) {
    throw invalid('a time in UTC by RFC 3339', 'event_ts')
  }
}

function checkNumber(event, name, most, fits = () => true) {
  const value = event.get(name)
  if (typeof value !== 'number' || !(value >= 0 && value <= most) || !fits(value)) {
    throw invalid(`a number from 0 to ${most}`, name)
  }
}

function numberIn(text) {
  if (/^ *$/.test(text)) return 0
  if (!DECIMAL.test(text)) throw invalid('a number, or the same as text', 'TotalCharges')
  return Number(text)
}

module.exports = { BadRecord, read }
