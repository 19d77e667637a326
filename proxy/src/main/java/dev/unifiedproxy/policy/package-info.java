/**
 * What may pass: allowlists compiled to one immutable snapshot, and the decision. Pure.
 *
 * <p>May use: {@code identity, http, host, container, error}.
 */
@NullMarked
package dev.unifiedproxy.policy;

import org.jspecify.annotations.NullMarked;
