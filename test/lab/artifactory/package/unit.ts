import { paths } from '../layout.ts'

/**
 * The unit of the stand-in. Like the real one it forks through the start script, which changes to the user itself, and it
 * restarts a server that died: `systemctl stop` is the only stop that lasts.
 */
export const unit = `# The Artifactory STAND-IN of Baton's lab. This is not JFrog Artifactory.
[Unit]
Description=Artifactory service (stand-in)
After=network.target remote-fs.target postgresql.service

[Service]
Type=forking
PIDFile=${paths.pidFile}
Environment=JFROG_HOME=${paths.jfrogHome}
EnvironmentFile=-${paths.environment}
ExecStart=${paths.control} start
ExecStop=${paths.control} stop
Restart=always
RestartSec=5
TimeoutStartSec=180
TimeoutStopSec=120
KillMode=mixed
LimitNOFILE=32000

[Install]
WantedBy=multi-user.target
`
