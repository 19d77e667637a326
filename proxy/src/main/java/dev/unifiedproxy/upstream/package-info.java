/**
 * The way out: guarded resolution, connection pools, verified TLS, one exchange with a server.
 *
 * <p>May use: {@code credential, http, host, error, transport}.
 */
@NullMarked
package dev.unifiedproxy.upstream;

import org.jspecify.annotations.NullMarked;
