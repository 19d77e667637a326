# Shared settings. Source it: every path and port in the kit comes from here.
export KIT=${KIT:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)}
export WORK=${WORK:-${TMPDIR:-/tmp}/bench-work}            # everything built or generated; nothing generated lands in $KIT
export RESULTS=${RESULTS:-$WORK/results}
export UP_IP=127.0.0.77                          # the upstream that stands for api.example.test
export HOST=api.openai.com                           # a host of the built-in provider map, so that the product injects without further settings
export PORT=${PORT:-18080}                       # where the proxy under test listens (127.0.0.1)
export UPSTREAM_CA=$WORK/pki/ca.crt              # CA of the upstream: the proxy must trust it
export PROXY_CA=$WORK/pki/mitm-ca.crt            # CA the proxy signs with, for peers that can be given one
export PROXY_CA_KEY=$WORK/pki/mitm-ca.key
export REAL_KEY="Bearer sk-real-0123456789abcdef0123456789abcdef"
export PLACEHOLDER="Bearer placeholder-000000"
export NODE22=$WORK/node22/node_modules/.bin/node
export NODE_MODULES=$WORK/npm/node_modules
export NHOSTS=40
