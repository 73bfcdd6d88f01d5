// So that `tsx run playbooks/site.ts -i here` works in this repository as it does in Baton's own.
import 'baton/run'
