/** The whole proxy, as production wires it, between clients and a server of this machine. */
@NullMarked
package dev.unifiedproxy.scenario;

import org.jspecify.annotations.NullMarked;
