package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.Authority;

/**
 * What two requests must have in common to use one connection.
 *
 * @param authority the verified destination
 * @param secure whether over TLS
 * @param credentialId which credential travels on it
 * @param webSocket whether it becomes a WebSocket, which no other exchange can share
 */
record PoolKey(Authority authority, boolean secure, String credentialId, boolean webSocket) {}
