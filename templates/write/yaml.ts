import { stringify } from 'yaml'

export type Yaml = string | number | boolean | null | undefined | readonly Yaml[] | { readonly [key: string]: Yaml }

/**
 * A YAML document. Strings that another reader could take for something else (`yes`, `0777`, `1:30` in YAML 1.1) are quoted.
 * Long ones are not folded, and none is a block: yaml 2.9 loses the blank of " \n" in one. `undefined` leaves a key out.
 */
export const yaml = (value: Yaml): string =>
  stringify(value, { version: '1.1', lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false })
