/**
 * HTTP messages as values: heads, targets, headers, path normalisation, and the contract between an
 * edge and the path. Pure.
 *
 * <p>May use: {@code host, error}.
 */
@NullMarked
package dev.unifiedproxy.http;

import org.jspecify.annotations.NullMarked;
