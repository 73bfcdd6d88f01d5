// Public halves of keys that were made for these tests; nobody has the other halves.

export const key1 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIISXTiqI/rzDP6hZH57BDymOXwPYv02Kcx6RaKH8U5bF'
export const key2 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAFErXaXI3sqxhbKHddBC1PBGM2bXyA1o59v5VXiMQbH'
export const ecdsaKey =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFhA7x/KBHFdoknR1oKAd9lE6IpQwlwrVPVRtEFBMlrbq2/3IZgJ8Asybx4Ihc0DI4/+BmETpzx+9Pr2/wWwqU8='
