package dev.unifiedproxy.listener;

import dev.unifiedproxy.tls.LeafCertificates;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.ExchangePath;

import java.util.function.Supplier;

/**
 * What every connection from a sandbox is given.
 *
 * @param path the one path
 * @param connections all connections
 * @param certificates for intercepted tunnels
 * @param deadlines time
 * @param limits time limits
 * @param requestIds makes a new id for each exchange
 */
public record EdgeServices(
        ExchangePath path,
        ConnectionTable connections,
        LeafCertificates certificates,
        Deadlines deadlines,
        EdgeLimits limits,
        Supplier<String> requestIds) {}
