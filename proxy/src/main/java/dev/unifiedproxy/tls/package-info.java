/**
 * Interception: the certificate authority, leaf certificates, the server name check.
 *
 * <p>May use: {@code host, error}.
 */
@NullMarked
package dev.unifiedproxy.tls;

import org.jspecify.annotations.NullMarked;
