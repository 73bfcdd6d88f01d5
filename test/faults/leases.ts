import { type Lease, parseLease } from '../../lib/lease/lease.ts'
import type { LabHost } from '../lab/lab.ts'

const script = `
top=$(ls /var/lib/baton/lease 2>/dev/null | sed -n 's/^lease[.]//p' | sort -n | tail -n 1)
date +%s
[ -z "$top" ] || cat "/var/lib/baton/lease/lease.$top"`

export interface Standing {
  readonly lease: Lease | undefined
  /** Seconds for which it still counts; 0: it does not. */
  readonly left: number
}

/** The lease that root has on a host. */
export const leaseOn = async (host: LabHost): Promise<Standing> => {
  const [now = '', ...rest] = (await host.run(['sh', '-c', script])).split('\n')
  const lease = parseLease(rest.join('\n'))
  return { lease, left: lease?.state === 'held' ? Math.max(0, lease.expires - Number(now)) : 0 }
}
