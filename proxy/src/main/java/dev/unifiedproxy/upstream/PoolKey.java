package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.Authority;

/**
 * What two requests must have in common to use one connection.
 *
 * <p>Nothing more is needed for TLS: who verified the server is the same for all (one set of roots
 * for the process), as whom it was verified is the authority, and which client certificate is shown
 * follows from the authority's host. TLS sessions are kept by authority too, and apart for each
 * client certificate, since each has an TLS context of its own. Whether a connection goes through
 * the operator's proxy also follows from the authority.
 *
 * @param authority the verified destination
 * @param secure whether over TLS
 * @param credentialId which credential travels on it
 * @param webSocket whether it becomes a WebSocket, which no other exchange can share
 */
record PoolKey(Authority authority, boolean secure, String credentialId, boolean webSocket) {}
