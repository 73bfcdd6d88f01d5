console.error('Artifactory stand-in: not built yet')
process.exit(1)
