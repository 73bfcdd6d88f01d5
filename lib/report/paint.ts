import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

/** Colours if wanted; what the environment or this process's own terminal say is for the caller to decide. */
export const painter = (color: boolean): Paint =>
  color ? (style, text) => (text ? styleText(style, text, { validateStream: false }) : text) : (_style, text) => text
