/**
 * Files and environment to settings records; all problems at once.
 *
 * <p>May use: each feature's settings record.
 */
@NullMarked
package dev.unifiedproxy.config;

import org.jspecify.annotations.NullMarked;
