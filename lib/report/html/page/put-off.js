// The first picture does not wait for what nobody can see yet.

/** Work that is done after the next picture, unless a newer drawing has begun by then. */
const putOff = () => {
  let drawing = 0
  return {
    begin: () => {
      drawing++
    },
    /** @template T @param {readonly T[]} list @param {(one: T) => void} work */
    later: (list, work) => {
      if (list.length === 0) return
      const mine = drawing
      setTimeout(() => {
        if (mine === drawing) for (const one of list) work(one)
      })
    },
  }
}
