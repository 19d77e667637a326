/** The attack gallery: one test for each known bypass of proxies like this one. */
@NullMarked
package dev.unifiedproxy.attack;

import org.jspecify.annotations.NullMarked;
