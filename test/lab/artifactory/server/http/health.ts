/** STARTING: up, and not of use yet. STOPPING: finishing what is in flight. */
export type Phase = 'STARTING' | 'RUNNING' | 'STOPPING'

/**
 * What GET /router/api/v1/system/health tells of the services behind the router. HTTP is 200 only when all are well.
 *
 * https://jfrog.com/help/r/jfrog-rest-apis/ (System Health), roles/artifactory/tasks/install.yml of JFrog's collection
 */
export function routerHealth(nodeId: string, instanceId: string, healthy: boolean): object {
  const state = healthy ? 'HEALTHY' : 'UNHEALTHY'
  const message = healthy ? 'OK' : 'the stand-in is not ready'
  const service = (type: string): object => ({
    service_id: `${type}@${instanceId}`,
    node_id: nodeId,
    state,
    message,
  })
  return { router: { node_id: nodeId, state: 'HEALTHY', message: 'OK' }, services: ['jfrt', 'jfac'].map(service) }
}
