/**
 * The rules of GitHub's REST and GraphQL APIs: what a sandbox may do there, judged by what a call
 * means. Pure, but for graphql-java's parser.
 *
 * <p>May use: policy, json, identity, http, host, container, error.
 */
@NullMarked
package dev.unifiedproxy.github;

import org.jspecify.annotations.NullMarked;
