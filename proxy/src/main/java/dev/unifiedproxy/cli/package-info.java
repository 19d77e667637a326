/**
 * Commands, exit codes, {@code main}.
 *
 * <p>May use: {@code app, config, control, tls, host}.
 */
@NullMarked
package dev.unifiedproxy.cli;

import org.jspecify.annotations.NullMarked;
