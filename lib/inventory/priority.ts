import type { Draft } from './draft.ts'

const NAME = 'ansible_group_priority'

/**
 * Takes `ansible_group_priority` out of the groups' vars. As in Ansible it counts only in the inventory itself, so this comes
 * before group_vars/ is read, and `refuseLatePriorities` after.
 * Source: https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#how-variables-are-merged
 */
export const takePriorities = (draft: Draft): void => {
  for (const group of draft.groups.values())
    for (const setting of group.settings.filter(({ name }) => name === NAME)) {
      group.settings.splice(group.settings.indexOf(setting), 1)
      const { value } = setting
      const text = value.kind === 'scalar' ? String(value.value) : ''
      if (/^-?\d{1,9}$/.test(text)) group.priority = Number(text)
      else draft.problems.push({ message: `${NAME} must be a whole number`, at: value.at })
    }
}

export const refuseLatePriorities = (draft: Draft): void => {
  for (const { settings } of draft.groups.values())
    for (const { name, at } of settings)
      if (name === NAME)
        draft.problems.push({
          message: `${NAME} means nothing in group_vars/`,
          at,
          hint: 'Set it in the inventory itself, below vars: of the group.',
        })
}
