package dev.unifiedproxy.metrics;

import java.util.function.IntSupplier;

/**
 * What is read from other parts of the process at each scrape.
 *
 * @param registeredContainers live registrations
 * @param openConnections connections of callers
 * @param auditBacklog audit records that wait to be written
 * @param build what runs here
 */
public record ProcessFacts(
        IntSupplier registeredContainers,
        IntSupplier openConnections,
        IntSupplier auditBacklog,
        Build build) {
    /**
     * What runs here.
     *
     * @param version the version of the program
     * @param tls the TLS implementation, such as {@code boringssl}
     * @param transport the network transport, such as {@code epoll}
     */
    public record Build(String version, String tls, String transport) {}
}
