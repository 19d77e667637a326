package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.Authority;

/**
 * What two requests must have in common to use one connection.
 *
 * <p>Nothing more is needed for TLS: who verified the server is the same for all (one set of roots
 * for the process), as whom it was verified is the authority, and nobody shows a client
 * certificate. Should a credential ever be one, its id tells connections apart here, and TLS
 * sessions have to be told apart with them: those are kept by authority alone. Whether a connection
 * goes through the operator's proxy follows from the authority too.
 *
 * @param authority the verified destination
 * @param secure whether over TLS
 * @param credentialId which credential travels on it
 * @param webSocket whether it becomes a WebSocket, which no other exchange can share
 */
record PoolKey(Authority authority, boolean secure, String credentialId, boolean webSocket) {}
