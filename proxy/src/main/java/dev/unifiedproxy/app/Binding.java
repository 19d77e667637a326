package dev.unifiedproxy.app;

import dev.unifiedproxy.config.Settings;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;

/** Opens listeners, and says which settings to look at when that does not work. */
final class Binding {
    private Binding() {}

    /**
     * Opens one.
     *
     * @param names the settings that the endpoint comes from
     * @throws IOException when it cannot listen there
     */
    static <T> T of(
            String names, Settings.Endpoint endpoint, Function<InetSocketAddress, T> listener)
            throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(endpoint.address().toInetAddress(), endpoint.port());
        try {
            return listener.apply(address);
        } catch (Exception e) {
            // Netty throws what went wrong as it is, checked or not.
            throw new IOException(
                    names
                            + ": "
                            + endpoint
                            + " cannot be listened on: "
                            + e.getMessage()
                            + " (expected: an address of this machine and a free port)",
                    e);
        }
    }
}
