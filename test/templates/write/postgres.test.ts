import test from 'ava'
import { ALL, conninfo, hbaRule, postgresConf, postgresString, REPLICATION } from '../../../templates/write/postgres.ts'

test('settings', t => {
  t.is(
    postgresConf({ wal_level: 'replica', max_wal_senders: 10, hot_standby: true, x: undefined, 'a.b': "it's \\" }),
    "wal_level = 'replica'\nmax_wal_senders = 10\nhot_standby = on\na.b = 'it''s \\\\'\n",
  )
  t.throws(() => postgresConf({ 'a = 1\nb': 1 }))
  t.throws(() => postgresConf({ a: 'x\ny' }))
})

test('a connection string, and the same as a setting', t => {
  const text = conninfo({ host: '198.51.100.7', port: 5432, application_name: "a b'c\\", passfile: undefined })
  t.is(text, "host=198.51.100.7 port=5432 application_name='a b\\'c\\\\'")
  t.is(postgresString(text), "'host=198.51.100.7 port=5432 application_name=''a b\\\\''c\\\\\\\\'''")
  t.throws(() => conninfo({ 'host=x user': 'y' }))
  t.is(conninfo({ user: '' }), "user=''")
})

test('who may connect', t => {
  const rule = {
    type: 'hostssl',
    database: REPLICATION,
    user: 'replicator',
    address: '198.51.100.7/32',
    method: 'scram-sha-256',
  } as const
  t.is(hbaRule(rule), 'hostssl replication "replicator" 198.51.100.7/32 scram-sha-256')
  t.is(hbaRule({ type: 'local', database: 'all', user: ALL, method: 'peer' }), 'local "all" all peer')
  t.throws(() => hbaRule({ ...rule, address: '0.0.0.0/0 trust #' }), { message: /no address/ })
  t.throws(() => hbaRule({ ...rule, user: 'a\nb' }))
  t.throws(() => hbaRule({ type: 'host', database: ALL, user: ALL, method: 'peer' }), { message: /needs an address/ })
})
