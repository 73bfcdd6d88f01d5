/** The synchronisation job as a service. It takes as long as it takes, and stands back behind everything else. */
export const syncService = ({
  script,
  databaseUnit,
}: {
  readonly script: string
  readonly databaseUnit: string
}): string => `[Unit]
Description=Synchronisation of the Artifactory standby
Documentation=man:rsync(1)
Wants=network-online.target
After=network-online.target ${databaseUnit}

[Service]
Type=oneshot
ExecStart=${script}
TimeoutStartSec=infinity
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
PrivateTmp=yes
`

/** When the job runs: so long after the last run has ended, never beside it. systemd.timer(5), systemd.time(7). */
export const syncTimer = ({
  interval,
  randomizedDelay,
}: {
  readonly interval: string
  readonly randomizedDelay: string
}): string => `[Unit]
Description=Synchronise the Artifactory standby every ${interval}

[Timer]
OnBootSec=${interval}
OnUnitInactiveSec=${interval}
RandomizedDelaySec=${randomizedDelay}

[Install]
WantedBy=timers.target
`

/** Source: logrotate(8). The job opens its log for each line, so that nobody has to be told. */
export const syncLogrotate = (logFile: string): string => `${logFile} {
    weekly
    rotate 12
    missingok
    notifempty
    compress
    delaycompress
    create 0640 root adm
}
`
