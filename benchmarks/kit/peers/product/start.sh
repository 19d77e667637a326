# unified-proxy as a user runs it (build it first: ./unified-proxy --version). It brings a CA of its own.
mkdir -p "$STATE"/{run,state,certs,config}
{ echo "$HOST"; cat "$WORK/hosts.txt"; } > "$STATE/config/allowlist.conf"
{ echo "$UP_IP $HOST"; sed "s/^/$UP_IP /" "$WORK/hosts.txt"; } > "$STATE/hosts"
sqlite3 "$STATE/state/registry.db" "CREATE TABLE containers(container_id TEXT PRIMARY KEY, ip_address TEXT NOT NULL UNIQUE, registered_at REAL NOT NULL, last_seen REAL NOT NULL, ttl_seconds INTEGER NOT NULL DEFAULT 86400, metadata TEXT);
  INSERT INTO containers VALUES('bench', '127.0.0.1', strftime('%s'), strftime('%s'), 0, NULL);"
export PROXY_RUN_DIR="$STATE/run" PROXY_STATE_DIR="$STATE/state" PROXY_CERTS_DIR="$STATE/certs" PROXY_CONFIG_DIR="$STATE/config"
export PROXY_BIND=127.0.0.1 PROXY_PORT=$PORT METRICS_BIND=127.0.0.1 METRICS_PORT=0 PROXY_ENABLE_DNS=false
export PROXY_HOSTS_FILE="$STATE/hosts" PROXY_UPSTREAM_CA_FILE="$UPSTREAM_CA" OPENAI_API_KEY="${REAL_KEY#Bearer }"
unset PROXY_CA PROXY_CA_KEY
export PROXY_EVENT_LOOPS=$NTHREADS
# As a user runs it: the launcher's flags and start-up cache. $PRODUCT_JAVA_OPTS adds to them.
export UNIFIED_PROXY_JAVA_OPTS="${PRODUCT_JAVA_OPTS:-}"
exec $PIN "$KIT/../../unified-proxy" serve > "${PRODUCT_LOG:-$STATE/log}"
