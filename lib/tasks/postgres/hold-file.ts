import { type ClusterName, configurationOf } from './cluster-params.ts'

/** Where the recovery target of a held standby is written, at each cycle by the synchronisation job. */
export const holdFile = (name: ClusterName): string => `${configurationOf(name)}/conf.d/60-baton-hold.conf`
