/**
 * The order of the path, in one file.
 *
 * <p>May use: everything but {@code tls, listener, registry, control, config, app, cli}.
 */
@NullMarked
package dev.unifiedproxy.pipeline;

import org.jspecify.annotations.NullMarked;
