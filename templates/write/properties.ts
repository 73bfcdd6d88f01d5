import { stringify } from 'dot-properties'

/**
 * A Java .properties file with these keys, in their order; `undefined` leaves one out. In ASCII with `\uXXXX`, so that it
 * is read rightly as ISO 8859-1 and as UTF-8. https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader-
 */
export const properties = (values: Readonly<Record<string, string | number | boolean | undefined>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => stringify([[key, String(value)]], { lineWidth: null, keySep: '=' }))
    .map(line => line.replace(/[\x80-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .map(line => `${line}\n`)
    .join('')
