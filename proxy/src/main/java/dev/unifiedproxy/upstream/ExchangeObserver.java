package dev.unifiedproxy.upstream;

import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.IpAddress;

/**
 * Hears how an exchange goes. Exactly one of {@link #completed} and {@link #failed} is called,
 * last.
 */
public interface ExchangeObserver {
    /** The request goes out to this address, on a new connection or a pooled one. */
    void connected(IpAddress address);

    /** The final head of the response has come and was passed on. */
    void responded(int status);

    /**
     * Request and response went through whole.
     *
     * @param requestBytes bytes of the request body
     * @param responseBytes bytes of the response body
     */
    void completed(long requestBytes, long responseBytes);

    /**
     * The exchange broke. When no head was passed on, the observer has to answer the client.
     *
     * @param reason why
     * @param requestBytes bytes of the request body that were passed on
     * @param responseBytes bytes of the response body that were passed on
     */
    void failed(Refusal reason, long requestBytes, long responseBytes);
}
