import { networkInterfaces } from 'node:os'
import test from 'ava'
import { sh } from '../../lib/command.ts'
import { type Addresses, addresses } from '../../lib/facts/addresses.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const answerOf = (text: string): Addresses => addresses.kind.parse(output(text), [null])[0]!

// Captured with iproute2 6.1; the tunnel and the bridge's port made up after ip-address(8).
const iproute = `ip
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever
4: eth0    inet6 fe80::fc:ff:fe00:1/64 scope link \\       valid_lft forever preferred_lft forever
5: tun0    inet 10.8.0.6 peer 10.8.0.5/32 scope global tun0\\       valid_lft forever preferred_lft forever
7: veth1@if6    inet 198.51.100.7/32 scope global veth1\\       valid_lft forever preferred_lft forever
default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.2 metric 100
default dev ppp0 scope link
default via fd00::1 dev eth0 metric 1024 pref medium
`

test('what ip prints', t => {
  const { addresses: all, gateways } = answerOf(iproute)
  t.deepEqual(
    all.map(one => [one.interface, one.address, one.prefix, one.scope]),
    [
      ['lo', '127.0.0.1', 8, 'host'],
      ['lo', '::1', 128, 'host'],
      ['eth0', '192.0.2.2', 24, 'global'],
      ['eth0', 'fe80::fc:ff:fe00:1', 64, 'link'],
      ['tun0', '10.8.0.6', 32, 'global'],
      ['veth1', '198.51.100.7', 32, 'global'],
    ],
  )
  t.deepEqual(
    all.map(({ family }) => family),
    ['ipv4', 'ipv6', 'ipv4', 'ipv6', 'ipv4', 'ipv4'],
  )
  t.deepEqual(gateways, [
    { address: '192.0.2.1', interface: 'eth0' },
    { interface: 'ppp0' },
    { address: 'fd00::1', interface: 'eth0' },
  ])
})

// Captured on Linux 6.18, shortened; the address without a network is as a failover address is set.
const proc = `proc
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
           |-- 127.0.0.1
              /32 host LOCAL
           |-- 192.0.2.0
              /24 link UNICAST
           |-- 192.0.2.2
              /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
Local:
           |-- 192.0.2.2
              /32 host LOCAL
           |-- 198.51.100.250
              /32 host LOCAL
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
`

test("the kernel's own tables, where there is no ip", t => {
  t.deepEqual(answerOf(proc), {
    addresses: [
      { address: '127.0.0.1', family: 'ipv4', prefix: 8, interface: 'lo', scope: 'host' },
      { address: '192.0.2.2', family: 'ipv4', prefix: 24, interface: 'eth0', scope: 'global' },
      { address: '198.51.100.250', family: 'ipv4', scope: 'global' },
      { address: 'fe80::fc:ff:fe00:1', family: 'ipv6', prefix: 64, interface: 'eth0', scope: 'link' },
      { address: '::1', family: 'ipv6', prefix: 128, interface: 'lo', scope: 'host' },
    ],
    gateways: [{ address: '192.0.2.1', interface: 'eth0' }],
  })
})

test('what is no address is refused', t => {
  t.throws(() => answerOf('ip\n1: lo    inet $(id)/8 scope host lo\n'), { message: /is no address/ })
  t.throws(() => answerOf('something else\n'), { message: /^cannot tell the addresses/ })
})

const mine = Object.values(networkInterfaces())
  .flatMap(list => list ?? [])
  .map(({ address }) => address.replace(/%.*$/, ''))
  .sort()

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => {
    const { addresses: all } = await localFacts([shell]).get(addresses)
    const found = all.map(({ address }) => address)
    for (const address of mine) t.true(found.includes(address), address)
  })

test("this machine, from the kernel's own tables", async t => {
  const script = sh`echo proc; cat /proc/net/route /proc/net/fib_trie; cat /proc/net/if_inet6 2>/dev/null || :`
  const [answer] = addresses.kind.parse(await localRun({ script }, ['sh']), [null])
  const found = answer!.addresses.map(({ address }) => address)
  for (const address of mine) t.true(found.includes(address), address)
})
