import type { Facts } from '../../dsl/facts.ts'
import { content } from '../../facts/content.ts'

/**
 * The version of an installed Artifactory 7; `undefined`: none is installed there.
 * Source: `artifactory.product.version=7.104.5` in app/artifactory.product.version.properties, which JFrog's collection reads:
 * https://github.com/jfrog/JFrog-Cloud-Installers (roles/artifactory/tasks/upgrade.yml)
 */
export const artifactoryVersion = async (facts: Facts, home: string): Promise<string | undefined> => {
  const { bytes } = await facts.get(content(`${home}/app/artifactory.product.version.properties`))
  return /^artifactory\.product\.version\s*[=:]\s*(\d+(?:\.\d+){1,3}[\w.-]*)\s*$/m.exec(bytes?.toString() ?? '')?.[1]
}
