/**
 * Strict reading of JSON into values, for rules that judge what a body says. Pure, but for
 * Jackson's parser.
 *
 * <p>May use: nothing.
 */
@NullMarked
package dev.unifiedproxy.json;

import org.jspecify.annotations.NullMarked;
