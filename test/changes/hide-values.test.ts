import test from 'ava'
import { hideValues } from '../../lib/changes/hide-values.ts'

for (const [line, shown] of [
  ['-db.password=tops3cret', '-db.password=[secret]'],
  ['+  password: "a b"', '+  password: [secret]'],
  ['-requirepass tops3cret', '-requirepass [secret]'],
  ['-machine x login y password z', '-machine [secret]'],
  ["+primary_conninfo = 'host=a password=b'", '+primary_conninfo = [secret]'],
  ['-host:5432:db:user:tops3cret', '-[secret]'],
  ['-root:$y$j9T$abc:19000:0:99999:7:::', '-[secret]'],
  ['-user:{SSHA}abcdef', '-[secret]'],
  ['+url=jdbc:postgresql://h/db', '+url=jdbc:postgresql://h/db'],
  ['+host all all ::1/128 scram-sha-256', '+host all all ::1/128 scram-sha-256'],
  ['@@ -1,1 +1,1 @@', '@@ -1,1 +1,1 @@'],
  ['\\ No newline at end of file', '\\ No newline at end of file'],
] as const)
  test(line, t => t.is(hideValues(line), shown))
