// Checked by tsc, never run: what must not compile does not.

import { defineInventory } from '#lib/inventory/define-inventory'
import { Secret } from '#lib/secret'

export const sound = defineInventory({
  all: { vars: { ntp: ['a', 'b'], token: new Secret('x'), left: undefined } },
  web: { hosts: { 'web[1:3]': { port: 80 }, web9: null }, children: { db: null } },
})

export const later = defineInventory(async () => ({ web: { hosts: Object.fromEntries([['a', { x: 1 }]]) } }))

// @ts-expect-error a group has no key host
defineInventory({ web: { host: { a: null } } })

// @ts-expect-error hosts are a mapping
defineInventory({ web: { hosts: ['a'] } })

// @ts-expect-error a function is no value
defineInventory({ web: { vars: { f: () => 1 } } })
